import { ChunkedQueue } from './ChunkedQueue.ts';

/** Which events a full buffer keeps: the `first` that came, or the `last`. */
export type BufferKeep = 'first' | 'last';

interface Mark {
  /** How many of the events that wait came before the message. */
  before: number;
  readonly message: unknown;
}

const NONE: readonly never[] = [];

/**
 * Events that wait for demand, in the order they came, and between them the side messages that must not overtake
 * them. A pure state machine: it decides what is kept, what is dropped and what is due, and sends nothing itself.
 *
 * GenStage: `GenStage.Buffer`. As there, a message in a bounded buffer is due together with the event before it;
 * in an unbounded one it takes a place of its own, is counted, and is due when the next demand reaches it.
 */
export class EventBuffer<T> {
  readonly bufferSize: number;
  readonly bufferKeep: BufferKeep;
  readonly #events = new ChunkedQueue<T>();
  #marks: Mark[] = [];
  constructor(bufferSize: number, bufferKeep: BufferKeep) {
    this.bufferSize = bufferSize;
    this.bufferKeep = bufferKeep;
  }

  /** Events waiting. GenStage counts the side messages of an unbounded buffer too: see `estimatedCount`. */
  get size(): number {
    return this.#events.length;
  }

  /** GenStage: `estimate_buffered_count/1`. */
  get estimatedCount(): number {
    return this.bufferSize === Infinity ? this.#events.length + this.#marks.length : this.#events.length;
  }

  /** True while a side message waits between the events. */
  get marked(): boolean {
    return this.#marks.length > 0;
  }

  /** How many events find room beside those that wait, if `demand` takes as many at once; `event` is the first of them. */
  roomFor(_event: T, demand: number): number {
    return Math.max(this.bufferSize + demand - this.size, 0);
  }

  push(event: T): void {
    this.#events.push(event);
  }

  /** The first event; the caller has checked `size` and `marked`. */
  shift(): T {
    return this.#events.shift();
  }

  /**
   * Stores `events` and returns those that found no room and were dropped, oldest first. `extraRoom` is room beyond
   * `bufferSize` for events that will leave again at once.
   */
  store(events: readonly T[], extraRoom = 0): readonly T[] {
    const room = this.bufferSize + extraRoom - this.#events.length;
    if (events.length <= room) {
      for (const event of events) this.#events.push(event);
      return NONE;
    }
    if (this.bufferKeep === 'first') {
      const kept = Math.max(room, 0);
      for (let i = 0; i < kept; i++) this.#events.push(events[i] as T);
      return events.slice(kept);
    }
    const excess = events.length - room;
    const dropped = this.#events.take(excess);
    this.#moveMarks(-dropped.length);
    let i = 0;
    while (dropped.length < excess) dropped.push(events[i++] as T);
    for (; i < events.length; i++) this.#events.push(events[i] as T);
    return dropped;
  }

  /** Takes up to `demand` events, but none beyond the next side message: then ask `dueMessages()`, and take again. */
  take(demand: number): readonly T[] {
    const mark = this.#marks[0];
    const taken = this.#events.take(mark ? Math.min(demand, mark.before) : demand);
    if (mark) this.#moveMarks(-taken.length);
    return taken;
  }

  /**
   * The side messages that are due now, removed. `demandLeft` tells whether demand is left after the events taken:
   * an unbounded buffer's message waits for it.
   */
  dueMessages(demandLeft = true): readonly unknown[] {
    if (this.#marks.length === 0 || (this.bufferSize === Infinity && !demandLeft)) return NONE;
    let due = 0;
    while (due < this.#marks.length && (this.#marks[due] as Mark).before === 0) due++;
    return this.#marks.splice(0, due).map((mark) => mark.message);
  }

  /** Stores a side message behind the events that wait, or returns false when none do and it is due at once. */
  storeMessage(message: unknown): boolean {
    if (this.estimatedCount === 0) return false;
    this.#marks.push({ before: this.#events.length, message });
    return true;
  }

  /** Puts `events` back in front: they were taken, but nobody began them. */
  prepend(events: readonly T[]): void {
    this.#events.prepend(events);
    this.#moveMarks(events.length);
  }

  /** Removes all, first to last. */
  clear(): { readonly events: readonly T[]; readonly messages: readonly unknown[] } {
    const messages = this.#marks.map(({ message }) => message);
    this.#marks = [];
    return { events: this.#events.take(Infinity), messages };
  }

  /** A copy of what waits, first to last. */
  peek(): readonly T[] {
    return [...this.#events];
  }

  #moveMarks(by: number): void {
    for (const mark of this.#marks) mark.before = Math.max(mark.before + by, 0);
  }
}
