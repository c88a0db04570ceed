import type { ConsumerRef, Dispatcher, DispatcherFactory } from '../engine/protocol.ts';
import { Turn, Turns } from './Turns.ts';

const NONE: readonly never[] = [];

/**
 * Gives one event to each consumer in turn, however much each has asked for; what a consumer gets of one dispatch comes
 * as one batch.
 *
 * Demand of a consumer that has left counts for the next that asks, for the producer has been told of it already.
 *
 * GenStage: has none; its `GenStage.DemandDispatcher` gives each batch to the biggest demand.
 *
 * @example
 * ```ts
 * const producer = new Stage<never, number>('producer', {}, { dispatcher: () => new FairDispatcher() });
 * const consumer = (name: string) => ({
 *   receive: (events: readonly number[]) => console.log(name, events),
 *   ended: () => undefined,
 * });
 * producer.attach(consumer('greedy')).ask(1000);
 * producer.attach(consumer('modest')).ask(2);
 * producer.emit([1, 2, 3, 4, 5, 6]);
 * // => greedy [ 1, 3, 5, 6 ]
 * // => modest [ 2, 4 ]
 * ```
 */
export class FairDispatcher<T> implements Dispatcher<T> {
  readonly answersAsker = true;
  readonly #turns = new Turns<T>((consumer) => new Turn(consumer));
  /** Demand that was passed on for consumers that have left since: it serves the next that ask. */
  #pending = 0;

  get demand(): number {
    return this.#turns.demand;
  }

  get idle(): boolean {
    return this.#turns.demand === 0 && this.#pending === 0;
  }

  subscribe(consumer: ConsumerRef<T>): number {
    this.#turns.add(consumer);
    return 0;
  }

  cancel(consumer: ConsumerRef<T>): number {
    const turn = this.#turns.of(consumer);
    this.#turns.remove(turn);
    this.#pending += turn.demand;
    return 0;
  }

  ask(consumer: ConsumerRef<T>, demand: number): number {
    this.#turns.ask(this.#turns.of(consumer), demand);
    const alreadySent = Math.min(this.#pending, demand);
    if (alreadySent === Infinity) return 0;
    this.#pending -= alreadySent;
    return demand - alreadySent;
  }

  dispatch(events: readonly T[]): readonly T[] {
    const turns = this.#turns;
    if (events.length === 0 || turns.giveAll(events)) return NONE;
    let placed = 0;
    while (placed < events.length && turns.give(events[placed] as T)) placed++;
    turns.send();
    if (placed === events.length) return NONE;
    const left = placed === 0 ? events : events.slice(placed);
    this.#pending = Math.max(this.#pending - left.length, 0);
    return left;
  }
}

/**
 * The dispatcher that gives one event to each consumer in turn, however much each has asked for: pools of different size
 * on one queue get the same share, as long as they keep up. What a consumer gets of one dispatch comes as one batch.
 *
 * GenStage: has none; its demand dispatcher, ours by default, gives each batch to the biggest demand.
 *
 * @example
 * ```ts
 * const queue = new DemandQueue<string>({ dispatcher: fair() });
 * const work = (pool: string) => (job: string) => `${pool} did ${job}`;
 * queue.pipe(demandMap(work('the big pool'), { maxDemand: 100 })).subscribe(console.log);
 * queue.pipe(demandMap(work('the small pool'), { maxDemand: 2 })).subscribe(console.log);
 * queue.enqueue(['a', 'b', 'c', 'd']);
 * // => the big pool did a
 * // => the big pool did c
 * // => the small pool did b
 * // => the small pool did d
 * ```
 */
export function fair<T>(): DispatcherFactory<T> {
  return () => new FairDispatcher<T>();
}
