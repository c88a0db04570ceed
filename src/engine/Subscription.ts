import { DemandWindow } from './DemandWindow.ts';
import { assertDemand, assertMaxDemand, assertMinDemand, assertOneOf } from './assert.ts';
import type { CancelKind, CancelMode, ConsumerRef, NOTHING, SubscriptionOptions } from './protocol.ts';
import type { Reason } from './reasons.ts';

/** GenStage's default `max_demand`. */
const DEFAULT_MAX_DEMAND = 1000;

/**
 * One consumer's subscription to one producer: what travels up (`ask`, `cancel`) starts here.
 *
 * GenStage: the subscription tag that `sync_subscribe/3` returns and `ask/3` and `cancel/3` take.
 */
export class Subscription<T = unknown> implements ConsumerRef<T> {
  /** The options it was made with. */
  readonly options: SubscriptionOptions;
  /** What the consumer does when it ends. */
  readonly cancelMode: CancelMode;
  /** @internal The accounting of an automatic subscription. */
  readonly window: DemandWindow;
  /** @internal */
  mode: 'automatic' | 'manual';
  /** @internal The producer counts this consumer among its own. */
  openUpstream = false;
  /** @internal The consumer counts this producer among its own. */
  openDownstream = false;
  /** Who takes the events. */
  readonly consumer: ConsumerEnd<T>;
  readonly #producer: ProducerEnd<T>;

  /** @internal Subscriptions are made by `subscribe` and `attach`. */
  constructor(producer: ProducerEnd<T>, consumer: ConsumerEnd<T>, options: SubscriptionOptions) {
    const { maxDemand = DEFAULT_MAX_DEMAND, mode = 'automatic', cancel = 'permanent' } = options;
    assertMaxDemand(maxDemand);
    const { minDemand = maxDemand === Infinity ? 0 : Math.floor(maxDemand / 2) } = options;
    assertMinDemand(minDemand, maxDemand);
    assertOneOf('mode', ['automatic', 'manual'], mode);
    assertOneOf('cancel', ['permanent', 'transient', 'temporary'], cancel);
    this.options = options;
    this.cancelMode = cancel;
    this.mode = mode;
    this.window = new DemandWindow(maxDemand, minDemand);
    this.consumer = consumer;
    this.#producer = producer;
  }

  /**
   * Asks the producer for `demand` events more; 0 does nothing. After the end of the subscription it does nothing.
   *
   * GenStage: `ask/3`.
   *
   * @throws RangeError if `demand` is neither 0, nor a positive integer, nor `Infinity`
   */
  ask(demand: number): void {
    if (demand === 0) return;
    assertDemand('demand', demand);
    this.#producer.ask(this, demand);
  }

  /**
   * Asks for one event and takes it at once if one waits, else returns `NOTHING`: then the demand is kept, and the
   * event comes by `receive`.
   */
  pull(): T | typeof NOTHING {
    return this.#producer.pull(this);
  }

  /** Returns received events that nobody has begun; they go to whoever asks next, in their old order. */
  giveBack(events: readonly T[]): void {
    this.#producer.giveBack(events);
  }

  /**
   * Ends the subscription; both sides are told.
   *
   * GenStage: `cancel/3`.
   */
  cancel(reason: Reason = 'normal'): void {
    this.#producer.cancel(this, 'cancel', reason);
  }

  /** @internal The consumer has stopped. */
  down(reason: Reason): void {
    this.openDownstream = false;
    this.#producer.cancel(this, 'down', reason);
  }

  /** Sends events to the consumer: for dispatchers. */
  send(events: readonly T[]): void {
    this.consumer.receive(events, this);
  }

  /** @internal Called by the producer. */
  end(kind: CancelKind, reason: Reason): void {
    this.consumer.ended(kind, reason, this);
  }
}

/** The producer's side of a subscription, as the subscription sees it. */
export interface ProducerEnd<T> {
  ask(subscription: Subscription<T>, demand: number): void;
  pull(subscription: Subscription<T>): T | typeof NOTHING;
  giveBack(events: readonly T[]): void;
  cancel(subscription: Subscription<T>, kind: CancelKind, reason: Reason): void;
}

/**
 * The consumer's side of a subscription: whatever takes events. A `Stage` is one; to build another face on the engine,
 * implement these two and `attach` it to a producer stage.
 */
export interface ConsumerEnd<T> {
  /** Events have come, never more than were asked for. The array must not be changed. */
  receive(events: readonly T[], subscription: Subscription<T>): void;
  /** The subscription has ended: nothing more will come. */
  ended(kind: CancelKind, reason: Reason, subscription: Subscription<T>): void;
}
