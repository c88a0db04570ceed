import { Observable, from, observable, type ObservableInput, type Observer, type Subscriber } from 'rxjs';

/**
 * Subscribes to `input`. `opened` gets the subscriber before the first value does, so that a source which emits
 * synchronously can be stopped in the middle; `closed` is called once the input's own teardown has run.
 */
export function subscribeTo<T>(
  input: ObservableInput<T>,
  observer: Observer<T>,
  opened: (subscriber: Subscriber<T>) => void,
  closed?: () => void,
): void {
  new Observable<T>((subscriber) => {
    opened(subscriber);
    from(input).subscribe(subscriber);
    if (closed) subscriber.add(closed);
  }).subscribe(observer);
}

/** True for what gives any number of results: an Observable, an (async) iterable or a web stream, but not a string. */
export function isResultStream(value: unknown): value is ObservableInput<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  const input = value as Partial<Record<PropertyKey, unknown>>;
  return (
    typeof input[observable] === 'function' ||
    typeof input[Symbol.iterator] === 'function' ||
    typeof input[Symbol.asyncIterator] === 'function' ||
    typeof input['getReader'] === 'function'
  );
}
