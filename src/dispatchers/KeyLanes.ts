import type { DispatcherHost, HeldEvents } from '../engine/protocol.ts';
import { FirstError } from './FirstError.ts';
import { Held, Lane, Mark, type Waiting } from './Lane.ts';
import { LinkedList } from './LinkedList.ts';

const NONE: readonly never[] = [];

/** What the lanes need of their dispatcher. */
export interface LanesOwner<T> {
  readonly host: DispatcherHost<T>;
  readonly key: (event: T) => unknown;
  /** So many events have been stored. Returns the demand to pass on. */
  stored(count: number): number;
  /** Nobody has begun this event. Returns it as it was in work, if it was. */
  unbegun(event: T): Held<T> | undefined;
}

/**
 * The events that wait, a lane for each key. A lane that waits for nothing is ready: its first event may go. Ready lanes
 * take turns, so that none starves; a lane without events is forgotten.
 *
 *     age    a1 b1 a2 a3 c1        lanes   a  a1 a2 a3
 *                                          b  b1            ready   b c      (a is busy)
 *                                          c  c1
 */
export class KeyLanes<T> implements HeldEvents<T> {
  readonly #owner: LanesOwner<T>;
  readonly #lanes = new Map<unknown, Lane<T>>();
  /** All that waits, oldest first. */
  readonly #age = new LinkedList<Waiting<T>>();
  readonly #ready = new LinkedList<Lane<T>>();
  #readyCount = 0;
  #length = 0;
  #taken: Held<T>[] = [];
  readonly #errors = new FirstError('`key` of keySerial');

  constructor(owner: LanesOwner<T>) {
    this.#owner = owner;
  }

  get length(): number {
    return this.#length;
  }

  get ready(): number {
    return this.#readyCount;
  }

  /** How many have been taken and not given to anybody yet. */
  get takenCount(): number {
    return this.#taken.length;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let item = this.#age.first; item; item = item.next) {
      if (!(item instanceof Mark)) yield item.event;
    }
  }

  mayGo(event: T): boolean {
    try {
      return !this.#lanes.has(this.#owner.key(event));
    } catch {
      // It will not wait.
      return true;
    }
  }

  store(events: readonly T[]): number {
    for (let i = 0; i < events.length; i++) {
      const held = this.#newHeld(events[i] as T);
      if (!held) continue;
      held.lane.push(held);
      this.#age.push(held);
      this.#length++;
      this.#makeReady(held.lane);
    }
    return this.#owner.stored(events.length);
  }

  prepend(events: readonly T[]): void {
    for (let i = events.length - 1; i >= 0; i--) {
      const event = events[i] as T;
      const held = this.#owner.unbegun(event) ?? this.#newHeld(event);
      if (!held) continue;
      const { lane } = held;
      lane.unshift(held);
      this.#age.unshift(held);
      this.#length++;
      // Its turn had come.
      this.#makeReady(lane, true);
    }
  }

  take(count: number): readonly T[] {
    if (this.#readyCount === 0 || count === 0) return NONE;
    const events: T[] = [];
    while (events.length < count && this.#ready.first) {
      const lane = this.#ready.first;
      this.#makeUnready(lane);
      lane.busy = true;
      const held = lane.first as Held<T>;
      this.#remove(held);
      this.#taken.push(held);
      events.push(held.event);
    }
    return events;
  }

  drop(which: 'oldest' | 'newest'): T {
    let item = which === 'oldest' ? this.#age.first : this.#age.last;
    while (item instanceof Mark) item = which === 'oldest' ? item.next : item.previous;
    const held = item as Held<T>;
    const { lane } = held;
    this.#remove(held);
    if (!lane.first) {
      if (lane.ready) this.#makeUnready(lane);
      if (!lane.busy) this.#lanes.delete(lane.key);
    }
    this.deliverDue();
    return held.event;
  }

  /** What has been taken since the last call, to be given to consumers. */
  handOver(): readonly Held<T>[] {
    const taken = this.#taken;
    this.#taken = [];
    return taken;
  }

  /** The event of the lane that was in work no longer is. */
  free(lane: Lane<T>): void {
    lane.busy = false;
    if (lane.first) this.#makeReady(lane);
    else this.#lanes.delete(lane.key);
  }

  /** A message is due when what waits now has gone. */
  info(message: unknown): void {
    this.#age.push(new Mark(message));
    this.deliverDue();
  }

  /** Delivers the messages that nothing is in front of any more. */
  deliverDue(): void {
    let { first } = this.#age;
    while (first instanceof Mark) {
      this.#age.remove(first);
      this.#owner.host.deliverInfo(first.message);
      first = this.#age.first;
    }
  }

  #newHeld(event: T): Held<T> | undefined {
    let key;
    try {
      key = this.#owner.key(event);
    } catch (error) {
      this.#unroutable(event, error);
      return undefined;
    }
    let lane = this.#lanes.get(key);
    if (!lane) {
      lane = new Lane<T>(key);
      this.#lanes.set(key, lane);
    }
    return new Held(event, lane);
  }

  #unroutable(event: T, error: unknown): void {
    this.#owner.host.discarded([event], 'unroutable');
    this.#errors.tell(error);
  }

  #remove(held: Held<T>): void {
    held.lane.remove(held);
    this.#age.remove(held);
    this.#length--;
  }

  #makeReady(lane: Lane<T>, first = false): void {
    if (lane.busy || lane.ready) return;
    lane.ready = true;
    this.#readyCount++;
    if (first) this.#ready.unshift(lane);
    else this.#ready.push(lane);
  }

  #makeUnready(lane: Lane<T>): void {
    lane.ready = false;
    this.#readyCount--;
    this.#ready.remove(lane);
  }
}
