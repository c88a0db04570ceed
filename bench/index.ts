import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.ts';
import { measure } from './harness.ts';
import { readOptions, type Options } from './options.ts';
import { data, report, verdictsOf } from './report.ts';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.list) {
    for (const { name, about } of options.selected) console.log(`${name.padEnd(10)}${about}`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'rxjs-genstage-bench-'));
  try {
    build(folder);
    await run(options, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run({ selected, json, rounds, check }: Options, folder: string): Promise<void> {
  const found: object[] = [];
  let missed = 0;
  for (const benchmark of selected) {
    const results = await measure(benchmark, rounds ?? benchmark.rounds, folder);
    console.log(report(benchmark, results));
    found.push(data(benchmark, results));
    missed += verdictsOf(benchmark, results).filter(({ met }) => !met).length;
  }
  console.log(missed === 0 ? 'All targets are met.' : `Targets missed: ${missed}`);
  if (json !== undefined) {
    const machine = { node: process.version, cpu: cpus()[0]?.model, cpus: cpus().length };
    writeFileSync(json, `${JSON.stringify({ ...machine, benchmarks: found }, null, 2)}\n`);
  }
  if (check && missed > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
