import { Observable, from, type ObservableInput, type Observer, type Subscriber } from 'rxjs';

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
