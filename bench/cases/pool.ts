import type { Benchmark, Case } from '../Benchmark.ts';
import { large } from '../format.ts';
import { pools, slowPools, type PoolName } from '../pools/index.ts';
import { medianRate } from '../run/medianRate.ts';
import { throughput } from '../run/throughput.ts';
import { relative } from '../targets.ts';

const JOBS = 1_000_000;
const QUEUED = 1_000;
/** Slow pools do as many jobs as fit in so much time. */
const SECONDS = 1.2;

const sizes = [1, 10, 100];

export const pool: Benchmark = {
  name: 'pool',
  about: 'no-op jobs, about 1,000 queued at any time: each job pushes the next one',
  notes: [
    `N workers do up to ${large(JOBS)} jobs, slow pools as many as fit in ${SECONDS} s.`,
    'hand is a bare concurrency limit; hand + results gives each result to a callback, as demandMap and mergeMap do.',
    'fastq.promise, p-queue and p-limit make a promise for each push.',
  ],
  rounds: 4,
  reference: 'hand',
  metrics: [{ key: 'rate', title: 'jobs/s', format: large }],
  groups: sizes.map((workers) => ({
    name: nameOf(workers),
    cases: (Object.keys(pools) as PoolName[]).map((name) => steady(name, workers)),
  })),
  targets: sizes.flatMap((workers) => {
    const bounds = { hand: 0.75, fastq: 1, 'fastq.promise': 2.5, 'p-queue': 12, mergeMap: 6 };
    return Object.entries(bounds).map(([name, atLeast]) =>
      relative([nameOf(workers), 'demandMap'], [nameOf(workers), name], 'rate', { atLeast }),
    );
  }),
};

function nameOf(workers: number): string {
  return `N = ${workers}`;
}

function steady(name: PoolName, workers: number): Case {
  const run = (total: number) => throughput(pools[name], { workers, total, queued: QUEUED });
  return {
    name,
    slow: slowPools.includes(name),
    run: async () => ({ rate: await medianRate(run, JOBS, SECONDS) }),
  };
}
