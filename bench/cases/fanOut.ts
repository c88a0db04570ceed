import type { Case } from '../Benchmark.ts';
import type { OpenFanOut } from '../fanouts/OpenFanOut.ts';
import { FanOut } from '../run/FanOut.ts';
import { flowRate } from '../run/flowRate.ts';
import { medianRate } from '../run/medianRate.ts';

const EVENTS = 2_000_000;
/** Slow ones carry as many events as fit in so much time. */
const LONGEST_RUN_S = 0.5;
const LEAST_S = 0.2;

type NewCase = (name: string, open: OpenFanOut, demand: number) => Case;

/** Makes the cases of a benchmark from one source to four sinks, whose results are right if `check` says so. */
export function fanOut(check: (fanOut: FanOut) => void): { readonly flow: NewCase; readonly slow: NewCase } {
  const flow: NewCase = (name, open, demand) => {
    const run = (total: number) => {
      const events = new FanOut(total);
      return flowRate(
        total,
        () => open(events, demand),
        () => check(events),
      );
    };
    return { name, run: async () => ({ rate: await medianRate(run, EVENTS, LONGEST_RUN_S, LEAST_S) }) };
  };
  return { flow, slow: (...args) => ({ ...flow(...args), slow: true }) };
}
