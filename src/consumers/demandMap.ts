import { Observable, asyncScheduler } from 'rxjs';
import {
  assertFunction,
  assertMaxDemand,
  assertMinDemand,
  assertOptions,
  rangeError,
  typeError,
} from '../engine/assert.ts';
import { assertSubscribable } from '../face/assertSubscribable.ts';
import { isProducer, portOf } from '../face/portOf.ts';
import { fromObservable } from '../producers/fromObservable.ts';
import type { Consumer, JobContext, Producer, ResultOf } from '../types.ts';
import { WorkerPool, type PoolSettings } from './WorkerPool.ts';
import type { DemandMapOptions } from './DemandMapOptions.ts';
import { EngineFeed } from './EngineFeed.ts';
import type { Feed } from './Feed.ts';
import { ObservableFeed } from './ObservableFeed.ts';

/**
 * A pool of `maxDemand` workers: each asks for one event, does `project` with it, hands on the results and asks again.
 * Results come in the order they are ready.
 *
 * Over a `Producer` no event waits inside: the backlog stays in the producer, where it can be seen. Over a plain
 * Observable this is `mergeMap(project, maxDemand)`, without its faults: the backlog costs O(1) a job, and any mix of
 * synchronous and asynchronous jobs gets done.
 *
 * An error of `project`, of what it returns, or of the source ends the pool: the other jobs are unsubscribed and their
 * signals aborted. They are not put back: a pool that is subscribed again goes on with the next event that waits. To
 * go on instead, catch the error in `project`.
 *
 * GenStage: `ConsumerSupervisor`, or N consumers with `max_demand: 1`.
 *
 * @param project does one job; it may return a promise, an Observable, an (async) iterable, the result itself, or
 *   nothing, which gives `undefined`. A string is one result, and so are bytes, such as a Buffer; all other iterables
 *   are spread, a Map too: return `[value]` to give one as the result.
 * @param options how many workers, and how they ask
 * @throws RangeError if an option is out of its range
 * @throws TypeError if `project` is no function, or `options` no object
 *
 * @example
 * ```ts
 * const queue = new DemandQueue<string>();
 * queue
 *   .pipe(demandMap(async (user, { worker }) => `worker ${worker} synced ${user}`, { maxDemand: 2 }))
 *   .subscribe(console.log);
 * queue.enqueue(['ada', 'bob', 'eve']);
 * // => worker 0 synced ada
 * // => worker 1 synced bob
 * // => worker 0 synced eve
 * ```
 */
export function demandMap<T, O>(
  project: (event: T, context: JobContext) => O,
  options: DemandMapOptions = {},
): Consumer<T, ResultOf<O>> {
  const settings = settingsOf(project, options);
  return (source) => {
    assertSource(source);
    return new Observable((subscriber) => {
      const pool = new WorkerPool<T, ResultOf<O>>(settings, subscriber);
      pool.open(feedOf(source, pool as WorkerPool<T, unknown>, options));
    });
  };
}

/** The options that are for the subscription to a producer. */
const SUBSCRIPTION = [
  'partition',
  'selector',
  'cancel',
  'resubscribeAfterMs',
  'handleSubscribe',
  'handleCancel',
] as const;

function settingsOf<T>(project: PoolSettings<T>['project'], options: DemandMapOptions): PoolSettings<T> {
  assertFunction('project', project);
  // `mergeMap` takes a number here.
  assertOptions(options);
  assertSubscribable(options);
  const { maxDemand = 1, minDemand, yieldAfterMs = 6, scheduler = asyncScheduler } = options;
  assertMaxDemand(maxDemand);
  if (minDemand !== undefined) assertMinDemand(minDemand, maxDemand);
  if (typeof yieldAfterMs !== 'number' || !(yieldAfterMs > 0))
    throw rangeError('yieldAfterMs', 'a number of ms above 0, or Infinity', yieldAfterMs);
  return { project, maxDemand, minDemand: minDemand ?? maxDemand - 1, yieldAfterMs, scheduler };
}

/** A plain Observable hears no demand; with options for a subscription it is made a producer first. */
function feedOf<T>(
  source: Producer<T> | Observable<T>,
  pool: WorkerPool<T, unknown>,
  options: DemandMapOptions,
): Feed<T> {
  if (isProducer(source)) return new EngineFeed(portOf(source), pool, options);
  if (SUBSCRIPTION.every((name) => options[name] === undefined))
    return new ObservableFeed(source as Observable<T>, pool);
  return new EngineFeed(
    portOf(fromObservable(source as Observable<T>, { bufferSize: Infinity })),
    pool,
    options,
  );
}

function assertSource(source: unknown): void {
  const { events, subscribe } = (source ?? {}) as { readonly events?: unknown; readonly subscribe?: unknown };
  if (typeof events !== 'function' && typeof subscribe !== 'function') {
    throw typeError('source', 'a Producer or an Observable', source);
  }
}
