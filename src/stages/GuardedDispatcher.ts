import type { ConsumerRef, Dispatcher, HeldEvents } from '../engine/index.ts';

/** Who stands before a dispatcher. */
export interface DispatcherGuard<T> {
  /** How many events wait here: the stage is not at its end before they have passed. */
  readonly waiting: number;
  /**
   * Events are about to be sent that nobody has let pass: a consumer has given them back. False if they are the guard's
   * again, and will pass later.
   */
  passes(events: readonly T[]): boolean;
}

const NONE: readonly never[] = [];

/** Another dispatcher, with a guard before it. */
export class GuardedDispatcher<T> implements Dispatcher<T> {
  guard: DispatcherGuard<T> | undefined;
  readonly answersAsker: boolean;
  readonly holds?: HeldEvents<T>;
  readonly settled?: (consumer: ConsumerRef<T>, events: readonly T[]) => number;
  readonly #inner: Dispatcher<T>;

  constructor(inner: Dispatcher<T>) {
    this.#inner = inner;
    this.answersAsker = inner.answersAsker ?? false;
    if (inner.holds) this.holds = inner.holds;
    if (inner.settled) this.settled = inner.settled.bind(inner);
  }

  get demand(): number {
    return this.#inner.demand;
  }

  get buffered(): number {
    return (this.#inner.buffered ?? 0) + (this.guard?.waiting ?? 0);
  }

  subscribe(consumer: ConsumerRef<T>): number {
    return this.#inner.subscribe(consumer);
  }

  cancel(consumer: ConsumerRef<T>): number {
    return this.#inner.cancel(consumer);
  }

  ask(consumer: ConsumerRef<T>, demand: number): number {
    return this.#inner.ask(consumer, demand);
  }

  dispatch(events: readonly T[]): readonly T[] {
    // What a dispatcher holds back itself has passed already.
    if (!this.holds && this.guard && !this.guard.passes(events)) return NONE;
    return this.#inner.dispatch(events);
  }
}
