import type { NOTHING } from '../engine/protocol.ts';

/** Where a pool's events come from. What is asked for comes by `receive` or `start` of the pool. */
export interface Feed<T> {
  /** No more events will come: all that came have been delivered. */
  readonly ended: boolean;
  /** Begins, and asks for `demand` events. */
  open(demand: number): void;
  ask(demand: number): void;
  /** Asks for one event and returns it if it is there already; else it comes later. */
  pull(): T | typeof NOTHING;
  /** The job of this event has ended; said before the ask that follows, and only if the pool was told to track events. */
  settled(event: T): void;
  /** Withdraws the demand, and returns events that came and were not begun. */
  close(unbegun: readonly T[]): void;
  /** Returns events that came and were not begun. */
  giveBack(events: readonly T[]): void;
}
