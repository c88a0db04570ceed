import {
  Stage,
  type CancelKind,
  type Reason,
  type StageCallbacks,
  type StageOptions,
} from '../../../src/engine/index.ts';

/** From `from` to below `end`. */
export function range(from: number, end: number): readonly number[] {
  return Array.from({ length: Math.max(end - from, 0) }, (_, i) => from + i);
}

/** A producer that answers demand by counting, up to below `limit`, and remembers what it was asked. */
export function counter(limit: number, options?: StageOptions<number>): Asked<Stage<never, number>> {
  let next = 0;
  const asks: number[] = [];
  const stage = new Stage<never, number>(
    'producer',
    {
      handleDemand: (demand) => {
        asks.push(demand);
        const events = range(next, Math.min(next + demand, limit));
        next += events.length;
        return events;
      },
    },
    options,
  );
  return Object.assign(stage, { asks });
}

/** A producer that answers no demand, and remembers what it was asked. */
export function idleProducer(
  options?: StageOptions<number>,
  callbacks: StageCallbacks<never, number> = {},
): Asked<Stage<never, number>> {
  const asks: number[] = [];
  const handleDemand = (demand: number) => {
    asks.push(demand);
  };
  return Object.assign(new Stage<never, number>('producer', { ...callbacks, handleDemand }, options), {
    asks,
  });
}

type Asked<S> = S & { readonly asks: readonly number[] };

/** A consumer stage that remembers its batches and the ends of its subscriptions. */
export function collector(
  callbacks: StageCallbacks<number, never> = {},
): Stage<number> & { readonly batches: readonly (readonly number[])[]; readonly ends: readonly End[] } {
  const batches: (readonly number[])[] = [];
  const ends: End[] = [];
  const stage = new Stage<number>('consumer', {
    handleEvents: (events) => {
      batches.push(events);
    },
    handleCancel: (kind, reason) => {
      ends.push([kind, reason]);
    },
    ...callbacks,
  });
  return Object.assign(stage, { batches, ends });
}

type End = readonly [kind: CancelKind, reason: Reason];

/** A promise and what settles it. */
export function deferred<T = void>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

/** All that settled promises lead to has happened. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
