const LEAST_MS = 200;
const LEAST_STEPS = 3;

/**
 * Repeats `step` until what it calls is compiled. Garbage is not collected afterwards: a forced collection makes V8
 * throw away code that it has specialized on what was in the heap before.
 */
export async function warmUp(step: () => Promise<unknown>): Promise<void> {
  const end = performance.now() + LEAST_MS;
  for (let steps = 0; steps < LEAST_STEPS || performance.now() < end; steps++) await step();
}
