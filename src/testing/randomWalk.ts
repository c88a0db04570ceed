/** One step of a walk. What `who` and `count` mean depends on where the walk is, so any steps may be left out. */
export interface Step<Op extends string> {
  readonly op: Op;
  readonly who: number;
  readonly count: number;
}

/** A generator of numbers from 0 to below 1: the same for the same seed. (Mulberry32.) */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seed for those who gave none. */
export function anySeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}

/**
 * Walks at random until a walk fails; then looks for the shortest part of it that fails, too.
 *
 * @param ops what a step may be; what is named more often is done more often
 * @param simpler what to try in place of a step, for a simpler failure
 * @param walk does the steps anew, and returns why they fail, if they do
 */
export function findFailure<Op extends string, F>(
  { seed, runs, steps }: { readonly seed: number; readonly runs: number; readonly steps: number },
  ops: readonly Op[],
  simpler: Readonly<Partial<Record<Op, Op>>>,
  walk: (steps: readonly Step<Op>[]) => F | undefined,
): F | undefined {
  const random = randomNumbers(seed);
  const below = (end: number) => Math.floor(random() * end);
  for (let run = 0; run < runs; run++) {
    const all = Array.from({ length: 1 + below(steps) }, () => ({
      op: ops[below(ops.length)] as Op,
      who: below(64),
      count: 1 + below(6),
    }));
    const failure = walk(all);
    if (failure !== undefined) return shrink(all, failure, simpler, walk);
  }
  return undefined;
}

/** Leaves out what is not needed for the failure: long pieces first, then single steps; then makes steps simpler. */
function shrink<Op extends string, F>(
  steps: readonly Step<Op>[],
  failure: F,
  simpler: Readonly<Partial<Record<Op, Op>>>,
  walk: (steps: readonly Step<Op>[]) => F | undefined,
): F {
  let best = steps;
  let found = failure;
  const better = (shorter: readonly Step<Op>[]): boolean => {
    const still = walk(shorter);
    if (still === undefined) return false;
    best = shorter;
    found = still;
    return true;
  };
  for (let size = best.length >> 1; size > 0;) {
    let removed = false;
    for (let at = best.length - size; at >= 0; at -= size) {
      removed = better([...best.slice(0, at), ...best.slice(at + size)]) || removed;
    }
    if (size > 1) size >>= 1;
    else if (!removed) size = 0;
  }
  const replace = (at: number, by: Partial<Step<Op>>): boolean =>
    better(best.map((step, i) => (i === at ? { ...step, ...by } : step)));
  for (const [at, { op, count }] of best.entries()) {
    const other = simpler[op];
    if (other !== undefined) replace(at, { op: other });
    for (let less = 1; less < count; less++) if (replace(at, { count: less })) break;
  }
  return found;
}
