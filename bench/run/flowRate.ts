import type { Start } from '../pipelines/Pipeline.ts';

/**
 * The events a second that a fresh pipeline carries, from the first ask until all has ended.
 *
 * @param open sets it up, which is not timed
 * @param check throws if anything has not come, or has come twice
 */
export async function flowRate(
  total: number,
  open: () => Start | Promise<Start>,
  check: () => void,
): Promise<number> {
  const start = await open();
  const before = performance.now();
  await start();
  const seconds = (performance.now() - before) / 1000;
  check();
  return total / seconds;
}
