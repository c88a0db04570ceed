import { ChunkedQueue } from './ChunkedQueue.ts';
import type { DemandWindow } from './DemandWindow.ts';
import type { Link } from './Link.ts';
import type { CancelKind } from './protocol.ts';
import type { Reason } from './reasons.ts';

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
  /** What to ask of the sender once the batch that is being handled is done. */
  askAfterBatch = 0;
  #from: Link<In> | undefined;
  #events: readonly In[] = [];
  #at = 0;
  /** How many of `#events` the sender was really owed: more than that is excess, and settles nothing. */
  #owed = 0;

  /** The sender of the batch that is being handled. */
  get from(): Link<In> {
    return this.#from as Link<In>;
  }

  get handling(): boolean {
    return this.#from !== undefined;
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

  /** The next batch to handle. GenStage: `split_batches/5`, one batch at a time. */
  nextBatch(): readonly In[] {
    const window = windowOf(this.from);
    const start = this.#at;
    const end = window ? Math.min(start + window.batchSize, this.#events.length) : this.#events.length;
    const size = end - start;
    if (window) {
      const settled = Math.min(size, this.#owed);
      this.#owed -= settled;
      this.askAfterBatch = window.settle(settled);
    } else {
      this.askAfterBatch = 0;
    }
    this.#at = end;
    return size === this.#events.length ? this.#events : this.#events.slice(start, end);
  }

  /** Removes what has been received and not begun, in order. */
  *unhandled(): IterableIterator<Received<In>> {
    if (this.#from && this.#at < this.#events.length) {
      yield { events: this.#events.slice(this.#at), from: this.#from };
    }
    this.#at = this.#events.length;
    while (this.queue.length > 0) {
      const queued = this.queue.shift();
      if (queued.kind === 'events') yield queued;
    }
  }

  /** The batch has been handled; goes on with the next, if there is one. */
  batchDone(): void {
    if (this.#at < this.#events.length) return;
    this.#from = undefined;
    this.#events = [];
  }
}

/** The accounting that `from`'s events go by; none if it is manual, or over. */
function windowOf(from: Pick<Link<unknown>, 'mode' | 'openDownstream' | 'window'>): DemandWindow | undefined {
  return from.openDownstream && from.mode === 'automatic' ? from.window : undefined;
}
