import { ChunkedQueue } from './ChunkedQueue.ts';
import { NOTHING, type CancelKind } from './protocol.ts';
import type { DemandWindow } from './DemandWindow.ts';
import type { Link } from './Link.ts';
import type { Reason } from './reasons.ts';

const NONE: readonly never[] = [];

/** Events, and the subscription that they came by. */
export interface Received<In> {
  readonly events: readonly In[];
  readonly from: Link<In>;
}

/** What waits in a producer-consumer until its own consumers ask. */
export type Queued<In> =
  | { readonly kind: 'events'; readonly events: readonly In[]; readonly from: Link<In> }
  | { readonly kind: 'message'; readonly message: unknown }
  | {
      readonly kind: 'end';
      readonly cancel: CancelKind;
      readonly reason: Reason;
      readonly from: Link<In>;
    };

/**
 * What a consumer has received: the events that are being handled, batch by batch, and, in a producer-consumer, what
 * waits for demand from below.
 */
export class Inbox<In> {
  readonly queue = new ChunkedQueue<Queued<In>>();
  /** One event that was pulled ahead of the queue, and by which subscription it came. */
  ahead: In | typeof NOTHING = NOTHING;
  aheadFrom: Link<In> | undefined;
  /** How many events of the batch are not done yet when the callback has ended: `Link.settle` tells when they are. */
  deferred = 0;
  /** Events are passed on as they are: no more are handled at a time than there is demand for. */
  passing = false;
  #from: Link<In> | undefined;
  #events: readonly In[] = NONE;
  #at = 0;
  /** How many of them are being handled. */
  #size = 0;
  /** How many of `#events` the sender was really owed: more than that is excess, and settles nothing. */
  #owed = 0;

  /** The sender of the batch that is being handled. */
  get from(): Link<In> {
    return this.#from as Link<In>;
  }

  get handling(): boolean {
    return this.#from !== undefined;
  }

  /** True while nothing is handled and nothing waits. */
  get idle(): boolean {
    return this.#from === undefined && !this.waiting;
  }

  /** True while something waits, whether it can be handled or not. */
  get waiting(): boolean {
    return this.ahead !== NOTHING || this.queue.length > 0;
  }

  /** Begins to handle the event that was pulled ahead. */
  beginAhead(): void {
    const event = this.ahead as In;
    this.ahead = NOTHING;
    this.begin([event], this.aheadFrom as Link<In>);
  }

  /** Begins to handle `events`. GenStage: `consumer_receive/4`. */
  begin(events: readonly In[], from: Link<In>): void {
    const window = windowOf(from);
    if (window && events.length === 0) return;
    this.#from = from;
    this.#events = events;
    this.#at = 0;
    this.#owed = window ? window.inFlight : 0;
  }

  /** The next batch to handle, of `limit` events at most. GenStage: `split_batches/5`, one batch at a time. */
  nextBatch(limit: number): readonly In[] {
    const start = this.#at;
    const left = Math.min(this.#events.length - start, limit);
    const window = this.from.splits ? windowOf(this.from) : undefined;
    const size = window ? Math.min(left, window.batchSize) : left;
    this.#size = size;
    this.#at = start + size;
    return size === this.#events.length ? this.#events : this.#events.slice(start, this.#at);
  }

  /** Removes what has been received and not begun, in order. */
  *unhandled(): IterableIterator<Received<In>> {
    if (this.#from && this.#at < this.#events.length) {
      yield { events: this.#events.slice(this.#at), from: this.#from };
    }
    this.#at = this.#events.length;
    if (this.ahead !== NOTHING) yield { events: [this.ahead], from: this.aheadFrom as Link<In> };
    this.ahead = NOTHING;
    while (this.queue.length > 0) {
      const queued = this.queue.shift();
      if (queued.kind === 'events') yield queued;
    }
  }

  /**
   * The batch has been handled, all but what is `deferred`: returns what to ask of the sender. Goes on with the next, if
   * there is one.
   */
  batchDone(): number {
    const window = windowOf(this.from);
    const settled = Math.min(this.#size - this.deferred, this.#owed);
    this.#owed -= settled + this.deferred;
    this.deferred = 0;
    if (this.#at === this.#events.length) {
      this.#from = undefined;
      this.#events = NONE;
    }
    return window && settled > 0 ? window.settle(settled) : 0;
  }
}

/** The accounting that `from`'s events go by; none if it is manual, or over. */
function windowOf(from: Pick<Link<unknown>, 'mode' | 'openDownstream' | 'window'>): DemandWindow | undefined {
  return from.openDownstream && from.mode === 'automatic' ? from.window : undefined;
}
