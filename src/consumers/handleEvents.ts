import type { ObservableInput, Subscriber } from 'rxjs';
import { assertFunction } from '../engine/assert.ts';
import { isPromiseLike } from '../engine/isPromiseLike.ts';
import type { StageRun } from '../face/StageRun.ts';
import type { StageWork } from '../face/StageWork.ts';
import { isResultStream } from '../face/isResultStream.ts';
import { settled } from '../face/settled.ts';
import type { BatchContext, Consumer, ResultOf, SubscribeOptions } from '../types.ts';
import { sink } from './sink.ts';

/**
 * A consumer that handles events in batches, one batch at a time, and asks again when a batch has been handled: for bulk
 * writes, and for speed.
 *
 * It asks for `maxDemand` events at first, and for what is missing when `minDemand` are left in flight; a batch is
 * never larger than the difference of the two.
 *
 * GenStage: a `:consumer` with `handle_events/3`.
 *
 * @param project handles one batch; it may return a promise, an Observable, an (async) iterable, a result, or nothing
 *   (which gives `undefined`, as in `demandMap`). The next batch begins when it has ended; what it gives is emitted.
 * @param options how it subscribes to its producer; `maxDemand` is 1000 by default, `minDemand` half of it
 * @throws RangeError if an option is out of its range
 * @throws TypeError if `project` is no function
 *
 * @example
 * ```ts
 * const rows = fromIterable(['a', 'b', 'c', 'd', 'e']);
 * const insert = async (batch: readonly string[]) => `inserted ${batch.join()}`;
 * rows.pipe(handleEvents(insert, { maxDemand: 4, minDemand: 2 })).subscribe(console.log);
 * // => inserted a,b
 * // => inserted c,d
 * // => inserted e
 * ```
 */
export function handleEvents<T, O>(
  project: (events: readonly T[], context: BatchContext) => O,
  options: SubscribeOptions = {},
): Consumer<T, ResultOf<O>> {
  assertFunction('project', project);
  return sink(options, (subscriber, run) => new BatchWork<T, ResultOf<O>>(project, subscriber, run));
}

class BatchWork<T, R> implements StageWork<T, never> {
  readonly #project: (events: readonly T[], context: BatchContext) => unknown;
  readonly #subscriber: Subscriber<R>;
  readonly #context: BatchContext;
  #inner: Subscriber<R> | undefined;

  constructor(
    project: (events: readonly T[], context: BatchContext) => unknown,
    subscriber: Subscriber<R>,
    run: StageRun<T, never>,
  ) {
    this.#project = project;
    this.#subscriber = subscriber;
    this.#context = {
      get signal() {
        return run.signal;
      },
    };
  }

  handleEvents(events: readonly T[]): void | PromiseLike<void> {
    const result = this.#project(events, this.#context);
    if (isPromiseLike(result)) {
      return Promise.resolve(result).then((value) => {
        this.#subscriber.next(value as R);
      });
    }
    if (isResultStream(result)) {
      return settled(
        result as ObservableInput<R>,
        (value) => {
          this.#subscriber.next(value);
        },
        (subscriber) => {
          this.#inner = subscriber;
        },
      );
    }
    this.#subscriber.next(result as R);
    return undefined;
  }

  stopped(): void {
    this.#inner?.unsubscribe();
  }
}
