import {
  asapScheduler,
  from,
  observable,
  scheduled,
  type InteropObservable,
  type Observable,
  type ObservableInput,
  type Observer,
  type ReadableStreamLike,
  type Unsubscribable,
} from 'rxjs';

/** An Observable of another library: an object with nothing but `Symbol.observable`, whose observers are plain. */
export function asInterop<T>(source: Observable<T>): InteropObservable<T> {
  const foreign = {
    subscribe(observer: Observer<T>): Unsubscribable {
      return source.subscribe({
        next: (value) => observer.next(value),
        error: (error: unknown) => observer.error(error),
        complete: () => observer.complete(),
      });
    },
  };
  return { [observable]: () => foreign } as unknown as InteropObservable<T>;
}

/** All that `mergeMap` takes for an inner Observable, made of the same values. */
export const inputs: readonly (readonly [string, <T>(values: readonly T[]) => ObservableInput<T>])[] = [
  ['an Observable', (values) => from(values)],
  ['a scheduled Observable', (values) => scheduled(values, asapScheduler)],
  ['an Observable of another library', (values) => asInterop(from(values))],
  ['an array', (values) => [...values]],
  ['a Set', (values) => new Set(values)],
  ['a generator', (values) => values.values()],
  ['a promise', async (values) => values[0]!],
  ['a promise in an Observable', (values) => from(Promise.resolve(values[0]!))],
  ['an async generator', (values) => asyncGenerator(values)],
  ['a ReadableStream', (values) => readableStream(values)],
];

async function* asyncGenerator<T>(values: readonly T[]): AsyncGenerator<T> {
  for (const value of values) yield value;
}

function readableStream<T>(values: readonly T[]): ReadableStreamLike<T> {
  const stream = new ReadableStream<T>({
    start(controller) {
      for (const value of values) controller.enqueue(value);
      controller.close();
    },
  });
  // Node's type has overloads that RxJS's has not.
  return stream as unknown as ReadableStreamLike<T>;
}
