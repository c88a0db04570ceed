import type { Link, ProducerPort, Settler } from '../engine/Link.ts';
import { NOTHING, isOrderly, type CancelKind, type Reason } from '../engine/index.ts';
import { errorOf } from '../face/endings.ts';
import { eventsOf, pipe } from '../face/events.ts';
import { PORT, type Attachable } from '../face/port.ts';
import type { Producer } from '../types.ts';
import { Passage, type PassageOwner } from './Passage.ts';
import type { SharedSource } from './SharedSource.ts';

/**
 * Stands between the producer and one life of a supervised worker, which takes it for the producer. It tells the
 * producer's error from the worker's own, and what the worker had in work when it crashed.
 */
export class Relay<T> implements ProducerPort<T>, Settler<T>, PassageOwner {
  /** What the worker subscribes to. */
  readonly producer: Producer<T>;
  /** The error of the producer, if it has ended with one. */
  failure: { readonly error: unknown } | undefined;
  readonly #source: SharedSource<T>;
  /** The places that the worker's lives before have left. */
  readonly #places: Passage<T>[];
  readonly #passages = new Map<Link<T>, Passage<T>>();
  /** Has been told that the producer has ended: if it subscribes again, it means to. */
  #knowsEnd = false;
  /** Why the worker goes, if it is to be started again: its places are kept. */
  #going: { readonly reason: Reason } | undefined;
  /** It has taken an event on a subscription that is forgotten. */
  #tookBefore = false;
  #closed = false;

  constructor(source: SharedSource<T>, places: Passage<T>[]) {
    this.#source = source;
    this.#places = places;
    const producer: Producer<T> & Attachable<T> = {
      events: (demand, options) => eventsOf(producer, demand, options),
      pipe: pipe as Producer<T>['pipe'],
      [PORT]: () => this,
    };
    this.producer = producer;
  }

  /** True if the worker has taken an event and not given it back. */
  get progressed(): boolean {
    return this.#tookBefore || [...this.#passages.values()].some(({ taken }) => taken > 0);
  }

  /** The worker is about to be stopped: nothing more is delivered. */
  holdBack(): void {
    for (const passage of this.#passages.values()) passage.holdBack();
  }

  /** The worker is about to go, and will be started again. */
  keepPlaces(reason: Reason): void {
    this.#going = { reason };
  }

  /** The worker has gone: what it says from now on is not heard. */
  close(): void {
    this.#closed = true;
    for (const link of this.#passages.keys()) this.cancel(link, 'cancel', 'normal');
  }

  /** Removes and returns what the worker has in work, to be reported as gone. */
  takeWork(): readonly T[] {
    return [...this.#passages.values()].flatMap((passage) => passage.takeWork());
  }

  // What the worker says

  join(link: Link<T>, old?: Link<T>, reason?: Reason): void {
    link.early = false;
    link.settler = this;
    if (this.#closed) {
      link.end('down', 'shutdown');
      return;
    }
    const { end } = this.#source;
    if (!end || this.#knowsEnd) this.#begin(link, old, reason);
    else this.#beginAfterEnd(link, end.reason);
  }

  ask(link: Link<T>, demand: number): void {
    this.#passages.get(link)?.ask(demand);
  }

  /** It comes as a batch, for who pulls an event does not tell when it is done. */
  pull(link: Link<T>): typeof NOTHING {
    this.ask(link, 1);
    return NOTHING;
  }

  settled(link: Link<T>, events: readonly T[]): void {
    this.#passages.get(link)?.settled(events);
  }

  giveBack(events: readonly T[]): void {
    if (this.#closed) return;
    // They have come together.
    const passage = [...this.#passages.values()].find(({ work }) => work.has(events[0] as T));
    passage?.giveBack(events);
  }

  cancel(link: Link<T>, kind: CancelKind, reason: Reason): void {
    const passage = this.#passages.get(link);
    if (!passage || passage.left) return;
    const unbegun = takeUnbegun(link);
    const going = this.#going ?? (kind === 'down' && !isOrderly(reason) ? { reason } : undefined);
    if (going && !passage.over) this.#places.push(passage.leavePlace(going.reason, unbegun));
    else passage.leave(kind, reason, unbegun);
  }

  // What the producer says

  ended(kind: CancelKind, reason: Reason): void {
    if (kind !== 'down') return;
    if (isOrderly(reason)) this.#knowsEnd = true;
    else this.failure = { error: errorOf(reason) };
  }

  #begin(link: Link<T>, old: Link<T> | undefined, reason: Reason): void {
    this.#source.end = undefined;
    this.#knowsEnd = false;
    this.failure = undefined;
    this.#forgetEnded();
    const before = old && this.#passages.get(old);
    const place = before ? undefined : this.#takePlace(link);
    const passage = place ?? new Passage(this.#source, link.options, link.tells);
    this.#passages.set(link, passage);
    passage.serve(link, this);
    if (!place) passage.join(before, reason, old && takeUnbegun(old));
    link.sayKept();
  }

  /** The producer has ended before this life of the worker: there is only what came back since. */
  #beginAfterEnd(link: Link<T>, reason: Reason): void {
    const { leftOver } = this.#source;
    if (!leftOver) {
      this.#knowsEnd = true;
      link.end('down', reason);
      return;
    }
    const passage = new Passage(this.#source, link.options, link.tells, leftOver);
    this.#passages.set(link, passage);
    passage.serve(link, this);
    passage.join();
    link.sayKept();
  }

  #takePlace(link: Link<T>): Passage<T> | undefined {
    const at = this.#places.findIndex((place) => !place.over && place.fits(link));
    return at < 0 ? undefined : this.#places.splice(at, 1)[0];
  }

  /** A worker may subscribe any number of times. */
  #forgetEnded(): void {
    for (const [link, { over, taken, work }] of this.#passages) {
      if (!over || !work.isEmpty) continue;
      this.#passages.delete(link);
      if (taken > 0) this.#tookBefore = true;
    }
  }
}

/** Removes and returns what the worker gives back as it leaves. */
function takeUnbegun<T>(link: Link<T>): readonly T[] {
  const { unbegun } = link;
  link.unbegun = [];
  return unbegun;
}
