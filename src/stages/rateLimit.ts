import { asyncScheduler, type ObservableInput, type SchedulerLike } from 'rxjs';
import { demand } from '../dispatchers/demand.ts';
import { assertCallbacks, assertOptions, isPositiveInteger, rangeError } from '../engine/assert.ts';
import { StagedProducer } from '../face/StagedProducer.ts';
import { portOf } from '../face/portOf.ts';
import type { ProducerConsumerOptions, Stage } from '../types.ts';
import { GuardedDispatcher } from './GuardedDispatcher.ts';
import { LimitedLanes } from './LimitedLanes.ts';
import { RateLimiting } from './RateLimiting.ts';
import { SteadyClock } from './SteadyClock.ts';
import { stageOptions } from './stageOptions.ts';

/** How much may pass, and how long that is remembered. */
export interface RateLimitOptions<T> extends Omit<
  ProducerConsumerOptions<T>,
  'bufferSize' | 'bufferKeep' | 'minDemand' | 'mode'
> {
  /**
   * How many events may pass within any `intervalMs`: a positive integer, or `Infinity`. An Observable of limits changes it
   * while the stage runs, at once, and what has passed before still counts; 0 is a pause, and so is the time
   * before its first limit; when it completes, its last limit stays. It is subscribed to when the stage is first
   * asked.
   */
  readonly limit: number | ObservableInput<number>;
  /** How long an event that has passed counts: a positive number of ms. */
  readonly intervalMs: number;
  /**
   * What the event belongs to, if the limit is one for each key: a customer, a host. Keys are compared as those of a Map.
   * It is called once for an event, and again for one that a consumer gives back.
   * @default all events are under one limit
   */
  key?(event: T): unknown;
  /**
   * The most events that are asked for or held at a time. A positive integer, or `Infinity`. With `key` it tells
   * how far the stage looks ahead: as long as it is asked for events, it holds up to so many whose keys have to wait, to
   * find others that may pass.
   * @default 1000
   */
  readonly maxDemand?: number;
  /**
   * The clock for `intervalMs` and `resubscribeAfterMs`.
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike;
}

/**
 * A producer-consumer that lets at most `limit` events pass in any span of `intervalMs`, wherever it begins, in their order. An
 * event that is asked for and may pass does so at once.
 *
 * It asks its producer for what its own consumers have asked for, and for no more than may pass right now, so what has to wait
 * waits in the producer, where others may have it. With `key` it cannot know whose turn the next event is, and takes up to
 * `maxDemand` events in advance: keys then wait for themselves only, and of several that may pass the oldest
 * event comes first. A key of which nothing waits is forgotten when its interval is over and the stage next does anything.
 *
 * Events count as they are dispatched to a consumer; one that a consumer gives back counts again. The limit is the stage's:
 * its consumers share it, and so do those who come after the last of them has left. It completes after the
 * last event that it holds (a producer that finds its end only when it is asked is asked when more may pass), and errors
 * at once. What it holds when it stops goes back to its producer.
 *
 * GenStage: `examples/rate_limiter.exs`, which asks for a batch each interval and so lets two of them meet at its edges;
 * Broadway: `:rate_limiting`.
 *
 * @param options how much may pass; how it asks and dispatches
 * @throws RangeError if an option is out of its range
 * @throws TypeError if an option has the wrong type
 *
 * @example
 * ```ts
 * const started = Date.now();
 * const report = (page: string) => console.log(page, Date.now() - started < 100 ? 'at once' : 'later');
 * fromIterable(['a', 'b', 'c'])
 *   .pipe(rateLimit({ limit: 2, intervalMs: 100 }), consume())
 *   .subscribe(report);
 * // => a at once
 * // => b at once
 * // => c later
 * ```
 */
export function rateLimit<T>(options: RateLimitOptions<T>): Stage<T, T> {
  assertRateLimitOptions(options);
  const { limit, intervalMs, scheduler = asyncScheduler } = options;
  const { maxDemand = 1000, dispatcher = demand<T>() } = options;
  const key = options.key?.bind(options);
  const { upstream, downstream } = stageOptions<T>({ ...options, maxDemand });
  return (source) => {
    const port = portOf(source);
    const lanes = new LimitedLanes<T>(intervalMs);
    const limits = { limit, key, lanes, clock: new SteadyClock(scheduler) };
    return new StagedProducer<T, T>(
      {
        name: 'rateLimit',
        type: 'producer_consumer',
        work: (run) => new RateLimiting(limits, run),
        open: (run) => {
          run.subscribe(port, upstream);
        },
      },
      { ...downstream, dispatcher: (host) => new GuardedDispatcher(dispatcher(host)) },
    );
  };
}

function assertRateLimitOptions<T>(options: RateLimitOptions<T>): void {
  assertOptions(options);
  const { limit, intervalMs } = options;
  const isLimit = typeof limit === 'number' ? limit === Infinity || isPositiveInteger(limit) : isInput(limit);
  if (!isLimit) throw rangeError('limit', 'a positive integer, Infinity, or an Observable of limits', limit);
  if (!(typeof intervalMs === 'number' && intervalMs > 0 && intervalMs < Infinity))
    throw rangeError('intervalMs', 'a positive number of ms', intervalMs);
  assertCallbacks(options, 'key', 'dispatcher', 'discarded');
}

function isInput(limit: unknown): boolean {
  return (typeof limit === 'object' && limit !== null) || typeof limit === 'function';
}
