import type { InteropObservable, Observable, ReadableStreamLike, UnaryFunction } from 'rxjs';
import type { DispatchOptions } from './engine/index.ts';

export type {
  BufferOptions,
  CancelKind,
  CancelMode,
  DemandOptions,
  DiscardCause,
  DispatchOptions,
} from './engine/index.ts';
export type {
  ConsumerRef,
  Dispatcher,
  DispatcherFactory,
  DispatcherHost,
  HeldEvents,
} from './engine/index.ts';
export type {
  ConsumerSubscription,
  DemandMode,
  InfoOptions,
  ProducerConsumerOptions,
  ProducerOptions,
  ProducerSubscription,
  SubscribeOptions,
} from './options.ts';

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

/** What gives events one after the other, in its own time. */
export type EventStream<T> = Observable<T> | InteropObservable<T> | AsyncIterable<T> | ReadableStreamLike<T>;

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

/** What a handler of batches is told beside the events. */
export interface BatchContext {
  /** Aborted when the stage stops: it has ended, or nobody wants its events any more. */
  readonly signal: AbortSignal;
}
