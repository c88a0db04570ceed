import type { DiscardCause } from '../engine/index.ts';

/** Hands out the events that nobody will get, and tells the console of the first loss if nobody listens. */
export class Discards<T> {
  readonly #who: string;
  readonly #listener: ((events: readonly T[], cause: DiscardCause) => void) | undefined;
  #warned = false;

  constructor(who: string, listener?: (events: readonly T[], cause: DiscardCause) => void) {
    this.#who = who;
    this.#listener = listener;
  }

  readonly report = (events: readonly T[], cause: DiscardCause): void => {
    if (this.#listener) {
      this.#listener(events, cause);
      return;
    }
    // Who has left knows that what it had asked for is gone with it.
    if (this.#warned || (cause !== 'overflow' && cause !== 'unroutable')) return;
    this.#warned = true;
    console.warn(
      `${this.#who} dropped ${events.length} event(s) that nobody will get (${cause}). Have them by the option ` +
        '`discarded`, or raise `bufferSize`. Further drops are not told here.',
    );
  };
}
