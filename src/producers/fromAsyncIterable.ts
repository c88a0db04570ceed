import type { ReadableStreamLike } from 'rxjs';
import { typeError } from '../engine/assert.ts';
import { StagedProducer } from '../face/StagedProducer.ts';
import type { StageRun } from '../face/StageRun.ts';
import type { StageWork } from '../face/StageWork.ts';
import type { Producer, ProducerOptions } from '../types.ts';

/** What can be pulled one event at a time: an async iterable, as Node's streams are, or a web stream. */
export type AsyncSource<T> = AsyncIterable<T> | ReadableStreamLike<T>;

/**
 * A producer of what an async iterable or a web stream gives, which is pulled one event after the other, and only as
 * far as consumers ask. It completes with its source; who leaves before has the source closed: a Node stream is
 * destroyed, a web stream cancelled.
 *
 * Consumers that come while it runs share one iterator; when it has ended, or the last has left, the next consumer starts
 * a new one, if the source can give one.
 *
 * GenStage: `from_enumerable/2`, over a stream that waits.
 *
 * @param source gives the events
 * @param options how it buffers and dispatches
 * @throws RangeError if an option is out of its range
 * @throws TypeError if `source` is neither
 *
 * @example
 * ```ts
 * async function* pages() {
 *   yield 'first page';
 *   yield 'second page';
 * }
 * fromAsyncIterable(pages()).pipe(demandMap(async (page) => `${page}, saved`)).subscribe(console.log);
 * // => first page, saved
 * // => second page, saved
 * ```
 */
export function fromAsyncIterable<T>(source: AsyncIterable<T>, options?: ProducerOptions<T>): Producer<T>;
// eslint-disable-next-line @typescript-eslint/unified-signatures -- in one, a stream of any type would be one of bytes
export function fromAsyncIterable<T>(source: AsyncSource<T>, options?: ProducerOptions<T>): Producer<T>;
export function fromAsyncIterable<T>(source: AsyncSource<T>, options: ProducerOptions<T> = {}): Producer<T> {
  const open = openerOf(source);
  return new StagedProducer<never, T>(
    { name: 'fromAsyncIterable', type: 'producer', work: (run) => new AsyncPull(open, run) },
    options,
  );
}

/** One iterator, and how far it has been asked for. */
class AsyncPull<T> implements StageWork<never, T> {
  readonly #run: StageRun<never, T>;
  readonly #open: () => Pick<AsyncIterator<T>, 'next' | 'return'>;
  #iterator: Pick<AsyncIterator<T>, 'next' | 'return'> | undefined;
  #owed = 0;
  #pulling = false;
  #done = false;

  constructor(open: () => Pick<AsyncIterator<T>, 'next' | 'return'>, run: StageRun<never, T>) {
    this.#open = open;
    this.#run = run;
  }

  handleDemand(demand: number): void {
    this.#owed += demand;
  }

  goOn(): boolean {
    if (this.#isWanted && !this.#pulling) void this.#pull();
    return false;
  }

  stopped(): void {
    const open = !this.#done;
    this.#done = true;
    // Nobody waits for it: an error in it is reported as an unhandled rejection.
    if (open) void this.#close();
  }

  get #isWanted(): boolean {
    if (this.#done || this.#owed === 0) return false;
    // Endless demand may be withdrawn, and come back.
    const { outbox } = this.#run.stage.process;
    return this.#owed < Infinity || (outbox.open && outbox.buffer.estimatedCount === 0 && outbox.demand > 0);
  }

  async #close(): Promise<void> {
    await this.#iterator?.return?.();
  }

  async #pull(): Promise<void> {
    this.#pulling = true;
    try {
      const iterator = (this.#iterator ??= this.#open());
      while (this.#isWanted) {
        const result = await iterator.next();
        // It has stopped meanwhile: the event is told to `discarded`.
        if (this.#done && result.done === true) break;
        if (result.done === true) {
          this.#done = true;
          this.#run.finish();
        } else {
          this.#owed--;
          this.#run.stage.emit([result.value]);
        }
      }
    } catch (error) {
      const late = this.#done;
      this.#done = true;
      if (!late) this.#run.fail(error);
    }
    this.#pulling = false;
  }
}

function openerOf<T>(source: AsyncSource<T>): () => Pick<AsyncIterator<T>, 'next' | 'return'> {
  const { [Symbol.asyncIterator]: iterate, getReader } = (source ?? {}) as Partial<
    AsyncIterable<T> & ReadableStreamLike<T>
  >;
  if (typeof getReader === 'function') return () => readerOf(source as ReadableStreamLike<T>);
  if (typeof iterate !== 'function')
    throw typeError('source', 'an async iterable, a Node stream or a web stream', source);
  return () => iteratorOf(source as AsyncIterable<T>);
}

/** Not by its iterator: not every browser's streams have one, and that does not cancel while a read is pending. */
function readerOf<T>(stream: ReadableStreamLike<T>): Pick<AsyncIterator<T>, 'next' | 'return'> {
  const reader = stream.getReader() as ReadableStreamDefaultReader<T>;
  return {
    next: () => reader.read() as Promise<IteratorResult<T>>,
    return: async () => {
      await reader.cancel();
      reader.releaseLock();
      return { done: true, value: undefined };
    },
  };
}

function iteratorOf<T>(
  source: AsyncIterable<T> & { destroy?: () => unknown },
): Pick<AsyncIterator<T>, 'next' | 'return'> {
  const iterator = source[Symbol.asyncIterator]();
  if (typeof source.destroy !== 'function') return iterator;
  return {
    next: () => iterator.next(),
    return: async () => {
      // The iterator of a Node stream does so only when the next event has come.
      source.destroy?.();
      return { done: true, value: undefined };
    },
  };
}
