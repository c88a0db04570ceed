import { setImmediate } from 'node:timers/promises';

/** Checks that jobs 0 to below `total` were all done once, and that all results came if any did. */
export async function checkSum(sum: number, total: number, results: () => number): Promise<void> {
  const expected = (total * (total - 1)) / 2;
  if (sum !== expected) throw new Error(`The jobs add up to ${sum}, not to ${expected}`);
  await setImmediate();
  if (results() !== 0 && results() !== total) throw new Error(`${results()} results of ${total} jobs`);
}
