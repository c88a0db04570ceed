import type { ConsumerRef, Dispatcher } from '../engine/protocol.ts';

const NONE: readonly never[] = [];

/** A consumer that is owed events. */
interface Owed<T> {
  readonly consumer: ConsumerRef<T>;
  demand: number;
  previous: Owed<T> | undefined;
  next: Owed<T> | undefined;
}

/**
 * Gives each batch to the consumer with the biggest demand, first come first served among equals.
 *
 * Demand of a consumer that has left counts for the next that asks, for the producer has been told of it already.
 *
 * GenStage: `GenStage.DemandDispatcher`.
 *
 * @example
 * ```ts
 * const producer = new Stage<never, number>('producer', {}, { dispatcher: () => new DemandDispatcher() });
 * const consumer = (name: string) => ({
 *   receive: (events: readonly number[]) => console.log(name, events),
 *   ended: () => undefined,
 * });
 * producer.attach(consumer('a')).ask(1);
 * producer.attach(consumer('b')).ask(2);
 * producer.emit([1, 2, 3]);
 * // => b [ 1, 2 ]
 * // => a [ 3 ]
 * ```
 */
export class DemandDispatcher<T> implements Dispatcher<T> {
  readonly answersAsker = true;
  readonly #consumers = new Map<ConsumerRef<T>, Owed<T>>();
  /** The consumers that are owed something, biggest demand first. */
  #first: Owed<T> | undefined;
  #last: Owed<T> | undefined;
  #demand = 0;
  /** Demand that was passed on for consumers that have left since: it serves the next that ask. */
  #pending = 0;

  get demand(): number {
    return this.#demand;
  }

  subscribe(consumer: ConsumerRef<T>): number {
    this.#consumers.set(consumer, { consumer, demand: 0, previous: undefined, next: undefined });
    return 0;
  }

  cancel(consumer: ConsumerRef<T>): number {
    const owed = this.#owed(consumer);
    this.#consumers.delete(consumer);
    this.#pending += owed.demand;
    this.#setDemand(owed, 0);
    return 0;
  }

  ask(consumer: ConsumerRef<T>, demand: number): number {
    const owed = this.#owed(consumer);
    this.#setDemand(owed, owed.demand + demand);
    const alreadySent = Math.min(this.#pending, demand);
    if (alreadySent === Infinity) return 0;
    this.#pending -= alreadySent;
    return demand - alreadySent;
  }

  dispatch(events: readonly T[]): readonly T[] {
    let placed = 0;
    while (placed < events.length && this.#first) {
      const owed = this.#first;
      const end = Math.min(placed + owed.demand, events.length);
      const batch = placed === 0 && end === events.length ? events : events.slice(placed, end);
      placed = end;
      this.#setDemand(owed, owed.demand - batch.length);
      owed.consumer.send(batch);
    }
    if (placed === events.length) return NONE;
    const left = placed === 0 ? events : events.slice(placed);
    this.#pending = Math.max(this.#pending - left.length, 0);
    return left;
  }

  #owed(consumer: ConsumerRef<T>): Owed<T> {
    const owed = this.#consumers.get(consumer);
    if (!owed) throw new Error('This consumer is not subscribed to the dispatcher');
    return owed;
  }

  /** Puts `owed` where its new demand belongs: behind all that are owed as much. */
  #setDemand(owed: Owed<T>, demand: number): void {
    const { next } = owed;
    if (demand > 0 && demand <= owed.demand && owed.demand < Infinity && (!next || next.demand < demand)) {
      // It is owed less, but still more than the next: it stays where it is.
      this.#demand -= owed.demand - demand;
      owed.demand = demand;
      return;
    }
    if (owed.demand > 0) this.#unlink(owed);
    owed.demand = demand;
    if (demand > 0) this.#link(owed);
  }

  #unlink(owed: Owed<T>): void {
    if (owed.previous) owed.previous.next = owed.next;
    else this.#first = owed.next;
    if (owed.next) owed.next.previous = owed.previous;
    else this.#last = owed.previous;
    this.#recount(-owed.demand);
  }

  #link(owed: Owed<T>): void {
    let previous = this.#last;
    while (previous && previous.demand < owed.demand) previous = previous.previous;
    const next = previous ? previous.next : this.#first;
    owed.previous = previous;
    owed.next = next;
    if (previous) previous.next = owed;
    else this.#first = owed;
    if (next) next.previous = owed;
    else this.#last = owed;
    this.#recount(owed.demand);
  }

  /** Infinite demand comes first in the list, so it alone tells whether the sum is infinite. */
  #recount(change: number): void {
    if (change === -Infinity) {
      this.#demand = 0;
      for (let owed = this.#first; owed; owed = owed.next) this.#demand += owed.demand;
    } else {
      this.#demand += change;
    }
  }
}
