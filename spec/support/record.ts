import { Subject, takeUntil, type Observable } from 'rxjs';

/** What has come of a subscription. */
export interface Recorded<T> {
  readonly values: T[];
  /** How it ended: `'complete'`, or the error; undefined while it has not. */
  readonly ended: unknown;
  unsubscribe(): void;
}

/** Subscribes, and remembers what comes. `next` is called after each value, and can leave. */
export function record<T>(
  source: Observable<T>,
  next: (value: T, leave: () => void) => void = () => {},
): Recorded<T> {
  const values: T[] = [];
  const left = new Subject<void>();
  let ended: unknown;
  const unsubscribe = () => {
    ended ??= 'left';
    left.next();
  };
  source.pipe(takeUntil(left)).subscribe({
    next: (value) => {
      values.push(value);
      next(value, unsubscribe);
    },
    error: (error: unknown) => {
      ended = error;
    },
    complete: () => {
      ended ??= 'complete';
    },
  });
  return {
    values,
    get ended() {
      return ended === 'left' ? undefined : ended;
    },
    unsubscribe,
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
