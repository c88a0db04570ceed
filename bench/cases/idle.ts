import { setImmediate } from 'node:timers/promises';
import type { Benchmark, Case, Sample } from '../Benchmark.ts';
import { digits } from '../format.ts';
import { pools, type PoolName } from '../pools/index.ts';
import { percentile } from '../stats.ts';
import { relative } from '../targets.ts';

const SAMPLES = 50_000;
const WARM_UP_SAMPLES = 10_000;
const WORKERS = 10;

const START = 'one push';

export const idle: Benchmark = {
  name: 'idle',
  about: `from a push until the job function starts, ${WORKERS} idle workers`,
  notes: ['Two looks at the clock are part of every figure; between samples the event loop turns.'],
  rounds: 5,
  reference: 'hand',
  metrics: [
    { key: 'p50', title: 'p50, ns', format: digits },
    { key: 'p99', title: 'p99, ns', format: digits },
  ],
  groups: [{ name: START, cases: (['hand', 'demandMap', 'fastq', 'mergeMap'] as const).map(start) }],
  targets: [relative([START, 'demandMap'], [START, 'hand'], 'p50', { atMost: 2 })],
};

function start(name: PoolName): Case {
  return {
    name,
    run: async (): Promise<Sample> => {
      const samples = new Float64Array(SAMPLES);
      let pushedAt = 0;
      const pool = await pools[name](
        WORKERS,
        async (x) => {
          samples[x] = performance.now() - pushedAt;
        },
        () => undefined,
      );
      for (let sample = -WARM_UP_SAMPLES; sample < SAMPLES; sample++) {
        await setImmediate();
        pushedAt = performance.now();
        pool.push(Math.max(sample, 0));
      }
      await setImmediate();
      samples.sort();
      return { p50: percentile(samples, 0.5) * 1e6, p99: percentile(samples, 0.99) * 1e6 };
    },
  };
}
