import type { Benchmark, Case, Sample } from '../Benchmark.ts';
import { digits, large } from '../format.ts';
import { demandMapWith } from '../pools/demandMap.ts';
import { pools } from '../pools/index.ts';
import type { OpenPool } from '../pools/Pool.ts';
import { Backlog } from '../run/Backlog.ts';
import { TurnWatch } from '../run/TurnWatch.ts';
import { warmUp } from '../run/warmUp.ts';
import { absolute } from '../targets.ts';

const sizes = [200_000, 2_000_000];
/** Long enough for pauses. */
const WARM_UP_JOBS = 200_000;
const WORKERS = 10;

const subjects: Record<string, OpenPool> = {
  hand: pools.hand,
  demandMap: pools.demandMap,
  'demandMap, never yields': demandMapWith({ yieldAfterMs: Infinity }),
  fastq: pools.fastq,
  Effect: pools.Effect,
};

export const loop: Benchmark = {
  name: 'loop',
  about: 'how long jobs that settle at once keep the event loop from turning',
  notes: [
    `The jobs are queued behind ${WORKERS} blocked workers, which are then let go. held: the longest time between two`,
    'turns of the event loop. drain: until all jobs are done.',
  ],
  rounds: 5,
  reference: 'hand',
  metrics: [
    { key: 'held', title: 'held, ms', format: digits },
    { key: 'drain', title: 'drain, ms', format: digits },
  ],
  groups: sizes.map((jobs) => ({
    name: nameOf(jobs),
    cases: Object.entries(subjects).map(([name, open]) => hold(name, open, jobs)),
  })),
  targets: sizes.map((jobs) =>
    absolute([nameOf(jobs), 'demandMap'], 'held', 'ms', { atMost: 15 }, 'event loop held'),
  ),
};

function nameOf(jobs: number): string {
  return `${large(jobs)} jobs`;
}

function hold(name: string, open: OpenPool, jobs: number): Case {
  return {
    name,
    slow: name === 'Effect',
    run: async (): Promise<Sample> => {
      await warmUp(async () => {
        const backlog = await Backlog.open(open, WORKERS, WARM_UP_JOBS);
        backlog.fill();
        await backlog.drain();
      });
      const backlog = await Backlog.open(open, WORKERS, jobs);
      backlog.fill();
      const watch = new TurnWatch();
      const drain = await backlog.drain();
      return { held: await watch.stop(), drain };
    },
  };
}
