import type { Benchmark, Case } from '../Benchmark.ts';
import { large } from '../format.ts';
import { pools, slowPools, type PoolName } from '../pools/index.ts';
import { medianRate } from '../run/medianRate.ts';
import { throughput } from '../run/throughput.ts';
import { relative } from '../targets.ts';

const JOBS = 1_000_000;
const WORKERS = 10;

const ONE_BY_ONE = 'one by one';
const IN_ONE_CALL = 'in one call';

export const burst: Benchmark = {
  name: 'burst',
  about: `${large(JOBS)} no-op jobs pushed at once to ${WORKERS} idle workers, until the last is done`,
  notes: [
    'mergeMap is left out: it takes each job out of its array in O(n), so that a million take minutes.',
    'In one call: demandMap by enqueue(array), hand by a loop. fastq and mergeMap have no such call.',
  ],
  rounds: 4,
  reference: 'hand',
  metrics: [{ key: 'rate', title: 'jobs/s', format: large }],
  groups: [
    {
      name: ONE_BY_ONE,
      cases: (Object.keys(pools) as PoolName[])
        .filter((name) => name !== 'mergeMap')
        .map((name) => atOnce(name, false)),
    },
    {
      name: IN_ONE_CALL,
      cases: (
        ['hand', 'hand + results', 'demandMap', 'p-queue', 'p-limit', 'async.queue', 'Effect'] as const
      ).map((name) => atOnce(name, true)),
    },
  ],
  targets: [
    relative([ONE_BY_ONE, 'demandMap'], [ONE_BY_ONE, 'hand'], 'rate', { atLeast: 0.65 }),
    relative([ONE_BY_ONE, 'demandMap'], [ONE_BY_ONE, 'fastq'], 'rate', { atLeast: 3 }),
    relative([IN_ONE_CALL, 'demandMap'], [IN_ONE_CALL, 'hand'], 'rate', { atLeast: 0.7 }),
  ],
};

function atOnce(name: PoolName, bulk: boolean): Case {
  const run = (total: number) => throughput(pools[name], { workers: WORKERS, total, queued: total, bulk });
  return {
    name,
    slow: slowPools.includes(name),
    run: async () => ({ rate: await medianRate(run, JOBS) }),
  };
}
