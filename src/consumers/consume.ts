import type { Subscriber } from 'rxjs';
import type { Link } from '../engine/Link.ts';
import { NOTHING } from '../engine/protocol.ts';
import type { StageWork } from '../face/StageWork.ts';
import type { Consumer, SubscribeOptions } from '../types.ts';
import { sink } from './sink.ts';

/**
 * The end of a pipeline as a plain Observable: emits each event, and asks for more as its subscriber has taken them. A
 * subscriber takes an event by returning from `next`; for work that takes time use `demandMap` or `handleEvents`.
 *
 * It asks for `maxDemand` events at first, and for what is missing when `minDemand` are left in flight. Events that a
 * subscriber leaves behind by unsubscribing go back to the producer.
 *
 * GenStage: `GenStage.stream/2`.
 *
 * @param options how it subscribes to its producer; `maxDemand` is 1000 by default, `minDemand` half of it
 * @throws RangeError if an option is out of its range
 *
 * @example
 * ```ts
 * const queue = new DemandQueue<string>();
 * queue.enqueue(['a', 'b', 'c']);
 * queue.pipe(consume(), take(2)).subscribe(console.log);
 * // => a
 * // => b
 * console.log(queue.peek()); // => [ 'c' ]
 * ```
 */
export function consume<T>(options: SubscribeOptions = {}): Consumer<T, T> {
  return sink<T, T>(options, (subscriber) => new Emission(subscriber));
}

/** The batch that is being emitted, and how far. */
class Emission<T> implements StageWork<T, never> {
  readonly #subscriber: Subscriber<T>;
  #events: readonly T[] = [];
  #at = 0;
  #from: Link<T> | undefined;

  constructor(subscriber: Subscriber<T>) {
    this.#subscriber = subscriber;
  }

  handleEvents(events: readonly T[], from: Link<T>): void {
    this.#events = events;
    this.#from = from;
    this.#at = 0;
    while (this.#at < this.#events.length) this.#subscriber.next(events[this.#at++] as T);
  }

  handleEvent(event: T): typeof NOTHING {
    this.#subscriber.next(event);
    return NOTHING;
  }

  abandon(giveBack: (events: readonly T[], from: Link<T>) => void): void {
    if (this.#from && this.#at < this.#events.length) giveBack(this.#events.slice(this.#at), this.#from);
    this.#events = [];
  }
}
