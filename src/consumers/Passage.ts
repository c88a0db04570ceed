import { Link, type ProducerPort } from '../engine/Link.ts';
import { isOrderly, type CancelKind, type ConsumerEnd, type Reason } from '../engine/index.ts';
import { errorOf } from '../face/endings.ts';
import { Possession } from './Possession.ts';
import type { Asker, SharedSource } from './SharedSource.ts';

/** Whose passage it is. */
export interface PassageOwner {
  /** The producer's side has ended the subscription. */
  ended(kind: CancelKind, reason: Reason): void;
}

/**
 * One subscription of a supervised worker, as the producer sees it: passes on what either side says, and knows what the
 * worker has in work. When the worker crashes another passage keeps its place, without demand, until the next worker
 * takes it: so a producer that ends with its last consumer goes on, and a partition stays taken.
 */
export class Passage<T> implements ConsumerEnd<T>, Asker {
  readonly tells: boolean;
  readonly work = new Possession<T>();
  /** How many events have come, less those that went back. */
  taken = 0;
  /** The producer knows of it no more. */
  over = false;
  /** The worker has left. */
  left = false;
  readonly #source: SharedSource<T>;
  readonly #port: ProducerPort<T>;
  readonly #up: Link<T>;
  /** The worker's end; none while the place is only kept. */
  #worker: Link<T> | undefined;
  #owner: PassageOwner | undefined;
  /** The producer has ended in good order. */
  #exhausted = false;
  /** The worker is about to be stopped, so it gets no more: see `holdBack`. */
  #holdsBack = false;
  #heldBack: readonly T[] = [];
  #keptAsk = 0;
  /** The worker has asked for all there will be. */
  #endless = false;

  constructor(source: SharedSource<T>, options: Link<T>['options'], tells: boolean, port = source.port()) {
    this.#source = source;
    this.#port = port;
    this.tells = tells;
    this.#up = new Link<T>(port, this, options);
  }

  /** Subscribes; if `old` is given, in its place, and gives back what that has not begun. */
  join(old?: Passage<T>, reason?: Reason, unbegun: readonly T[] = []): void {
    if (old) old.#leaveBehind(unbegun);
    this.#port.join(this.#up, old && old.#up, reason);
  }

  /** True if `worker` may have this place: the producer would not see a difference. */
  fits(worker: Link<T>): boolean {
    const { options } = this.#up;
    return (
      this.tells === worker.tells &&
      options.partition === worker.options.partition &&
      options.selector === worker.options.selector
    );
  }

  serve(worker: Link<T>, owner: PassageOwner): void {
    this.#worker = worker;
    this.#owner = owner;
  }

  /**
   * What comes from now on waits until the worker leaves, and goes back with what that has not begun: others of its group
   * that leave give back events which it might begin else.
   */
  holdBack(): void {
    this.#holdsBack = true;
  }

  // What the worker says

  ask(demand: number): void {
    // The oldest are done; the first asks are for nothing that was.
    if (!this.tells) this.work.removeOldest(demand);
    if (demand === Infinity) this.#endless = true;
    if (this.#source.keeps(this)) this.#keptAsk += demand;
    else this.#up.ask(demand);
  }

  askKept(): void {
    const demand = this.#keptAsk;
    this.#keptAsk = 0;
    if (!this.left) this.#up.ask(demand);
  }

  settled(events: readonly T[]): void {
    const done = this.work.remove(events);
    this.#up.settled(done);
  }

  /** Events come back; those that are not in work any more are not the worker's to return. */
  giveBack(events: readonly T[]): void {
    this.#return(this.#takeBack(events));
  }

  /** Removes and returns what is in work, to be reported as gone: nobody else has to. */
  takeWork(): readonly T[] {
    const events = this.work.take();
    this.#up.settled(events);
    return events;
  }

  /** The worker leaves, and its place is free. */
  leave(kind: CancelKind, reason: Reason, unbegun: readonly T[]): void {
    this.left = true;
    if (this.over) {
      this.#return(this.#takeUnbegun(unbegun));
      return;
    }
    this.#leaveBehind(unbegun);
    if (kind === 'down') this.#up.down(reason);
    else this.#up.cancel(reason);
  }

  /** The worker leaves, and its place is kept: by what this returns. Its demand is withdrawn. */
  leavePlace(reason: Reason, unbegun: readonly T[]): Passage<T> {
    this.left = true;
    const place = new Passage<T>(this.#source, this.#up.options, this.tells, this.#port);
    place.join(this, reason, unbegun);
    return place;
  }

  // What the producer says

  receive(events: readonly T[]): void {
    if (this.left || !this.#worker) {
      this.#up.giveBack(events);
      return;
    }
    if (this.#holdsBack) {
      // What comes back later was there before.
      this.#heldBack = events.concat(this.#heldBack);
      return;
    }
    this.taken += events.length;
    this.work.add(events);
    this.#source.enter();
    this.#worker.send(events);
    // It will never ask again, so it will never say what is done.
    if (this.#endless && !this.tells && !this.left) this.work.remove(events);
    this.#source.leave();
  }

  ended(kind: CancelKind, reason: Reason): void {
    this.over = true;
    const orderly = isOrderly(reason);
    if (kind === 'down' && orderly) {
      this.#exhausted = true;
      this.#source.end = { reason };
    }
    this.#owner?.ended(kind, reason);
    if (kind === 'down' && !orderly && !this.#owner) this.#source.fail(errorOf(reason));
    this.#worker?.end(kind, reason);
  }

  /** The producer takes these back as the subscription ends. */
  #leaveBehind(unbegun: readonly T[]): void {
    this.#up.unbegun = this.#takeUnbegun(unbegun);
  }

  #takeUnbegun(unbegun: readonly T[]): readonly T[] {
    const heldBack = this.#heldBack;
    this.#heldBack = [];
    return this.#takeBack(unbegun).concat(heldBack);
  }

  #return(events: readonly T[]): void {
    if (this.#exhausted) this.#source.keep(events, this.#port);
    else this.#up.giveBack(events);
  }

  #takeBack(events: readonly T[]): readonly T[] {
    const returned = this.work.remove(events);
    this.taken -= returned.length;
    return returned;
  }
}
