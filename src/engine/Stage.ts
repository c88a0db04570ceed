import { DemandDispatcher } from '../dispatchers/demand.ts';
import { EventBuffer } from './EventBuffer.ts';
import { StageProcess } from './StageProcess.ts';
import { Link } from './Link.ts';
import { assertBufferSize, assertFunction, assertOneOf, assertOptions, typeError } from './assert.ts';
import type { StageCallbacks, StageOptions, StageType } from './callbacks.ts';
import type { ConsumerEnd, Subscription, SubscriptionOptions } from './protocol.ts';
import type { Reason } from './reasons.ts';

/** GenStage's default `buffer_size` of a producer. */
const DEFAULT_BUFFER_SIZE = 10_000;

/** Any stage that emits events of type `Out`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a producer-consumer takes does not matter here
export type ProducerStage<Out> = Stage<any, Out>;

/**
 * A stage: GenStage's protocol as one plain object, with its callbacks and its verbs. It takes one message at a time,
 * in the order they were sent, and each in the frame of the call that sent it if the stage is idle.
 *
 * GenStage: the process that `GenStage.start_link/3` starts.
 *
 * @example
 * ```ts
 * let next = 0;
 * const counter = new Stage<never, number>('producer', {
 *   handleDemand: (demand) => Array.from({ length: demand }, () => next++),
 * });
 * const printer = new Stage<number>('consumer', { handleEvents: (events) => console.log(events) });
 * const subscription = printer.subscribe(counter, { mode: 'manual' });
 * subscription.ask(3); // => [ 0, 1, 2 ]
 * ```
 */
export class Stage<In = never, Out = never> {
  /** @internal */
  readonly process: StageProcess<In, Out>;

  /**
   * @param type what the stage is: `'producer'`, `'producer_consumer'` or `'consumer'`
   * @param callbacks what it does
   * @param options how it buffers and dispatches
   * @throws RangeError if an option is out of its range
   * @throws TypeError if `options` is no object
   */
  constructor(type: StageType, callbacks: StageCallbacks<In, Out> = {}, options: StageOptions<Out> = {}) {
    assertOptions(options);
    const { bufferKeep = 'last', demand = 'forward', dispatcher } = options;
    const { bufferSize = type === 'producer' ? DEFAULT_BUFFER_SIZE : Infinity } = options;
    assertOneOf('type', ['producer', 'producer_consumer', 'consumer'], type);
    assertBufferSize(bufferSize);
    assertOneOf('bufferKeep', ['first', 'last'], bufferKeep);
    assertOneOf('demand', ['forward', 'accumulate'], demand);
    if (dispatcher !== undefined) assertFunction('dispatcher', dispatcher);
    if (demand === 'accumulate' && type !== 'producer') {
      throw typeError('stage', 'a producer: only a producer accumulates demand', type);
    }
    this.process = new StageProcess(
      type,
      callbacks,
      new EventBuffer<Out>(bufferSize, bufferKeep),
      dispatcher ?? (() => new DemandDispatcher<Out>()),
      demand === 'forward',
    );
  }

  /** What the stage is. */
  get type(): StageType {
    return this.process.type;
  }

  /** True once the stage has stopped. */
  get exited(): boolean {
    return this.process.exited;
  }

  /** Why the stage stopped; undefined while it lives. */
  get exitReason(): Reason {
    return this.process.exitReason;
  }

  /** Events that wait for demand. */
  get size(): number {
    return this.process.outbox.buffer.size;
  }

  /** Demand that waits for events. */
  get demand(): number {
    return this.exited ? 0 : this.process.outbox.demand;
  }

  /**
   * How many events wait for demand, as GenStage counts them: the side messages in an unbounded buffer are counted too.
   *
   * GenStage: `estimate_buffered_count/2`.
   */
  get estimatedBufferedCount(): number {
    return this.process.outbox.buffer.estimatedCount;
  }

  /** How many events more can be emitted now without dropping any. */
  get room(): number {
    if (this.exited) return 0;
    const { buffer, demand, dispatcher, open } = this.process.outbox;
    // An event whose key is busy needs room whatever the demand.
    return Math.max(buffer.bufferSize + (open && !dispatcher.holds ? demand : 0) - buffer.size, 0);
  }

