import { Observable, asyncScheduler } from 'rxjs';
import {
  assertFunction,
  assertOneOf,
  assertOptions,
  isPositiveInteger,
  rangeError,
} from '../engine/assert.ts';
import type { Consumer } from '../types.ts';
import { Supervisor, type SupervisorSettings } from './Supervisor.ts';
import type { SupervisedConsumer, SuperviseOptions, WorkerCrash } from './SuperviseOptions.ts';
import { sourcePort } from './sourcePort.ts';

/**
 * A consumer made of consumers, its workers, each of which subscribes to the same producer: one that crashes, as its
 * Observable errors, is replaced and subscribes again, and the others go on. What the workers emit is merged.
 *
 * The demand of a worker that crashes is withdrawn, once, and its replacement asks anew; events that it had not begun go
 * back to the producer; what it had in work is gone, and reported by `crashed`. With `demandMap` and one job at a time that
 * is the event whose job has failed, with more the jobs that were aborted with it, with `handleEvents` the batch.
 *
 * A worker that completes is done, and the whole completes when all are. The producer's error is no crash: the whole
 * errors with it. More than `maxRestarts` crashes within `withinMs` end it with a `RestartIntensityError`, and all
 * workers are torn down.
 *
 * OTP: a `Supervisor` of `:transient` children, which are GenStage consumers.
 *
 * @param consumer the worker, or a list of them; each is called anew for each (re)start, so that it starts afresh
 * @param options how many workers, and how they are restarted
 * @throws RangeError if an option is out of its range, or there is no consumer
 * @throws TypeError if a consumer is no function, or `options` no object
 *
 * @example
 * ```ts
 * const queue = new DemandQueue<string>();
 * const job = (id: string) => {
 *   if (id === 'b') throw new Error('no b');
 *   return `${id} done`;
 * };
 * queue
 *   .pipe(
 *     supervise(demandMap(job), {
 *       workers: 2,
 *       crashed: ({ error, events }) => console.log(`${error}, and gone is`, events),
 *     }),
 *   )
 *   .subscribe(console.log);
 * queue.enqueue(['a', 'b', 'c']);
 * // => a done
 * // => Error: no b, and gone is [ 'b' ]
 * // => c done
 * console.log(queue.demand); // => 2
 * ```
 */
export function supervise<T, R>(
  consumer: SupervisedConsumer<T, R>,
  options?: SuperviseOptions<T>,
): Consumer<T, R>;
export function supervise<T, R>(
  consumers: readonly SupervisedConsumer<T, R>[],
  options?: Omit<SuperviseOptions<T>, 'workers'>,
): Consumer<T, R>;
export function supervise<T, R extends readonly unknown[]>(
  consumers: readonly [...{ [Nth in keyof R]: SupervisedConsumer<T, R[Nth]> }],
  options?: Omit<SuperviseOptions<T>, 'workers'>,
): Consumer<T, R[number]>;
export function supervise<T, R>(
  consumer: SupervisedConsumer<T, R> | readonly SupervisedConsumer<T, R>[],
  options: SuperviseOptions<T> = {},
): Consumer<T, R> {
  assertOptions(options);
  const consumers = consumersOf(consumer, options.workers);
  const settings = settingsOf(options);
  return (source) => {
    const port = sourcePort(source);
    return new Observable((subscriber) => {
      new Supervisor<T, R>(consumers, settings, port(), subscriber).open();
    });
  };
}

function consumersOf<T, R>(
  given: SupervisedConsumer<T, R> | readonly SupervisedConsumer<T, R>[],
  workers: number | undefined,
): readonly SupervisedConsumer<T, R>[] {
  if (!Array.isArray(given)) {
    assertFunction('consumer', given);
    if (workers !== undefined && !isPositiveInteger(workers))
      throw rangeError('workers', 'a positive integer', workers);
    return Array.from({ length: workers ?? 1 }, () => given as SupervisedConsumer<T, R>);
  }
  if (workers !== undefined)
    throw rangeError('workers', 'left out: a list of consumers has one worker for each', workers);
  if (given.length === 0) throw rangeError('consumers', 'a list of at least one', given);
  for (const one of given) assertFunction('consumer', one);
  return [...(given as readonly SupervisedConsumer<T, R>[])];
}

function settingsOf<T>(options: SuperviseOptions<T>): SupervisorSettings<T> {
  const { maxRestarts = 3, withinMs = 5000, strategy = 'one_for_one', restartDelayMs = 0 } = options;
  const { crashed, scheduler = asyncScheduler } = options;
  if (maxRestarts !== Infinity && !(Number.isInteger(maxRestarts) && maxRestarts >= 0))
    throw rangeError('maxRestarts', 'an integer of at least 0, or Infinity', maxRestarts);
  if (typeof withinMs !== 'number' || !(withinMs >= 0))
    throw rangeError('withinMs', 'a number of ms of at least 0, or Infinity', withinMs);
  assertOneOf('strategy', ['one_for_one', 'one_for_all', 'rest_for_one'], strategy);
  if (typeof restartDelayMs !== 'number' || !(restartDelayMs >= 0 && restartDelayMs < Infinity))
    throw rangeError('restartDelayMs', 'a number of ms of at least 0', restartDelayMs);
  if (crashed !== undefined) assertFunction('crashed', crashed);
  return {
    maxRestarts,
    withinMs,
    strategy,
    restartDelayMs,
    scheduler,
    crashed: crashed ?? warn,
  };
}

/** Each crash is told: an error, and perhaps events, would be gone unseen. */
function warn(crash: WorkerCrash<unknown>): void {
  console.warn(
    `supervise: worker ${crash.worker} has crashed, and ${crash.events.length} event(s) are gone with it. ` +
      'Its option `crashed` takes such reports.',
    crash,
  );
}
