import type { Sample } from './Benchmark.ts';
import { benchmarks } from './cases/index.ts';

/** What a child process sends before it exits. */
export type Reply = { readonly sample: Sample } | { readonly error: string };

/** Runs the one case that its arguments name. */
async function main(): Promise<Sample> {
  const [benchmarkName, groupName, caseName] = process.argv.slice(2);
  const benchmark = benchmarks.find(({ name }) => name === benchmarkName);
  const group = benchmark?.groups.find(({ name }) => name === groupName);
  const subject = group?.cases.find(({ name }) => name === caseName);
  if (!subject) throw new Error('There is no such case');
  return subject.run();
}

function reply(answer: Reply): void {
  process.send!(answer, () => process.exit());
}

main().then(
  (sample) => reply({ sample }),
  (error: unknown) =>
    reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
);
