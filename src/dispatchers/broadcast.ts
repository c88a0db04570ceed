import { typeError } from '../engine/assert.ts';
import {
  SubscriptionRefused,
  type ConsumerRef,
  type Dispatcher,
  type DispatcherFactory,
  type DispatcherHost,
} from '../engine/protocol.ts';

const NONE: readonly never[] = [];

/** How the broadcast dispatcher counts. */
export interface BroadcastDispatcherOptions {
  /**
   * Events that are buffered because some consumer has not asked yet count as answers to the demand that was passed on.
   * GenStage does not count them: they wait until more is asked for than was passed on before, later ones may overtake
   * them, and if they are dropped nobody is asked for others.
   * @default false, as in GenStage; `broadcast()` counts them
   */
  readonly countBuffered?: boolean;
}

interface Listener<T> {
  readonly consumer: ConsumerRef<T>;
  /** What it has asked for beyond what all have asked for. */
  ahead: number;
}

/**
 * Gives every event to every consumer: demand is passed on only when all have asked, so the slowest sets the pace.
 * A consumer may subscribe with a `selector`, and is sent only the events that it selects; a second subscription of
 * one consumer is refused.
 *
 * GenStage: `GenStage.BroadcastDispatcher`.
 *
 * @example
 * ```ts
 * const producer = new Stage<never, number>('producer', {}, { dispatcher: (host) => new BroadcastDispatcher(host) });
 * const consumer = (name: string) => ({
 *   receive: (events: readonly number[]) => console.log(name, events),
 *   ended: () => undefined,
 * });
 * producer.attach(consumer('all')).ask(2);
 * producer.attach(consumer('even'), { selector: (n: number) => n % 2 === 0 }).ask(2);
 * producer.emit([1, 2]);
 * // => even [ 2 ]
 * // => all [ 1, 2 ]
 * ```
 */
export class BroadcastDispatcher<T> implements Dispatcher<T> {
  readonly #host: DispatcherHost<T>;
  readonly #countBuffered: boolean;
  /** Who asked last comes first. */
  readonly #listeners: Listener<T>[] = [];
  /** Who is subscribed. As in GenStage, the end of a refused subscription too makes its consumer welcome again. */
  readonly #subscribed = new Set<object>();
  /** Events that every consumer has asked for. */
  #waiting = 0;
  /** Demand that was passed on and has not been answered yet. */
  #requested = 0;

  constructor(host: DispatcherHost<T>, { countBuffered = false }: BroadcastDispatcherOptions = {}) {
    this.#host = host;
    this.#countBuffered = countBuffered;
  }

  get demand(): number {
    return this.#waiting;
  }

  subscribe(consumer: ConsumerRef<T>): number {
    const { selector } = consumer.options as { readonly selector?: unknown };
    if (selector !== undefined && typeof selector !== 'function') {
      throw new SubscriptionRefused(typeError('selector', 'a function', selector));
    }
    if (this.#subscribed.has(consumer.consumer)) throw new SubscriptionRefused('already_subscribed');
    this.#subscribed.add(consumer.consumer);
    this.#raise(this.#waiting);
    this.#waiting = 0;
    this.#listeners.unshift({ consumer, ahead: 0 });
    return 0;
  }

  cancel(consumer: ConsumerRef<T>): number {
    this.#subscribed.delete(consumer.consumer);
    const at = this.#listeners.findIndex((listener) => listener.consumer === consumer);
    if (at >= 0) this.#listeners.splice(at, 1);
    if (this.#listeners.length > 0) return this.#sync();
    this.#waiting = 0;
    return 0;
  }

  ask(consumer: ConsumerRef<T>, demand: number): number {
    const at = this.#listeners.findIndex((listener) => listener.consumer === consumer);
    const listener = this.#listeners[at];
    if (!listener) return 0;
    if (at > 0) this.#listeners.unshift(...this.#listeners.splice(at, 1));
    listener.ahead += demand;
    return this.#sync();
  }

  dispatch(events: readonly T[]): readonly T[] {
    const now = events.length <= this.#waiting ? events : events.slice(0, this.#waiting);
    if (this.#countBuffered) this.#requested = Math.max(this.#requested - (events.length - now.length), 0);
    if (this.#waiting === 0) return events;
    this.#waiting -= now.length;
    this.#requested -= now.length;
    for (const { consumer } of this.#listeners) {
      const { options } = consumer;
      let selected = now;
      try {
        if (options.selector) selected = now.filter((event) => options.selector?.(event));
      } catch (error) {
        // It is the consumer's own, so it ends nobody else.
        consumer.fail(error);
        continue;
      }
      if (selected.length < now.length) this.#host.ask(consumer, now.length - selected.length);
      consumer.send(selected);
    }
    return now === events ? NONE : events.slice(now.length);
  }

  /** Moves what all have asked for from the listeners to `waiting`; returns the demand to pass on for it. */
  #sync(): number {
    let least = Infinity;
    for (const { ahead } of this.#listeners) least = Math.min(least, ahead);
    least = Math.max(least, 0);
    if (least > 0 && least < Infinity) this.#raise(-least);
    this.#waiting += least;
    // Once infinite demand has been passed on, there is nothing more to pass on.
    const request = this.#requested === Infinity ? 0 : Math.max(0, this.#waiting - this.#requested);
    this.#requested += request;
    return request;
  }

  #raise(demand: number): void {
    for (const listener of this.#listeners) listener.ahead += demand;
  }
}

/**
 * The dispatcher that gives every event to every consumer, at the pace of the slowest. A consumer may subscribe with a
 * `selector`, and gets only the events that it selects.
 *
 * GenStage: `GenStage.BroadcastDispatcher`.
 *
 * @example
 * ```ts
 * const queue = new DemandQueue<number>({ dispatcher: broadcast() });
 * queue.events(of(2)).subscribe((events) => console.log('all', events));
 * queue.events(of(2), { selector: (n) => n === 2 }).subscribe((events) => console.log('two', events));
 * queue.enqueue([1, 2]);
 * // => two [ 2 ]
 * // => all [ 1, 2 ]
 * ```
 */
export function broadcast<T>(): DispatcherFactory<T> {
  return (host) => new BroadcastDispatcher<T>(host, { countBuffered: true });
}
