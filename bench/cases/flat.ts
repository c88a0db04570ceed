import type { Benchmark, Case, Sample } from '../Benchmark.ts';
import { digits, large } from '../format.ts';
import { pools, type PoolName } from '../pools/index.ts';
import { Backlog } from '../run/Backlog.ts';
import { warmUp } from '../run/warmUp.ts';
import { absolute, relative } from '../targets.ts';

const WORKERS = 10;
/** Small backlogs are filled and drained until so many jobs are done. */
const JOBS = 1_000_000;

/** Long enough for pauses, if the pool can do it. */
const WARM_UP_JOBS = 200_000;

const SMALL = 10_000;
const LARGE = 5_000_000;
const sizes = [SMALL, 100_000, 1_000_000, LARGE];

/** The longest backlog that a pool can be asked to drain, if there is one. */
const longest: Partial<Record<PoolName, number>> = { mergeMap: 100_000, fastq: 1_000_000 };

export const flat: Benchmark = {
  name: 'flat',
  about: `does the cost of a job grow with the backlog? ${WORKERS} workers, blocked until all jobs are queued`,
  notes: [
    'The worst push is taken in a fill of its own, with a look at the clock after each push. It holds whatever came',
    'between: garbage collections (a scavenge that moves a part of the backlog, above all), and other processes.',
    `mergeMap goes to ${large(longest.mergeMap!)} only (O(n) a job), fastq to ${large(longest.fastq!)} (its memory).`,
  ],
  rounds: 5,
  reference: 'hand',
  metrics: [
    { key: 'push', title: 'push, ns/job', format: digits },
    { key: 'drain', title: 'drain, ns/job', format: digits },
    { key: 'worst', title: 'worst push, ms', format: digits },
  ],
  groups: sizes.map((size) => ({
    name: nameOf(size),
    cases: (['hand', 'demandMap', 'fastq', 'mergeMap'] as const)
      .filter((name) => size <= (longest[name] ?? Infinity))
      .map((name) => costs(name, size)),
  })),
  targets: [
    relative([nameOf(LARGE), 'demandMap'], [nameOf(SMALL), 'demandMap'], 'drain', { atMost: 1.3 }),
    absolute([nameOf(LARGE), 'demandMap'], 'worst', 'ms', { atMost: 5 }, 'worst push'),
  ],
};

function nameOf(size: number): string {
  return `${large(size)} queued`;
}

function costs(name: PoolName, size: number): Case {
  const open = (jobs: number) => Backlog.open(pools[name], WORKERS, jobs);
  return {
    name,
    slow: name === 'mergeMap' && size > SMALL,
    run: async (): Promise<Sample> => {
      await warmUp(async () => {
        const jobs = name === 'mergeMap' ? SMALL : WARM_UP_JOBS;
        (await open(jobs)).fillWatched();
        const backlog = await open(jobs);
        backlog.fill();
        await backlog.drain();
      });

      const times = name === 'mergeMap' ? 1 : Math.max(1, JOBS / size);
      let push = 0;
      let drain = 0;
      for (let time = 0; time < times; time++) {
        const backlog = await open(size);
        push += backlog.fill();
        drain += await backlog.drain();
      }

      const worst = (await open(size)).fillWatched();
      return { push: nsEach(push, size * times), drain: nsEach(drain, size * times), worst };
    },
  };
}

function nsEach(ms: number, jobs: number): number {
  return (ms * 1e6) / jobs;
}
