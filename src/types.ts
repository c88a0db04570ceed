import type {
  InteropObservable,
  Observable,
  ObservableInput,
  ReadableStreamLike,
  SchedulerLike,
  UnaryFunction,
} from 'rxjs';
import type {
  BufferOptions,
  CancelKind,
  CancelMode,
  DemandOptions,
  DiscardCause,
  DispatcherFactory,
  DispatchOptions,
} from './engine/index.ts';

export type {
  BufferOptions,
  CancelKind,
  CancelMode,
  DemandOptions,
  DiscardCause,
  DispatchOptions,
} from './engine/index.ts';
export type { ConsumerRef, Dispatcher, DispatcherFactory, DispatcherHost } from './engine/index.ts';

/**
 * A source of events that answers demand: demand goes in as an Observable, events come out as one.
 *
 *     demand    <──────  2 ─────────────────── 1 ────
 *     events    ──────>  ───── (ab) ─────────── c ───
 *
 * GenStage: a `:producer`.
 */
export interface Producer<T> {
  /**
   * One subscription to the producer. Each number on `demand`, a positive integer or `Infinity`, asks for so many
   * events more; never more events come than have been asked for, and demand that cannot be served yet is kept.
   * Unsubscribing withdraws it.
   *
   * The result errors with a `RangeError` if `demand` emits anything else.
   */
  events(demand: Observable<number>, options?: DispatchOptions): Observable<readonly T[]>;

  /**
   * Applies stages and, last, a consumer, from left to right; what comes after the consumer is plain RxJS. An RxJS
   * operator before it would lose the demand and does not compile: not `queue.pipe(map(f), demandMap(job))`, but
   * `source.pipe(map(f)).subscribe(queue)`, or `queue.pipe(demandMap(job), map(g))`.
   */
  pipe(): Producer<T>;
  pipe<A>(a: UnaryFunction<Producer<T>, A>): A;
  pipe<A, B>(a: UnaryFunction<Producer<T>, A>, b: UnaryFunction<A, B>): B;
  pipe<A, B, C>(a: UnaryFunction<Producer<T>, A>, b: UnaryFunction<A, B>, c: UnaryFunction<B, C>): C;
  pipe<A, B, C, D>(
    a: UnaryFunction<Producer<T>, A>,
    b: UnaryFunction<A, B>,
    c: UnaryFunction<B, C>,
    d: UnaryFunction<C, D>,
  ): D;
  pipe<A, B, C, D, E>(
    a: UnaryFunction<Producer<T>, A>,
    b: UnaryFunction<A, B>,
    c: UnaryFunction<B, C>,
    d: UnaryFunction<C, D>,
    e: UnaryFunction<D, E>,
  ): E;
  pipe<A, B, C, D, E, F>(
    a: UnaryFunction<Producer<T>, A>,
    b: UnaryFunction<A, B>,
    c: UnaryFunction<B, C>,
    d: UnaryFunction<C, D>,
    e: UnaryFunction<D, E>,
    f: UnaryFunction<E, F>,
  ): F;
  pipe<A, B, C, D, E, F, G>(
    a: UnaryFunction<Producer<T>, A>,
    b: UnaryFunction<A, B>,
    c: UnaryFunction<B, C>,
    d: UnaryFunction<C, D>,
    e: UnaryFunction<D, E>,
    f: UnaryFunction<E, F>,
    g: UnaryFunction<F, G>,
  ): G;
  pipe<A, B, C, D, E, F, G, H>(
    a: UnaryFunction<Producer<T>, A>,
    b: UnaryFunction<A, B>,
    c: UnaryFunction<B, C>,
    d: UnaryFunction<C, D>,
    e: UnaryFunction<D, E>,
    f: UnaryFunction<E, F>,
    g: UnaryFunction<F, G>,
    h: UnaryFunction<G, H>,
  ): H;
  pipe<A, B, C, D, E, F, G, H, I>(
    a: UnaryFunction<Producer<T>, A>,
    b: UnaryFunction<A, B>,
    c: UnaryFunction<B, C>,
    d: UnaryFunction<C, D>,
    e: UnaryFunction<D, E>,
    f: UnaryFunction<E, F>,
    g: UnaryFunction<F, G>,
    h: UnaryFunction<G, H>,
    i: UnaryFunction<H, I>,
  ): I;
}

/**
 * A producer-consumer: takes events from one producer and is itself a producer of others.
 *
 * GenStage: a `:producer_consumer`.
 */
export type Stage<A, B> = UnaryFunction<Producer<A>, Producer<B>>;

/**
 * The end of a pipeline: takes events from a producer, at its own pace, and gives results as a plain Observable.
 * It takes any Observable too, so it is also an RxJS operator.
 *
 * GenStage: a `:consumer`.
 */
export type Consumer<T, R> = UnaryFunction<Producer<T> | Observable<T>, Observable<R>>;

/** The results that a job which returns `O` gives. A string is one result, not its characters; so are bytes. */
export type ResultOf<O> = O extends string | ArrayBufferView
  ? O
  : O extends PromiseLike<infer R>
    ? R
    : O extends Observable<infer R> | InteropObservable<infer R> | ReadableStreamLike<infer R>
      ? R
      : O extends AsyncIterable<infer R>
        ? R
        : O extends Iterable<infer R>
          ? R
          : O;

/** What a job is told beside its event. */
export interface JobContext {
  /** How many jobs the subscription began before this one. */
  readonly index: number;
  /**
   * The worker that does the job: 0 to below `maxDemand`, and no other job of that worker runs meanwhile. A worker that
   * has finished takes the next waiting event at once, so jobs that end at once may all be the same worker's.
   */
  readonly worker: number;
  /** Aborted when the pool is torn down while the job runs: by unsubscribing, or by another job's error. */
  readonly signal: AbortSignal;
}

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

/** What a handler of batches is told beside the events. */
export interface BatchContext {
  /** Aborted when the stage stops: it has ended, or nobody wants its events any more. */
  readonly signal: AbortSignal;
}
