import { ChunkedQueue } from '../engine/ChunkedQueue.ts';
import { assertOptions } from '../engine/assert.ts';
import type { Link, ProducerPort } from '../engine/Link.ts';
import { StageRun } from '../face/StageRun.ts';
import type { StageWork } from '../face/StageWork.ts';
import { assertSubscribable } from '../face/assertSubscribable.ts';
import { notify } from '../face/endings.ts';
import { portOf } from '../face/portOf.ts';
import type { Producer, SubscribeOptions } from '../types.ts';

/**
 * The events of a producer as an async iterable, for `for await` and for `Readable.from` of Node: it asks as its reader
 * reads. The producer is subscribed to at the first read; who leaves the loop gives back what has not been read.
 *
 * At most `maxDemand` events wait in it: with the default of 1 none is asked for before it is read for.
 *
 * GenStage: `GenStage.stream/2`.
 *
 * @param source the producer
 * @param options how it subscribes; `maxDemand` is 1 by default
 * @throws RangeError if an option is out of its range
 * @throws TypeError if `source` is no Producer
 *
 * @example
 * ```ts
 * const queue = new DemandQueue<string>();
 * queue.enqueue(['a', 'b', 'c']);
 * for await (const job of toAsyncIterable(queue)) {
 *   console.log(job);
 *   if (job === 'b') break;
 * }
 * console.log(queue.peek());
 * // => a
 * // => b
 * // => [ 'c' ]
 * ```
 */
export function toAsyncIterable<T>(
  source: Producer<T>,
  options: Omit<SubscribeOptions, 'mode'> = {},
): AsyncIterable<T> {
  assertOptions(options);
  const subscription: SubscribeOptions = { maxDemand: 1, ...options };
  assertSubscribable(subscription);
  const port = portOf(source);
  return { [Symbol.asyncIterator]: () => new Reader(port, subscription) };
}

/** One `for await`: a batch counts as handled when its reader wants more than it has. */
class Reader<T> implements AsyncIterator<T, undefined>, StageWork<T, never> {
  readonly #run: StageRun<T, never>;
  readonly #open: () => void;
  #opened = false;
  #unread: readonly T[] = [];
  #at = 0;
  #from: Link<T> | undefined;
  /** Ends the batch that has been read. */
  #settle: (() => void) | undefined;
  #end: { readonly error?: unknown } | undefined;
  readonly #waiting = new ChunkedQueue<Waiting<T>>();
  #answering = false;

  constructor(port: () => ProducerPort<T>, options: SubscribeOptions) {
    this.#run = new StageRun<T, never>(
      'consumer',
      {},
      () => this,
      (reason) => {
        notify(
          reason,
          () => {
            this.#ended({});
          },
          (error) => {
            this.#ended({ error });
          },
        );
      },
    );
    this.#open = () => {
      this.#run.subscribe(port, options);
      this.#run.start();
    };
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (!this.#opened) {
        this.#opened = true;
        this.#open();
      }
      this.#answer();
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#opened = true;
    this.#run.stop();
    return Promise.resolve({ done: true, value: undefined });
  }

  handleEvents(events: readonly T[], from: Link<T>): PromiseLike<void> {
    this.#unread = events;
    this.#from = from;
    this.#at = 0;
    return {
      then: (resolve) => {
        this.#settle = () => {
          resolve?.();
        };
        this.#answer();
        return undefined as never;
      },
    };
  }

  abandon(giveBack: (events: readonly T[], from: Link<T>) => void): void {
    if (this.#from && this.#at < this.#unread.length) giveBack(this.#unread.slice(this.#at), this.#from);
    this.#unread = [];
    this.#at = 0;
  }

  #answer(): void {
    // The next batch may come in the middle: it is a loop, no recursion.
    if (this.#answering) return;
    this.#answering = true;
    this.#answerAll();
    this.#answering = false;
  }

  #answerAll(): void {
    while (this.#waiting.length > 0) {
      if (this.#at < this.#unread.length) {
        this.#waiting.shift().resolve({ done: false, value: this.#unread[this.#at++] as T });
      } else if (this.#end) {
        this.#answerEnd(this.#end);
      } else {
        const settle = this.#settle;
        if (!settle) return;
        this.#settle = undefined;
        // May bring the next batch.
        settle();
      }
    }
  }

  #answerEnd(end: { readonly error?: unknown }): void {
    const { resolve, reject } = this.#waiting.shift();
    if ('error' in end) reject(end.error);
    else resolve({ done: true, value: undefined });
    // An error is told once.
    this.#end = {};
  }

  #ended(end: { readonly error?: unknown }): void {
    this.#end = end;
    this.#answer();
  }
}

interface Waiting<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}
