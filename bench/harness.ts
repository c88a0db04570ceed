import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Benchmark, Case, Sample } from './Benchmark.ts';
import { Results, type CaseName } from './Results.ts';
import type { Reply } from './child.ts';

/** A case that has not answered after so long never will. */
const TIMEOUT_MS = 120_000;

/**
 * Runs a benchmark: all its cases in each round, each in a process of its own, so that none finds the heap and the
 * compiled code that another has left. Odd rounds run in reverse order, so that none always comes after the same.
 *
 * @param folder where the benchmarks are, compiled
 */
export async function measure(benchmark: Benchmark, rounds: number, folder: string): Promise<Results> {
  const results = new Results();
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (const [groupName, subject] of casesOf(benchmark, round)) {
      const name: CaseName = [groupName, subject.name];
      results.add(name, round, await runCase(folder, [benchmark.name, ...name]));
    }
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.error(`${benchmark.name}: round ${round + 1} of ${rounds}, ${seconds} s`);
  }
  return results;
}

function casesOf(benchmark: Benchmark, round: number): [group: string, subject: Case][] {
  const cases = benchmark.groups.flatMap((group) =>
    group.cases
      .filter((subject) => isDue(subject, round))
      .map((subject): [string, Case] => [group.name, subject]),
  );
  return round % 2 === 0 ? cases : cases.reverse();
}

/** Slow cases run in the rounds 0, 3, 4, 7, 8, ...: as often in one order as in the other. */
function isDue(subject: Case, round: number): boolean {
  return subject.slow !== true || round % 4 === 0 || round % 4 === 3;
}

function runCase(folder: string, path: readonly string[]): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${path.join(' / ')}: ${why}`));
    const child = fork(join(folder, 'bench', 'child.js'), path, {
      execArgv: ['--expose-gc'],
      timeout: TIMEOUT_MS,
    });
    child.on('message', (answer: Reply) => {
      if ('sample' in answer) resolve(answer.sample);
      else fail(answer.error);
    });
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code, signal) => fail(`exited without an answer (${signal ?? code ?? 'unknown'})`));
  });
}
