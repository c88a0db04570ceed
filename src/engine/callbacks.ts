import type { BufferOptions, CancelKind, DiscardCause, DispatcherFactory, Subscription } from './protocol.ts';
import type { Reason } from './reasons.ts';

/** What a stage is. GenStage: the first element of what `init/1` returns. */
export type StageType = 'producer' | 'producer_consumer' | 'consumer';

/** What a callback may answer: events to dispatch, or nothing; now, or later by a promise. */
export type Answer<Out> = Iterable<Out> | void | PromiseLike<Iterable<Out> | void>;

/**
 * What a stage does. Each callback may answer by a promise: until it settles the stage takes nothing else, and what is
 * sent to it waits in order. A callback that throws, or whose promise rejects, stops the stage with that error as the
 * reason.
 *
 * GenStage: the callbacks of the `GenStage` behaviour.
 */
export interface StageCallbacks<In, Out> {
  /**
   * Demand has come that the buffer could not serve: answer with at most `demand` events now, with fewer or none, or
   * with more, which are buffered. What is missing stays owed: emit it when it exists.
   * A producer without this callback keeps demand itself: see `emit`.
   *
   * GenStage: `handle_demand/2`.
   */
  handleDemand?(demand: number): Answer<Out>;
  /**
   * Events have come. A producer-consumer answers with events of its own, a consumer with nothing.
   *
   * GenStage: `handle_events/3`.
   */
  handleEvents?(events: readonly In[], from: Subscription<In>): Answer<Out>;
  /**
   * A subscription begins: `kind` tells what the *other* side is. On the consumer's side the answer may set whether it
   * asks by itself.
   *
   * GenStage: `handle_subscribe/4`.
   */
  handleSubscribe?(
    kind: 'producer' | 'consumer',
    subscription: Subscription<In> | Subscription<Out>,
  ): 'automatic' | 'manual' | void | PromiseLike<'automatic' | 'manual' | void>;
  /**
   * A subscription has ended.
   *
   * GenStage: `handle_cancel/3`.
   */
  handleCancel?(
    kind: CancelKind,
    reason: Reason,
    subscription: Subscription<In> | Subscription<Out>,
  ): Answer<Out>;
  /**
   * A side message sent by `info` is due: the events that were buffered before it have been dispatched.
   *
   * GenStage: `handle_info/2`.
   */
  handleInfo?(message: unknown): Answer<Out>;
  /**
   * Nobody will get these events; oldest first.
   *
   * GenStage: `format_discarded/2` for the cause `'overflow'`, which is told only how many; the others are not told.
   */
  discarded?(events: readonly Out[], cause: DiscardCause): void;
  /**
   * The stage has stopped.
   *
   * GenStage: `terminate/2`.
   */
  terminate?(reason: Reason): void;
}

/**
 * How a stage is set up.
 *
 * GenStage: the options that `init/1` returns.
 */
export interface StageOptions<Out> extends BufferOptions {
  /**
   * Who gets what.
   * @default the demand dispatcher
   */
  readonly dispatcher?: DispatcherFactory<Out>;
  /**
   * `'accumulate'` holds demand and events back until `setDemand('forward')` is called.
   * @default 'forward'
   */
  readonly demand?: 'forward' | 'accumulate';
}