  /** A copy of the events that wait for demand, first to last. */
  peek(): readonly Out[] {
    return this.process.outbox.buffer.peek();
  }

  /**
   * Subscribes this stage to `producer`. It asks by itself unless its `mode` is `'manual'`.
   *
   * GenStage: `sync_subscribe/3`.
   *
   * @throws RangeError if an option is out of its range
   * @throws TypeError if this stage is a producer
   */
  subscribe(producer: ProducerStage<In>, options: SubscriptionOptions = {}): Subscription<In> {
    return this.#subscribe(producer, options);
  }

  /**
   * Replaces the subscription `old` in one step: the producer is told of its end, with `reason`, and of the new one
   * together.
   *
   * GenStage: `sync_resubscribe/4`.
   */
  resubscribe(
    producer: ProducerStage<In>,
    old: Subscription<In>,
    reason: Reason,
    options: SubscriptionOptions = {},
  ): Subscription<In> {
    return this.#subscribe(producer, options, old, reason);
  }

  /**
   * Subscribes a consumer that is not a stage. It asks by itself: call `ask` on what this returns. If this stage has
   * stopped, the consumer is told so, with the reason.
   *
   * GenStage: a process that speaks the consumer's side of the message protocol.
   */
  attach(consumer: ConsumerEnd<Out>, options: SubscriptionOptions = {}): Subscription<Out> {
    const subscription = new Link<Out>(this.process.producer, consumer, options);
    this.process.producer.join(subscription);
    return subscription;
  }

  /**
   * Dispatches `events` as far as demand goes; the rest waits in the buffer. No demand is needed.
   *
   * GenStage: the events that any callback returns.
   *
   * @throws TypeError if this stage is a consumer
   */
  emit(events: readonly Out[]): void {
    if (this.type === 'consumer')
      throw typeError('stage', 'a producer: a consumer emits no events', this.type);
    this.process.emit(events);
  }

  /** `emit([event])`, without the array when the event has to wait. */
  push(event: Out): void {
    const { mailbox, outbox } = this.process;
    if (!mailbox.idle || !outbox.push(event)) this.emit([event]);
  }

  /**
   * Sends a side message to this stage: its `handleInfo` gets it after the events that are buffered now.
   *
   * GenStage: `async_info/2`.
   */
  info(message: unknown): void {
    this.process.info(message);
  }

  /**
   * Holds demand and events back (`'accumulate'`), or lets them go, in order (`'forward'`).
   *
   * GenStage: `demand/2`.
   *
   * @throws TypeError if a stage that is not a producer is told to accumulate
   */
  setDemand(mode: 'forward' | 'accumulate'): void {
    assertOneOf('mode', ['forward', 'accumulate'], mode);
    if (this.type !== 'producer') {
      if (mode === 'forward') return;
      throw typeError('stage', 'a producer: only a producer accumulates demand', this.type);
    }
    this.process.mailbox.post(() => {
      this.process.outbox.setMode(mode);
    });
  }

  /** Removes and returns the events that wait for demand. */
  clear(): readonly Out[] {
    const events = this.process.outbox.clear();
    this.process.mailbox.turn();
    return events;
  }

  /** Stops a producer in good order once the last event that waits has been taken. */
  drain(): void {
    this.process.outbox.drain();
    this.process.mailbox.turn();
  }

  /**
   * Stops the stage with `reason`, after what was sent to it before. Events that wait are dropped: `clear` or `drain`
   * it first if they matter.
   *
   * GenStage: `stop/3`.
   */
  stop(reason: Reason = 'normal'): void {
    this.process.mailbox.post(() => {
      this.process.exit(reason);
    });
  }

  #subscribe(
    producer: ProducerStage<In>,
    options: SubscriptionOptions,
    old?: Subscription<In>,
    reason?: Reason,
  ): Subscription<In> {
    if (this.type === 'producer')
      throw typeError('stage', 'a consumer: a producer subscribes to nothing', this.type);
    const subscription = new Link<In>(producer.process.producer, this.process.consumer, options);
    this.process.consumer.subscribe(subscription, () => {
      producer.process.producer.connect(subscription, old as Link<In> | undefined, reason);
    });
    return subscription;
  }
}
