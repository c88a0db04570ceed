import { setImmediate } from 'node:timers/promises';

/** Frees all that can be freed. */
export async function collectGarbage(): Promise<void> {
  if (!globalThis.gc)
    throw new Error('The garbage collector is out of reach: run this with node --expose-gc');
  for (let pass = 0; pass < 3; pass++) {
    await setImmediate();
    globalThis.gc();
  }
}
