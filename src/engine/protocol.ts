import type { CancelKind, SubscriptionOptions } from './options.ts';
import type { Reason } from './reasons.ts';

export type {
  BufferOptions,
  CancelKind,
  CancelMode,
  DemandOptions,
  DispatchOptions,
  SubscriptionOptions,
} from './options.ts';

/** What a dispatcher knows of a subscribed consumer. */
export interface ConsumerRef<T> {
  /** Who subscribed: the same object for every subscription of one consumer. */
  readonly consumer: object;
  /** The options it subscribed with. */
  readonly options: SubscriptionOptions;
  /**
   * True if it tells which events are done, by `settled` of its subscription. One that does not is taken to have done
   * its oldest events as it asks for as many more; its first asks are for nothing that was done.
   * @default false
   */
  readonly tells?: boolean;
  /** Sends it events, at most as many as it has asked for. */
  send(events: readonly T[]): void;
  /** Ends its subscription with an error that is its own doing, after the dispatcher's own call has ended. */
  fail(error: unknown): void;
}

/**
 * Decides who gets what: a state machine that a producer tells of its consumers and their demand, and gives events to
 * place. It is never called while one of its own calls runs.
 *
 * GenStage: the `GenStage.Dispatcher` behaviour.
 */
export interface Dispatcher<T> {
  /** Demand that is kept: as many events would be placed if they came now. */
  readonly demand: number;
  /**
   * True if an ask is always answered to the one who asks, so that a waiting event can be handed back to it at once.
   * @default false
   */
  readonly answersAsker?: boolean;
  /**
   * True while nobody is owed anything, and nothing that was passed on is unanswered: then one event that is asked for
   * is handed to the one who asks, without the dispatcher.
   * @default false
   */
  readonly idle?: boolean;
  /**
   * Events that wait in a buffer of the dispatcher's own.
   * @default 0
   */
  readonly buffered?: number;
  /**
   * The events that wait, if the dispatcher keeps them itself because it is not always the first of them that goes
   * next. They are the producer's buffer then, within its `bufferSize`, and `dispatch` gets what `take` has returned.
   * @default none: what `dispatch` returns waits in a buffer of the producer's, first in, first out
   */
  readonly holds?: HeldEvents<T>;
  /**
   * A consumer has come. Returns the demand to pass on to the producer.
   *
   * @throws SubscriptionRefused to cancel the subscription at once
   */
  subscribe(consumer: ConsumerRef<T>): number;
  /** A consumer has left. Returns the demand to pass on to the producer. */
  cancel(consumer: ConsumerRef<T>): number;
  /** A consumer asks for `demand` events more. Returns the demand to pass on to the producer. */
  ask(consumer: ConsumerRef<T>, demand: number): number;
  /** Sends `events` to consumers, never more than they asked for. Returns those that nobody has asked for. */
  dispatch(events: readonly T[]): readonly T[];
  /**
   * A consumer has done events, of those it was sent. Returns the demand to pass on to the producer. It comes before the
   * ask that follows from it; consumers that do not tell (see `ConsumerRef`) never call it.
   */
  settled?(consumer: ConsumerRef<T>, events: readonly T[]): number;
  /**
   * A side message is due after everything dispatched so far. A dispatcher that has a buffer of its own calls
   * `deliverInfo` of its host then; without this method the message is delivered at once.
   */
  info?(message: unknown): void;
}

/**
 * The events that wait in a dispatcher which keeps them itself. It may be looked at, added to and dropped from at any
 * time, also while the dispatcher sends. Iterated, it gives the events, oldest first.
 */
export interface HeldEvents<T> extends Iterable<T> {
  /** How many wait. */
  readonly length: number;
  /** How many of them may go now, as far as there is demand. */
  readonly ready: number;
  /** True if `event`, came it now, would be ready; else it would have to wait for others. */
  mayGo(event: T): boolean;
  /** Takes in events that have come. Returns the demand to pass on to the producer, in place of those that have to wait. */
  store(events: readonly T[]): number;
  /** Takes back, in front, events that were sent and that nobody has begun. */
  prepend(events: readonly T[]): void;
  /** Removes and returns ready events, at most `count`, which is never more than there is demand: to be sent next. */
  take(count: number): readonly T[];
  /** Removes and returns the event that has waited longest, or the one that came last. There is one. */
  drop(which: 'oldest' | 'newest'): T;
}

/**
 * Why nobody gets an event: the buffer was full (`'overflow'`), the dispatcher knows of no place for it
 * (`'unroutable'`), the one consumer that it was for has left (`'cancelled'`), or the producer has stopped
 * (`'stopped'`).
 */
export type DiscardCause = 'overflow' | 'unroutable' | 'cancelled' | 'stopped';

