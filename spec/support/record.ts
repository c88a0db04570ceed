import type { Observable } from 'rxjs';

/** What has come of a subscription. */
export interface Recorded<T> {
  readonly values: T[];
  /** How it ended: `'complete'`, or the error; undefined while it has not. */
  readonly ended: unknown;
  unsubscribe(): void;
}

/** Subscribes, and remembers what comes. `next` is called after each value. */
export function record<T>(source: Observable<T>, next: (value: T) => void = () => {}): Recorded<T> {
  const values: T[] = [];
  let ended: unknown;
  const subscription = source.subscribe({
    next: (value) => {
      values.push(value);
      next(value);
    },
    error: (error: unknown) => {
      ended = error;
    },
    complete: () => {
      ended = 'complete';
    },
  });
  return {
    values,
    get ended() {
      return ended;
    },
    unsubscribe: () => subscription.unsubscribe(),
  };
}

/** Everything that waits for nothing but microtasks has been done. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** 0, 1, 2, ... */
export function* naturals(): Generator<number, void> {
  for (let n = 0; ; n++) yield n;
}

/** 0 to below `length`. */
export const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
