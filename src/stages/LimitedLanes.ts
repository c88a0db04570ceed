import { LinkedList, type Linked } from '../dispatchers/LinkedList.ts';
import { Heap } from './Heap.ts';
import { SlidingWindow } from './SlidingWindow.ts';

/** An event that waits. */
interface Held<T> {
  readonly event: T;
  /** Its place among all that wait. */
  readonly order: number;
  next: Held<T> | undefined;
}

/** The events of one key that wait, and what has passed of that key. */
class Lane<T> implements Linked<Lane<T>> {
  readonly key: unknown;
  readonly window: SlidingWindow;
  first: Held<T> | undefined;
  last: Held<T> | undefined;
  /** When its first event may pass, if that is not now. */
  opensAt = 0;
  /** Something of it has passed and is not forgotten: it is in the list of those. */
  passed = false;
  previous: Lane<T> | undefined;
  next: Lane<T> | undefined;

  constructor(key: unknown, intervalMs: number) {
    this.key = key;
    this.window = new SlidingWindow(intervalMs);
  }
}

/**
 * Events under a limit that holds for each key: those of one key keep their order, and of several keys that may go the event
 * that came first goes first. A key of which nothing waits and nothing has passed lately takes no memory. A pure
 * state machine, which is told the time.
 */
export class LimitedLanes<T> {
  readonly #intervalMs: number;
  readonly #lanes = new Map<unknown, Lane<T>>();
  /** Lanes whose first event may pass, and lanes whose first event has to wait. */
  readonly #ready = new Heap<Lane<T>>((a, b) => a.first!.order < b.first!.order);
  readonly #blocked = new Heap<Lane<T>>((a, b) => a.opensAt < b.opensAt);
  /** Lanes of which something has passed, by when it did last. */
  readonly #passed = new LinkedList<Lane<T>>();
  #limit = 0;
  #length = 0;
  #nextOrder = 0;
  #orderBefore = -1;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** How many events wait. */
  get length(): number {
    return this.#length;
  }

  /** How many keys there are that take memory. */
  get keys(): number {
    return this.#lanes.size;
  }

  get limit(): number {
    return this.#limit;
  }

  /** When the next event that has to wait may pass; `Infinity` if none waits, or time does not help. */
  get opensAt(): number {
    return this.#blocked.first?.opensAt ?? Infinity;
  }

  /** How many events of `key` may pass now, those that wait among them. */
  free(key: unknown, now: number): number {
    return this.#lanes.get(key)?.window.free(this.#limit, now) ?? this.#limit;
  }

  /** When more events of `key` may pass than at the last look. */
  freesAt(key: unknown): number {
    return this.#lanes.get(key)?.window.freesAt(this.#limit) ?? Infinity;
  }

  /** Another limit holds from now on; what has passed still counts. */
  setLimit(limit: number, now: number): void {
    this.#limit = limit;
    this.#sort(now);
  }

  push(event: T, key: unknown, now: number): void {
    const lane = this.#laneOf(key);
    const held = { event, order: this.#nextOrder++, next: undefined };
    this.#length++;
    if (lane.last) {
      lane.last = lane.last.next = held;
    } else {
      lane.first = lane.last = held;
      this.#place(lane, now);
    }
  }

  /** Puts events in front of all that wait. */
  unshift(events: readonly T[], keyOf: (event: T, index: number) => unknown, now: number): void {
    for (let i = events.length - 1; i >= 0; i--) {
      const event = events[i]!;
      const lane = this.#laneOf(keyOf(event, i));
      lane.first = { event, order: this.#orderBefore--, next: lane.first };
      lane.last ??= lane.first;
      this.#length++;
    }
    this.#sort(now);
  }

  /** Takes the events that pass now, at most `count`. */
  take(count: number, now: number): readonly T[] {
    this.#forget(now);
    while (this.opensAt <= now) this.#place(this.#blocked.shift(), now);
    const taken: T[] = [];
    while (taken.length < count && this.#ready.first) {
      const lane = this.#ready.shift();
      taken.push(this.#shift(lane));
      lane.window.pass(1, now);
      if (lane.passed) this.#passed.remove(lane);
      this.#passed.push(lane);
      lane.passed = true;
      if (lane.first) this.#place(lane, now);
    }
    return taken;
  }

  /** Removes all that wait, in the order they came. */
  clear(): readonly T[] {
    const all: Held<T>[] = [];
    for (const lane of this.#lanes.values()) {
      for (let held = lane.first; held; held = held.next) all.push(held);
      lane.first = lane.last = undefined;
      if (!lane.passed) this.#lanes.delete(lane.key);
    }
    this.#length = 0;
    this.#ready.clear();
    this.#blocked.clear();
    return all.sort((a, b) => a.order - b.order).map(({ event }) => event);
  }

  #laneOf(key: unknown): Lane<T> {
    let lane = this.#lanes.get(key);
    if (!lane) this.#lanes.set(key, (lane = new Lane(key, this.#intervalMs)));
    return lane;
  }

  #shift(lane: Lane<T>): T {
    const held = lane.first!;
    lane.first = held.next;
    if (!lane.first) lane.last = undefined;
    this.#length--;
    return held.event;
  }

  /** Puts a lane whose first event waits where it belongs. */
  #place(lane: Lane<T>, now: number): void {
    if (lane.window.free(this.#limit, now) > 0) {
      this.#ready.push(lane);
    } else {
      lane.opensAt = lane.window.freesAt(this.#limit);
      this.#blocked.push(lane);
    }
  }

  /** Puts all lanes where they belong. */
  #sort(now: number): void {
    this.#ready.clear();
    this.#blocked.clear();
    for (const lane of this.#lanes.values()) if (lane.first) this.#place(lane, now);
  }

  /** Gives the memory of keys back of which nothing has passed within the interval. */
  #forget(now: number): void {
    for (let lane = this.#passed.first; lane?.window.isEmpty(now); lane = this.#passed.first) {
      this.#passed.remove(lane);
      lane.passed = false;
      if (!lane.first) this.#lanes.delete(lane.key);
    }
  }
}
