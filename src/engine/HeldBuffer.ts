import { EventBuffer } from './EventBuffer.ts';
import type { HeldEvents } from './protocol.ts';

/**
 * The buffer of a producer whose dispatcher holds the events itself: the dispatcher says which may go, and keeps the side
 * messages between them; how many may wait, and which are dropped, is decided here.
 */
export class HeldBuffer<T> extends EventBuffer<T> {
  readonly #held: HeldEvents<T>;

  /** @param like the buffer that would be without the dispatcher's */
  constructor(like: EventBuffer<T>, held: HeldEvents<T>) {
    super(like.bufferSize, like.bufferKeep);
    this.#held = held;
  }

  override get size(): number {
    return this.#held.length;
  }

  override get estimatedCount(): number {
    return this.#held.length;
  }

  /** Takes in events that have come; returns the demand to pass on. What is too much is dropped by `trim`. */
  hold(events: readonly T[]): number {
    return this.#held.store(events);
  }

  /** Takes up to `demand` events that may go. */
  override take(demand: number): readonly T[] {
    return this.#held.take(demand);
  }

  /** Of the events after the first nothing is known: they may all have to wait. */
  override roomFor(event: T, demand: number): number {
    const room = Math.max(this.bufferSize - this.#held.length, 0);
    return room === 0 && demand > this.#held.ready && this.#held.mayGo(event) ? 1 : room;
  }

  /** Drops what is beyond `bufferSize`, the events that `demand` takes at once, and `room`; returns it, oldest first. */
  trim(demand: number, room: number): readonly T[] {
    const held = this.#held;
    const dropped: T[] = [];
    const which = this.bufferKeep === 'last' ? 'oldest' : 'newest';
    while (held.length > this.bufferSize + Math.min(demand, held.ready) + room)
      dropped.push(held.drop(which));
    return which === 'oldest' ? dropped : dropped.reverse();
  }

  /** The dispatcher delivers its messages itself. */
  override clear(): ReturnType<EventBuffer<T>['clear']> {
    const events: T[] = [];
    while (this.#held.length > 0) events.push(this.#held.drop('oldest'));
    return { events, messages: [] };
  }

  override prepend(events: readonly T[]): void {
    this.#held.prepend(events);
  }

  /** The dispatcher keeps it. */
  override storeMessage(): boolean {
    return false;
  }

  override peek(): readonly T[] {
    return [...this.#held];
  }
}
