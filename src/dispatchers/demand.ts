import { assertFunction, assertMaxDemand, assertOptions, typeError } from '../engine/assert.ts';
import type { ConsumerRef, Dispatcher, DispatcherFactory } from '../engine/protocol.ts';

const NONE: readonly never[] = [];

/**
 * How the demand dispatcher treats its consumers.
 *
 * GenStage: the options of `GenStage.DemandDispatcher`.
 */
export interface DemandDispatcherOptions {
  /**
   * The first dispatch that finds demand goes through the consumers in random order, where it would begin with the
   * biggest demand, and among equals with the one that asked first: so not every first load is the first consumer's.
   *
   * GenStage: `:shuffle_demands_on_first_dispatch`.
   *
   * @default false
   */
  readonly shuffleDemandsOnFirstDispatch?: boolean;
  /**
   * The most that one ask is expected to be, in events: a positive integer, or `Infinity`. Who asks for more at a time
   * gets more than its share, which the console is warned of, once for each consumer.
   *
   * GenStage: `:max_demand`, which is the first ask by default.
   *
   * @default Infinity: pools of different size may share a queue
   */
  readonly maxDemand?: number;
  /**
   * Random numbers from 0 to below 1, for `shuffleDemandsOnFirstDispatch`.
   * @default Math.random
   */
  readonly random?: () => number;
}

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
  readonly #maxDemand: number;
  readonly #random: () => number;
  /** The next dispatch is the first, and to be shuffled. */
  #shuffles: boolean;
  /** Who has been told of to the console. */
  readonly #greedy = new WeakSet();
  readonly #consumers = new Map<ConsumerRef<T>, Owed<T>>();
  /** The consumers that are owed something, biggest demand first. */
  #first: Owed<T> | undefined;
  #last: Owed<T> | undefined;
  #demand = 0;
  /** Demand that was passed on for consumers that have left since: it serves the next that ask. */
  #pending = 0;

  /**
   * @throws RangeError if `maxDemand` is no demand
   * @throws TypeError if an option has the wrong type
   */
  constructor(options: DemandDispatcherOptions = {}) {
    assertDemandDispatcherOptions(options);
    const { shuffleDemandsOnFirstDispatch = false, maxDemand = Infinity } = options;
    this.#shuffles = shuffleDemandsOnFirstDispatch;
    this.#maxDemand = maxDemand;
    this.#random = options.random ?? Math.random;
  }

  get demand(): number {
    return this.#demand;
  }

  get idle(): boolean {
    return this.#first === undefined && this.#pending === 0;
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
    if (demand > this.#maxDemand) this.#warnOf(consumer.consumer, demand);
    this.#setDemand(owed, owed.demand + demand);
    const alreadySent = Math.min(this.#pending, demand);
    if (alreadySent === Infinity) return 0;
    this.#pending -= alreadySent;
    return demand - alreadySent;
  }

  dispatch(events: readonly T[]): readonly T[] {
    if (this.#shuffles && this.#first && events.length > 0) return this.#dispatchShuffled(events);
    let placed = 0;
    while (placed < events.length && this.#first) {
      const owed = this.#first;
      const end = Math.min(placed + owed.demand, events.length);
      const batch = placed === 0 && end === events.length ? events : events.slice(placed, end);
      placed = end;
      this.#setDemand(owed, owed.demand - batch.length);
      owed.consumer.send(batch);
    }
    return this.#leftOf(events, placed);
  }

  /** The first dispatch: in random order, and to each all that it is owed. */
  #dispatchShuffled(events: readonly T[]): readonly T[] {
    this.#shuffles = false;
    const all: { readonly owed: Owed<T>; readonly demand: number }[] = [];
    for (let owed = this.#first; owed; owed = this.#first) {
      all.push({ owed, demand: owed.demand });
      this.#setDemand(owed, 0);
    }
    let placed = 0;
    const batches: { readonly owed: Owed<T>; readonly batch: readonly T[] }[] = [];
    for (const { owed, demand } of shuffled(all, this.#random)) {
      const batch = events.slice(placed, placed + demand);
      placed += batch.length;
      this.#setDemand(owed, demand - batch.length);
      if (batch.length > 0) batches.push({ owed, batch });
    }
    for (const { owed, batch } of batches) owed.consumer.send(batch);
    return this.#leftOf(events, placed);
  }

  #leftOf(events: readonly T[], placed: number): readonly T[] {
    if (placed === events.length) return NONE;
    const left = placed === 0 ? events : events.slice(placed);
    this.#pending = Math.max(this.#pending - left.length, 0);
    return left;
  }

  #warnOf(consumer: object, demand: number): void {
    if (this.#greedy.has(consumer)) return;
    this.#greedy.add(consumer);
    console.warn(
      `A consumer asks for ${demand} events at a time where the demand dispatcher expects at most ${this.#maxDemand} ` +
        '(its `maxDemand`): the biggest demand is served first, so it gets more than its share. Give all consumers the ' +
        'same `maxDemand`, or use the `fair()` dispatcher.',
    );
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

/**
 * The dispatcher that gives each batch to the consumer with the biggest demand, first come first served among equals.
 * It is what a producer has if nothing else is said.
 *
 * GenStage: `GenStage.DemandDispatcher`.
 *
 * @param options whether the first dispatch is shuffled, and how much a consumer is expected to ask for
 * @throws RangeError if `maxDemand` is neither a positive integer nor `Infinity`
 * @throws TypeError if an option has the wrong type
 *
 * @example
 * ```ts
 * const queue = new DemandQueue<string>({ dispatcher: demand({ maxDemand: 2 }) });
 * const work = (pool: string) => (job: string) => `${pool} did ${job}`;
 * queue.pipe(demandMap(work('one'))).subscribe(console.log);
 * queue.pipe(demandMap(work('two'), { maxDemand: 2 })).subscribe(console.log);
 * queue.enqueue(['a', 'b', 'c']);
 * // => two did a
 * // => two did b
 * // => one did c
 * ```
 */
export function demand<T>(options: DemandDispatcherOptions = {}): DispatcherFactory<T> {
  assertDemandDispatcherOptions(options);
  return () => new DemandDispatcher<T>(options);
}

function assertDemandDispatcherOptions(options: DemandDispatcherOptions): void {
  assertOptions(options);
  const { shuffleDemandsOnFirstDispatch: shuffles, maxDemand, random } = options;
  if (shuffles !== undefined && typeof shuffles !== 'boolean')
    throw typeError('shuffleDemandsOnFirstDispatch', 'a boolean', shuffles);
  if (maxDemand !== undefined) assertMaxDemand(maxDemand);
  if (random !== undefined) assertFunction('random', random);
}

/** The items in random order: Fisher and Yates' shuffle. */
function shuffled<I>(items: readonly I[], random: () => number): readonly I[] {
  const all = [...items];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.min(Math.floor(random() * (i + 1)), i);
    [all[i], all[j]] = [all[j] as I, all[i] as I];
  }
  return all;
}
