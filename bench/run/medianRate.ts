import { median } from '../stats.ts';
import { warmUp } from './warmUp.ts';

const WARM_UP_JOBS = 50_000;

/**
 * The median rate of some runs, each of a fresh pool or pipeline.
 *
 * @param run does so many jobs, and tells how many it did a second
 * @param jobs for each run
 * @param longest a run does fewer jobs if it would take longer than so many seconds
 * @param least runs are repeated until they have taken so many seconds together
 */
export async function medianRate(
  run: (jobs: number) => Promise<number>,
  jobs: number,
  longest = Infinity,
  least = 0.4,
): Promise<number> {
  let expected = 0;
  await warmUp(async () => {
    expected = await run(WARM_UP_JOBS);
  });
  const total = Math.min(jobs, Math.ceil(expected * longest));
  const rates: number[] = [];
  for (let seconds = 0; seconds < least; seconds += total / rates.at(-1)!) rates.push(await run(total));
  return median(rates);
}
