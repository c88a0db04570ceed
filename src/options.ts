import type { ObservableInput, SchedulerLike } from 'rxjs';
import type {
  BufferOptions,
  CancelKind,
  CancelMode,
  DemandOptions,
  DiscardCause,
  DispatcherFactory,
  DispatchOptions,
} from './engine/index.ts';

/**
 * How a producer holds events and demand, and to whom it gives them.
 *
 * GenStage: the options that `init/1` returns with `:producer`.
 */
export interface ProducerOptions<T> extends BufferOptions {
  /**
   * Who gets what: `demand()`, `broadcast()`, `partition(...)`, `fair()`, `keySerial(...)`, or one of your own.
   * @default demand()
   */
  readonly dispatcher?: DispatcherFactory<T>;
  /**
   * A gate: `'accumulate'` holds demand and events back until `'forward'` lets them go. It begins closed, and stays as it
   * is when it completes. What cannot be opened would be no producer, so `'accumulate'` alone is refused.
   * @default 'forward'
   */
  readonly demand?: 'forward' | ObservableInput<DemandMode>;
  /**
   * Gets the events that nobody will get, oldest first, and why.
   * @default the first overflow is told by a warning on the console
   */
  discarded?(events: readonly T[], cause: DiscardCause): void;
  /**
   * A consumer has subscribed.
   *
   * GenStage: `handle_subscribe(:consumer, ...)`.
   */
  handleSubscribe?(subscription: ConsumerSubscription): void;
  /**
   * A consumer's subscription has ended: it was cancelled, or its consumer is down.
   *
   * GenStage: `handle_cancel/3`.
   */
  handleCancel?(kind: CancelKind, reason: unknown, subscription: ConsumerSubscription): void;
}

/** What a producer does with side messages. */
export interface InfoOptions {
  /**
   * A side message is due: the events that waited when it was sent have been taken.
   *
   * GenStage: `handle_info/2`, for what `sync_info/3` and `async_info/2` send.
   */
  handleInfo?(message: unknown): void;
}

/**
 * Whether a producer lets demand and events go, or holds them.
 *
 * GenStage: the `:demand` option and `GenStage.demand/2`.
 */
export type DemandMode = 'forward' | 'accumulate';

/**
 * How a stage or consumer subscribes to its producer.
 *
 * GenStage: the options of `sync_subscribe/3`.
 */
export interface SubscribeOptions extends DemandOptions, DispatchOptions {
  /**
   * `'automatic'` asks by `maxDemand` and `minDemand`, `'manual'` only when `ask` of the subscription is called, which
   * `handleSubscribe` gets.
   * @default 'automatic'
   */
  readonly mode?: 'automatic' | 'manual';
  /**
   * What happens when the producer ends: `'permanent'` ends too, in the same way; `'transient'` survives completion,
   * `'temporary'` errors as well. A survivor that has no other producer, and does not resubscribe, completes.
   * @default 'permanent'
   */
  readonly cancel?: CancelMode;
  /**
   * A survivor subscribes again after so many ms.
   * @default never
   */
  readonly resubscribeAfterMs?: number;
  /**
   * The clock for `resubscribeAfterMs`.
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike;
  /**
   * The subscription has begun; nothing has been asked yet.
   *
   * GenStage: `handle_subscribe(:producer, ...)`.
   */
  handleSubscribe?(subscription: ProducerSubscription): void;
  /**
   * The subscription has ended: it was cancelled, or its producer is down.
   *
   * GenStage: `handle_cancel/3`.
   */
  handleCancel?(kind: CancelKind, reason: unknown, subscription: ProducerSubscription): void;
}

/** A subscription as its consumer sees it. */
export interface ProducerSubscription {
  /** What is at the other end. */
  readonly to: 'producer';
  /** The options that it was made with. */
  readonly options: SubscribeOptions;
  /**
   * Asks for `demand` events more; after the end of the subscription it does nothing.
   *
   * GenStage: `ask/3`.
   *
   * @throws RangeError if `demand` is neither 0, nor a positive integer, nor `Infinity`
   */
  ask(demand: number): void;
  /**
   * Ends the subscription with a reason: an orderly one (`'normal'`, `'shutdown'`, `['shutdown', detail]`), or an error.
   *
   * GenStage: `cancel/3`.
   *
   * @param reason why; `'normal'` if not given
   */
  cancel(reason?: unknown): void;
  /**
   * Ends the subscription and begins a new one in one step, with the same options but for those given.
   *
   * GenStage: `sync_resubscribe/4`.
   *
   * @param options what changes
   * @param reason what the old one ends with; `'normal'` if not given
   * @throws RangeError if an option is out of its range
   */
  resubscribe(options?: SubscribeOptions, reason?: unknown): void;
}

/** A subscription as its producer sees it. */
export interface ConsumerSubscription {
  /** What is at the other end. */
  readonly to: 'consumer';
  /** What the consumer tells the dispatcher. */
  readonly options: DispatchOptions;
  /**
   * Ends the subscription: an orderly reason completes the consumer, any other errors it.
   *
   * @param reason why; `'normal'` if not given
   */
  cancel(reason?: unknown): void;
}

/**
 * How a producer-consumer takes events in and gives them out.
 *
 * GenStage: the options that `init/1` returns with `:producer_consumer`, and those of its subscription.
 */
export interface ProducerConsumerOptions<B>
  extends
    Omit<ProducerOptions<B>, 'demand' | 'handleSubscribe' | 'handleCancel'>,
    Omit<SubscribeOptions, 'handleSubscribe' | 'handleCancel'> {
  /** A subscription has begun, on either side: `subscription.to` tells which. */
  handleSubscribe?(subscription: ProducerSubscription | ConsumerSubscription): void;
  /** A subscription has ended, on either side: `subscription.to` tells which. */
  handleCancel?(
    kind: CancelKind,
    reason: unknown,
    subscription: ProducerSubscription | ConsumerSubscription,
  ): void;
}
