/**
 * How a subscription ended: `'cancel'` when one side asked for it, `'down'` when the other stage has stopped.
 *
 * GenStage: the first element of `handle_cancel/3`'s `{:cancel | :down, reason}`.
 */
export type CancelKind = 'cancel' | 'down';

/**
 * What a consumer does when a subscription of its own ends: `permanent` stops with the same reason, `transient` stops
 * unless the reason is an orderly one, `temporary` goes on.
 *
 * GenStage: the `:cancel` option of a subscription.
 */
export type CancelMode = 'permanent' | 'transient' | 'temporary';

/**
 * How much a subscription asks for.
 *
 * GenStage: `:max_demand` and `:min_demand`.
 */
export interface DemandOptions {
  /**
   * The most events in flight at a time: asked for and not yet settled. A positive integer or `Infinity`, in events.
   * The default is told by whatever takes the option.
   */
  readonly maxDemand?: number;
  /**
   * When what is in flight falls to this many events, `maxDemand` is filled up again. An integer from 0 to below
   * `maxDemand`, in events. The default is told by whatever takes the option.
   */
  readonly minDemand?: number;
}

/**
 * What waits for demand, and what becomes of events that find no room.
 *
 * GenStage: `:buffer_size` and `:buffer_keep`.
 */
export interface BufferOptions {
  /**
   * How many events may wait for demand: an integer of at least 0, or `Infinity`.
   * @default 10000 for a producer, Infinity for a producer-consumer
   */
  readonly bufferSize?: number;
  /**
   * Which events a full buffer keeps: `'last'` drops the oldest, `'first'` the newest.
   * @default 'last'
   */
  readonly bufferKeep?: 'first' | 'last';
}

/**
 * What a producer's dispatcher wants to know of a subscription.
 *
 * GenStage: the options of `sync_subscribe/3` that are passed to the dispatcher.
 */
export interface DispatchOptions {
  /** For the partition dispatcher: the partition that this consumer takes. */
  readonly partition?: string | number;
  /** For the broadcast dispatcher: which events this consumer wants. The others give their demand back. */
  selector?(event: unknown): boolean;
}

/**
 * Options of one subscription.
 *
 * GenStage: the options of `sync_subscribe/3`.
 */
export interface SubscriptionOptions extends DemandOptions, DispatchOptions {
  /**
   * Whether the subscription asks by itself, by `maxDemand` and `minDemand`, or only when `ask` is called.
   * A stage's `handleSubscribe` may decide it too.
   * @default 'automatic'
   */
  readonly mode?: 'automatic' | 'manual';
  /**
   * What the consumer does when this subscription ends.
   * @default 'permanent'
   */
  readonly cancel?: CancelMode;
}
