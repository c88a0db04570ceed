import { asyncScheduler } from 'rxjs';
import { EventSupervisor } from '../engine/EventSupervisor.ts';
import { assertFunction, assertOptions } from '../engine/assert.ts';
import type { SupervisorHost } from '../engine/EventSupervisor.ts';
import type { Consumer, ResultOf } from '../types.ts';
import { ChildrenWork, type ChildrenSettings } from './ChildrenWork.ts';
import type { ChildContext, ChildCrash, ConsumerSupervisorOptions } from './ConsumerSupervisorOptions.ts';
import { sink } from './sink.ts';

/**
 * A consumer that starts one child for each event, at most `maxDemand` at a time, and asks for more as children end. A child
 * that crashes takes no other with it: it is reported, and started again if it is `'transient'`. Children can be listed,
 * counted, terminated and started from outside.
 *
 * What children give is emitted as it is ready. More than `maxRestarts` restarts within `withinMs` end the supervisor with a
 * `RestartIntensityError`. When the producer has completed, the children go on, and the supervisor completes with the
 * last of them; when it errors the children are terminated, and so they are by unsubscribing. Events that have no child yet go
 * back to the producer then.
 *
 * GenStage: `ConsumerSupervisor`. There the end of the producer terminates the children, too, if the subscription is
 * `:permanent`; here completion waits for them, whatever `cancel` says.
 *
 * @param start the work of one child; it may return a promise, an Observable, an (async) iterable, the result itself, or
 *   nothing, as in `demandMap`: the child lives until that has ended, and an error is a crash
 * @param options how it subscribes, and how it treats its children
 * @throws RangeError if an option is out of its range
 * @throws TypeError if `start` or one of the callbacks is no function, or `options` no object
 *
 * @example
 * ```ts
 * const tasks = new DemandQueue<string>();
 * const work = (task: string) => {
 *   if (task === 'bad') throw new Error(`no ${task}`);
 *   return of(`${task} done`).pipe(delay(10));
 * };
 * tasks
 *   .pipe(
 *     consumerSupervisor(work, {
 *       maxDemand: 3,
 *       started: (supervisor) => supervisor.startChild('my own'),
 *       crashed: ({ error, events }) => console.log(`${error}, and gone is`, events),
 *     }),
 *   )
 *   .subscribe({ next: console.log, complete: () => console.log('all have ended') });
 * tasks.enqueue(['good', 'bad']); // => Error: no bad, and gone is [ 'bad' ]
 * tasks.complete();
 * // => my own done
 * // => good done
 * // => all have ended
 * ```
 */
export function consumerSupervisor<T, O>(
  start: (event: T, context: ChildContext<T>) => O,
  options: ConsumerSupervisorOptions<T> = {},
): Consumer<T, ResultOf<O>> {
  assertFunction('start', start);
  assertOptions(options);
  const { restart = 'temporary', maxRestarts = 3, withinMs = 5000, scheduler = asyncScheduler } = options;
  const { started, crashed } = options;
  if (started !== undefined) assertFunction('started', started);
  if (crashed !== undefined) assertFunction('crashed', crashed);
  const settings: ChildrenSettings<T> = {
    start,
    restart,
    maxRestarts,
    withinMs,
    now: () => scheduler.now(),
    started,
    crashed: crashed ?? warn,
  };
  // It knows the rest.
  new EventSupervisor<T>(() => 'ignore', { restart, maxRestarts, withinMs }, {} as SupervisorHost<T>);
  return sink({ ...options, mode: 'automatic' }, (subscriber, run) => {
    return new ChildrenWork<T, ResultOf<O>>(settings, subscriber, run);
  });
}

/** Each crash is told: an error, and perhaps events, would be gone unseen. */
function warn(crash: ChildCrash<unknown>): void {
  console.warn(
    `consumerSupervisor: a child has crashed, and ${crash.events.length} event(s) are gone with it. ` +
      'Its option `crashed` takes such reports.',
    crash,
  );
}
