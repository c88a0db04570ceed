import type { Benchmark, Case, Sample } from '../Benchmark.ts';
import { digits, large } from '../format.ts';
import { pools, slowPools, type PoolName } from '../pools/index.ts';
import { Backlog } from '../run/Backlog.ts';
import { collectGarbage } from '../run/collectGarbage.ts';
import { absolute } from '../targets.ts';

const JOBS = 1_000_000;
const WARM_UP_JOBS = 5_000;
const WORKERS = 10;

const BACKLOG = 'backlog';

export const memory: Benchmark = {
  name: 'memory',
  about: `heap for ${large(JOBS)} integers queued behind ${WORKERS} blocked workers`,
  notes: [
    'held: bytes for each job that waits. left: bytes still held, for each of them, once all are done.',
    'Garbage is collected before each look at the heap. mergeMap is not drained: it would take minutes.',
  ],
  rounds: 2,
  reference: 'hand',
  metrics: [
    { key: 'held', title: 'held, B/job', format: digits },
    { key: 'left', title: 'left, B/job', format: digits },
  ],
  groups: [{ name: BACKLOG, cases: (Object.keys(pools) as PoolName[]).map(heap) }],
  targets: [
    absolute([BACKLOG, 'demandMap'], 'held', 'B/job', { atMost: 9 }, 'held'),
    absolute([BACKLOG, 'demandMap'], 'left', 'B/job', { atMost: 1 }, 'left after the drain'),
  ],
};

function heap(name: PoolName): Case {
  const drains = name !== 'mergeMap';
  return {
    name,
    slow: slowPools.includes(name),
    run: async (): Promise<Sample> => {
      const warmUp = await Backlog.open(pools[name], WORKERS, WARM_UP_JOBS);
      warmUp.fill();
      await warmUp.drain();

      const before = await heapUsed();
      const backlog = await Backlog.open(pools[name], WORKERS, JOBS);
      backlog.fill();
      const held = ((await heapUsed()) - before) / (backlog.size - WORKERS);
      if (!drains) return { held };
      await backlog.drain();
      const left = ((await heapUsed()) - before) / backlog.size;
      return { held, left };
    },
  };
}

async function heapUsed(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage().heapUsed;
}
