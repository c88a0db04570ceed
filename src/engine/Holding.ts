import type { HeldBuffer } from './HeldBuffer.ts';
import type { Mailbox } from './Mailbox.ts';
import type { Placement } from './Placement.ts';
import type { DiscardCause, Dispatcher } from './protocol.ts';

const NONE: readonly never[] = [];

/** What a holding needs of the stage it belongs to. */
export interface HoldingHost<Out> {
  readonly mailbox: Mailbox;
  discard(events: readonly Out[], cause: DiscardCause): void;
}

/** What a holding needs of its outbox. */
export interface HoldingOutbox<Out> {
  readonly dispatcher: Dispatcher<Out>;
  /** Demand is to be passed on to the producer. */
  asked(demand: number): void;
}

/** What an outbox does where the dispatcher holds the events that wait: it asks which may go, and has them sent. */
export class Holding<Out> {
  readonly #host: HoldingHost<Out>;
  readonly #outbox: HoldingOutbox<Out>;
  readonly #buffer: HeldBuffer<Out>;
  readonly #placement: Placement<Out>;
  /** Events that wait though they were asked for: `bufferSize` is for the others. */
  #askedFor = 0;
  #requested = 0;

  constructor(
    host: HoldingHost<Out>,
    outbox: HoldingOutbox<Out>,
    buffer: HeldBuffer<Out>,
    placement: Placement<Out>,
  ) {
    this.#host = host;
    this.#outbox = outbox;
    this.#buffer = buffer;
    this.#placement = placement;
  }

  /** Demand that was passed on and has not been answered. */
  get requested(): number {
    return this.#requested;
  }

  /** Demand is passed on. */
  asked(demand: number): void {
    this.#requested += demand;
  }

  /** Events from outside, for a stage that keeps demand: what may go is no longer among those that wait. */
  add(events: readonly Out[], demand: number, busy: boolean): void {
    this.#buffer.hold(events);
    const next = busy ? NONE : this.#buffer.take(demand);
    if (next.length === 0) {
      this.#drop(this.#buffer.trim(demand, 0));
      return;
    }
    // A listener to what is dropped may add events, too: they line up.
    this.#placement.reserve(demand - next.length);
    this.#drop(this.#buffer.trim(0, 0));
    this.#placement.place(next);
  }

  /** Events that a producer has answered demand with, or has emitted by itself. */
  emit(events: readonly Out[]): void {
    // What has been cleared no longer waits.
    this.#askedFor = Math.min(this.#askedFor, this.#buffer.size);
    const more = this.#buffer.hold(events);
    const answered = Math.min(events.length, this.#requested);
    this.#requested -= answered;
    this.#askedFor += answered;
    this.serve();
    this.#drop(this.#buffer.trim(0, this.#askedFor));
    // The answer may come at once, and be held too: a loop, no recursion.
    if (more > 0) {
      this.#host.mailbox.next(() => {
        this.#outbox.asked(more);
      });
    }
  }

  /** Sends what may go. */
  serve(): void {
    for (;;) {
      const events = this.#buffer.take(this.#outbox.dispatcher.demand);
      if (events.length === 0) return;
      this.#askedFor = Math.max(this.#askedFor - events.length, 0);
      this.#placement.place(events);
    }
  }

  #drop(events: readonly Out[]): void {
    if (events.length > 0) this.#host.discard(events, 'overflow');
  }
}
