import type { EventBuffer } from './EventBuffer.ts';
import type { Dispatcher } from './protocol.ts';

/** Has a dispatcher send events that demand is kept for, and keeps count of both while it does. */
export class Placement<Out> {
  readonly #buffer: EventBuffer<Out>;
  readonly #dispatcher: Dispatcher<Out>;
  /** Events are being sent. */
  #sending = false;
  /** The demand that the events which are being sent leave over. */
  #spare = 0;
  /** What has come back while events are being sent. */
  #returned: readonly Out[] = [];

  constructor(buffer: EventBuffer<Out>, dispatcher: Dispatcher<Out>) {
    this.#buffer = buffer;
    this.#dispatcher = dispatcher;
  }

  /** Demand that waits for events. What is being sent has its demand already, though not all has been sent. */
  get demand(): number {
    return this.#sending ? this.#spare : this.#dispatcher.demand;
  }

  /** Events will be placed next, and leave so much demand over: what comes before they are is not for the rest. */
  reserve(spare: number): void {
    this.#spare = spare;
    this.#sending = true;
  }

  /** Sends the events; what the dispatcher cannot place after all goes back in front. Returns how many it placed. */
  place(events: readonly Out[]): number {
    if (events.length === 0) return 0;
    this.#spare = Math.max(this.#dispatcher.demand - events.length, 0);
    this.#sending = true;
    const left = this.#dispatcher.dispatch(events);
    this.#sending = false;
    if (left.length > 0) this.#buffer.prepend(left);
    if (this.#returned.length > 0) {
      this.#buffer.prepend(this.#returned);
      this.#returned = [];
    }
    return events.length - left.length;
  }

  /** Puts events back in front, as soon as nothing is being sent; false if that is later. */
  giveBack(events: readonly Out[]): boolean {
    if (this.#sending) {
      this.#returned = this.#returned.concat(events);
      return false;
    }
    this.#buffer.prepend(events);
    return true;
  }
}
