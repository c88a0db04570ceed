import type { Linked } from './LinkedList.ts';
import type { Turn } from './Turns.ts';

/** What waits, by age. */
export type Waiting<T> = Held<T> | Mark<T>;

/** A side message between the events that wait. */
export class Mark<T> implements Linked<Waiting<T>> {
  readonly message: unknown;
  previous: Waiting<T> | undefined;
  next: Waiting<T> | undefined;

  constructor(message: unknown) {
    this.message = message;
  }
}

/** An event of a dispatcher that does one at a time for each key: it waits, or it is in work. */
export class Held<T> implements Linked<Waiting<T>> {
  readonly event: T;
  readonly lane: Lane<T>;
  /** Its neighbours among all that wait, by age, or among what its consumer has in work. */
  previous: Waiting<T> | undefined;
  next: Waiting<T> | undefined;
  /** Its neighbours in the lane, while it waits. */
  before: Held<T> | undefined;
  after: Held<T> | undefined;
  /** Who has it in work. */
  turn: Turn<T> | undefined;
  /** Another event in work that is equal to it. */
  same: Held<T> | undefined;

  constructor(event: T, lane: Lane<T>) {
    this.event = event;
    this.lane = lane;
  }
}

/** The events of one key that wait, in their order. */
export class Lane<T> implements Linked<Lane<T>> {
  readonly key: unknown;
  /** One of its events is in work: the others have to wait. */
  busy = false;
  /** It is among the lanes that are ready. */
  ready = false;
  first: Held<T> | undefined;
  last: Held<T> | undefined;
  /** Its neighbours among the lanes that are ready. */
  previous: Lane<T> | undefined;
  next: Lane<T> | undefined;

  constructor(key: unknown) {
    this.key = key;
  }

  push(held: Held<T>): void {
    const { last } = this;
    held.before = last;
    if (last) last.after = held;
    else this.first = held;
    this.last = held;
  }

  unshift(held: Held<T>): void {
    const { first } = this;
    held.after = first;
    if (first) first.before = held;
    else this.last = held;
    this.first = held;
  }

  remove(held: Held<T>): void {
    const { before, after } = held;
    if (before) before.after = after;
    else this.first = after;
    if (after) after.before = before;
    else this.last = before;
    held.before = held.after = undefined;
  }
}