/** What a dispatcher may ask of its producer. Each takes effect after the dispatcher's own call has ended. */
export interface DispatcherHost<T> {
  /** Asks on behalf of a consumer. */
  ask(consumer: ConsumerRef<T>, demand: number): void;
  /** Delivers a side message that the dispatcher has held back. */
  deliverInfo(message: unknown): void;
  /** Hands out events that no consumer will get, and says why. */
  discarded(events: readonly T[], cause: DiscardCause): void;
}

/** Makes a dispatcher; each producer has its own. */
export type DispatcherFactory<T> = (host: DispatcherHost<T>) => Dispatcher<T>;

/**
 * Thrown by a dispatcher's `subscribe` to refuse a consumer: its subscription is cancelled with `reason`.
 *
 * GenStage: `{:error, reason}` from a dispatcher's `subscribe/3`.
 *
 * @example
 * ```ts
 * const producer = new Stage<never, number>('producer', {}, { dispatcher: (host) => new BroadcastDispatcher(host) });
 * const consumer = new Stage<number>('consumer', { handleCancel: (kind, reason) => console.log(kind, reason) });
 * consumer.subscribe(producer);
 * consumer.subscribe(producer); // => cancel already_subscribed
 * console.log(new SubscriptionRefused('already_subscribed').reason); // => already_subscribed
 * ```
 */
export class SubscriptionRefused extends Error {
  /** Tells this error from others, also across copies of the package. */
  override readonly name = 'SubscriptionRefused';
  /** What the subscription is cancelled with. */
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(`The dispatcher has refused the subscription: ${describe(reason)}`, { cause: reason });
    this.reason = reason;
  }
}

function describe(reason: Reason): string {
  return reason instanceof Error ? reason.message : String(reason);
}

/**
 * What `pull` returns when no event waits.
 *
 * @example
 * ```ts
 * const queue = new Stage<never, string>('producer');
 * const subscription = queue.attach({ receive: (events) => console.log('came', events), ended: () => undefined });
 * queue.emit(['a']);
 * console.log(subscription.pull()); // => a
 * console.log(subscription.pull() === NOTHING); // => true
 * queue.emit(['b']); // => came [ 'b' ]
 * ```
 */
// Shared by all copies of the package, as what looks for it may be of another copy.
export const NOTHING: unique symbol = Symbol.for('rxjs-genstage/nothing');

/**
 * One consumer's subscription to one producer: what the consumer may say through it.
 *
 * GenStage: the subscription tag that `sync_subscribe/3` returns and `ask/3` and `cancel/3` take.
 */
export interface Subscription<T> {
  /** The options it was made with. */
  readonly options: SubscriptionOptions;
  /**
   * Asks the producer for `demand` events more; 0 does nothing. After the end of the subscription it does nothing.
   *
   * GenStage: `ask/3`.
   *
   * @throws RangeError if `demand` is neither 0, nor a positive integer, nor `Infinity`
   */
  ask(demand: number): void;
  /**
   * Asks for one event and takes it at once if one waits, else returns `NOTHING`: then the demand is kept, and the
   * event comes by `receive`.
   */
  pull(): T | typeof NOTHING;
  /**
   * Returns received events that nobody has begun: they go to whoever asks next, in their old order. Where the
   * dispatcher gives an event to more than one consumer, or to a certain one, there is nobody else to have them: then
   * they are discarded.
   */
  giveBack(events: readonly T[]): void;
  /**
   * True if the producer's dispatcher wants to know which events are done: see `settled`. It is known by the time that the
   * first event comes.
   */
  readonly wantsSettled: boolean;
  /**
   * Tells the producer's dispatcher which events are done; for consumers that say by `tells` that they do. Say it before
   * the ask that follows from it. Where `wantsSettled` is false it does nothing.
   */
  settled(events: readonly T[]): void;
  /**
   * Ends the subscription; both sides are told.
   *
   * GenStage: `cancel/3`.
   *
   * @param reason why; `'normal'` if not given
   * @param unbegun received events that nobody has begun: they are given back before anybody is sent others
   */
  cancel(reason?: Reason, unbegun?: readonly T[]): void;
}

/**
 * The consumer's side of a subscription: whatever takes events. A `Stage` is one; to build another face on the engine,
 * implement these two and `attach` it to a producer stage.
 */
export interface ConsumerEnd<T> {
  /**
   * True if it tells which events are done, by `settled` of its subscription, where that is wanted.
   * @default false
   */
  readonly tells?: boolean;
  /** Events have come, never more than were asked for. The array must not be changed. */
  receive(events: readonly T[], subscription: Subscription<T>): void;
  /** @internal The producer is idle again: what was pulled in vain while it was busy may be pulled now. */
  pullAgain?(subscription: Subscription<T>): void;
  /** The subscription has ended: nothing more will come. An error that it throws is logged on the console. */
  ended(kind: CancelKind, reason: Reason, subscription: Subscription<T>): void;
}
