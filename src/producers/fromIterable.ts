import { typeError } from '../engine/assert.ts';
import { StagedProducer } from '../face/StagedProducer.ts';
import type { StageRun } from '../face/StageRun.ts';
import type { StageWork } from '../face/StageWork.ts';
import type { Producer, ProducerOptions } from '../types.ts';

/** Endless demand is answered so many events at a time, so that a consumer can leave in between. */
const CHUNK = 1000;

/**
 * A producer of what an iterable gives, which is pulled only as far as consumers ask. It completes with the iterable;
 * who leaves before has the iterator closed.
 *
 * Consumers that come while it runs share one iterator; when it has ended, or the last has left, the next consumer starts
 * a new one.
 *
 * GenStage: `from_enumerable/2`.
 *
 * @param iterable gives the events: an array, a Set, a generator object, ...
 * @param options how it buffers and dispatches
 * @throws RangeError if an option is out of its range
 * @throws TypeError if `iterable` is none, or a string
 *
 * @example
 * ```ts
 * function* naturals() {
 *   for (let n = 1; ; n++) yield n;
 * }
 * fromIterable(naturals()).pipe(consume({ maxDemand: 2 }), take(3)).subscribe(console.log);
 * // => 1
 * // => 2
 * // => 3
 * ```
 */
export function fromIterable<T>(
  iterable: Iterable<T> & object,
  options: ProducerOptions<T> = {},
): Producer<T> {
  const { [Symbol.iterator]: iterate } = (iterable ?? {}) as Partial<Iterable<T>>;
  if (typeof iterable === 'string' || typeof iterate !== 'function')
    throw typeError('iterable', 'an iterable of events, such as an array', iterable);
  return new StagedProducer<never, T>(
    { name: 'fromIterable', type: 'producer', work: (run) => new Pull(iterable, run) },
    options,
  );
}

/** One iterator, and how far it has been asked for. */
class Pull<T> implements StageWork<never, T> {
  readonly #run: StageRun<never, T>;
  readonly #iterable: Iterable<T>;
  #iterator: Iterator<T> | undefined;
  /** It has been asked for all there is. */
  #endless = false;
  #done = false;

  constructor(iterable: Iterable<T>, run: StageRun<never, T>) {
    this.#iterable = iterable;
    this.#run = run;
  }

  handleDemand(demand: number): readonly T[] {
    if (demand !== Infinity) return this.#take(demand);
    this.#endless = true;
    return [];
  }

  /** Endless demand may be withdrawn: so each chunk is for demand that is there. */
  goOn(): boolean {
    if (!this.#endless || this.#done) return false;
    const { outbox, emitAnswer } = this.#run.stage.process;
    if (!outbox.open || outbox.buffer.estimatedCount > 0 || outbox.demand === 0) return false;
    emitAnswer(this.#take(Math.min(outbox.demand, CHUNK)));
    return true;
  }

  stopped(): void {
    if (!this.#done) this.#iterator?.return?.();
  }

  #take(count: number): readonly T[] {
    const events: T[] = [];
    try {
      const iterator = (this.#iterator ??= this.#iterable[Symbol.iterator]());
      while (events.length < count && !this.#done) {
        const result = iterator.next();
        if (result.done !== true) events.push(result.value);
        else this.#end();
      }
    } catch (error) {
      // After the events that it gave before.
      this.#done = true;
      this.#run.fail(error);
    }
    return events;
  }

  #end(): void {
    this.#done = true;
    this.#run.finish();
  }
}
