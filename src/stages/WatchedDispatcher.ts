import type { ConsumerRef, Dispatcher, HeldEvents } from '../engine/index.ts';

/** Who is told of what happens at a dispatcher. */
export interface DispatcherWatch<T> {
  /** How many events wait before the dispatcher. */
  readonly waiting: number;
  /** The demand may have changed. */
  demandChanged(): void;
  /**
   * Events are about to be sent; false if they may not pass now: then they are the watch's to give again. They are those
   * that a consumer has given back.
   */
  passes(events: readonly T[]): boolean;
}

const NONE: readonly never[] = [];

/** Another dispatcher, with somebody who watches. */
export class WatchedDispatcher<T> implements Dispatcher<T> {
  watch: DispatcherWatch<T> | undefined;
  readonly answersAsker: boolean;
  readonly holds?: HeldEvents<T>;
  readonly settled?: (consumer: ConsumerRef<T>, events: readonly T[]) => number;
  readonly info?: (message: unknown) => void;
  readonly #inner: Dispatcher<T>;

  constructor(inner: Dispatcher<T>) {
    this.#inner = inner;
    this.answersAsker = inner.answersAsker ?? false;
    if (inner.holds) this.holds = inner.holds;
    if (inner.settled) this.settled = (consumer, events) => this.#changed(inner.settled!(consumer, events));
    if (inner.info) this.info = inner.info.bind(inner);
  }

  get demand(): number {
    return this.#inner.demand;
  }

  get buffered(): number {
    return (this.#inner.buffered ?? 0) + (this.watch?.waiting ?? 0);
  }

  subscribe(consumer: ConsumerRef<T>): number {
    return this.#changed(this.#inner.subscribe(consumer));
  }

  cancel(consumer: ConsumerRef<T>): number {
    return this.#changed(this.#inner.cancel(consumer));
  }

  ask(consumer: ConsumerRef<T>, demand: number): number {
    return this.#changed(this.#inner.ask(consumer, demand));
  }

  dispatch(events: readonly T[]): readonly T[] {
    // What a dispatcher holds back itself has passed already.
    if (!this.holds && this.watch && !this.watch.passes(events)) return NONE;
    return this.#inner.dispatch(events);
  }

  #changed(demand: number): number {
    this.watch?.demandChanged();
    return demand;
  }
}
