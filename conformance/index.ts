import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inspect } from 'node:util';
import { replay, type Verdict } from './replay.ts';
import type { Scenario } from './scenario.ts';

/** Where the whole set of traces is, in a checkout that has it. */
const TRACES = join(__dirname, '..', '..', 'shared', 'traces');
/** The small set that is part of the project. */
const FIXTURES = join(__dirname, '..', 'spec', 'fixtures', 'traces');

function defaultFiles(): string[] {
  const folder = existsSync(TRACES) ? TRACES : FIXTURES;
  return readdirSync(folder)
    .filter((name) => name.endsWith('.public.json'))
    .sort()
    .map((name) => join(folder, name));
}

function showFailure(scenario: Scenario, verdict: Verdict & { kind: 'failed' }): string {
  const show = (value: unknown) =>
    inspect(value, { depth: 8, breakLength: 100, compact: 4 }).replaceAll('\n', '\n      ');
  return [
    `  ${scenario.family} #${scenario.id}, step ${verdict.step}: ${JSON.stringify(scenario.steps[verdict.step])}`,
    `    - ${show(verdict.expected)}`,
    `    + ${show(verdict.actual)}`,
  ].join('\n');
}

/** The scenarios in a file, or, as a string, why there are none. */
function load(file: string): readonly Scenario[] | string {
  try {
    const scenarios: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(scenarios) ? (scenarios as Scenario[]) : 'this is no list of scenarios';
  } catch (error) {
    return (error as Error).message;
  }
}

/** Replays one file and prints what became of it; false if a scenario failed, or the file cannot be read. */
async function replayFile(file: string): Promise<boolean> {
  const scenarios = load(file);
  if (typeof scenarios === 'string') {
    console.error(`Cannot replay ${file}: ${scenarios.replaceAll('\n', ' ')}`);
    return false;
  }
  let passed = 0;
  let failed = 0;
  let firstFailure = '';
  const skipped = new Map<string, number>();
  for (const scenario of scenarios) {
    const verdict = await replay(scenario);
    if (verdict.kind === 'passed') passed++;
    else if (verdict.kind === 'skipped') skipped.set(verdict.why, (skipped.get(verdict.why) ?? 0) + 1);
    else if (failed++ === 0) firstFailure = showFailure(scenario, verdict);
  }
  const skips = [...skipped.values()].reduce((sum, count) => sum + count, 0);
  const why = [...skipped].map(([reason, count]) => `${count} ${reason}`).join(', ');
  const name = basename(file).replace(/(\.public|\.heldout)?\.json$/, '');
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skips} skipped${why ? ` (${why})` : ''}`);
  if (firstFailure) console.log(firstFailure);
  return failed === 0;
}

async function main(): Promise<void> {
  const files = process.argv.slice(2);
  let good = true;
  for (const file of files.length > 0 ? files : defaultFiles()) good = (await replayFile(file)) && good;
  process.exitCode = good ? 0 : 1;
}

void main();
