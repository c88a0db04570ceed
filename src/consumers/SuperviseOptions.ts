import type { Observable, SchedulerLike, UnaryFunction } from 'rxjs';
import type { Producer } from '../types.ts';

/** What `supervise` takes for a worker: a `Consumer`, or any function of a producer to results. */
export type SupervisedConsumer<T, R> = UnaryFunction<Producer<T>, Observable<R>>;

/**
 * Which workers are restarted when one has crashed: it alone, all, or it and those after it.
 *
 * OTP: a supervisor's strategy.
 */
export type RestartStrategy = 'one_for_one' | 'one_for_all' | 'rest_for_one';

/** What `supervise` tells of a crash. */
export interface WorkerCrash<T> {
  /** What the worker's Observable has errored with. */
  readonly error: unknown;
  /**
   * The events that are gone with it, oldest first: those that the worker had received, and neither finished nor given
   * back; after them those of the workers that are restarted, or ended, because of it.
   */
  readonly events: readonly T[];
  /** Which worker it was, from 0. */
  readonly worker: number;
  /** How many crashes there have been since the subscription, this one included. */
  readonly crashes: number;
}

/** Options of `supervise`. */
export interface SuperviseOptions<T> {
  /**
   * How many workers one consumer is subscribed for; a list of consumers has one for each. A positive integer.
   * @default 1
   */
  readonly workers?: number;
  /**
   * The most restarts within `withinMs`; one more crash ends the supervision. An integer of at least 0, or `Infinity`,
   * which never gives up.
   * @default 3
   */
  readonly maxRestarts?: number;
  /**
   * How long a restart counts: a number of ms of at least 0, or `Infinity`.
   * @default 5000
   */
  readonly withinMs?: number;
  /**
   * Which workers are restarted when one has crashed: it alone (`'one_for_one'`), all (`'one_for_all'`), or it and those
   * after it in the list (`'rest_for_one'`). Those that have not crashed are unsubscribed before, the last one first.
   * @default 'one_for_one'
   */
  readonly strategy?: RestartStrategy;
  /**
   * How long a restart waits: a number of ms of at least 0. A worker that has crashed before it took an event waits for 1 ms
   * at least, for that may go on for ever.
   * @default 0: it is restarted in the frame of the crash
   */
  readonly restartDelayMs?: number;
  /**
   * A worker has crashed. It is called before the restart; what it throws ends the supervision.
   * @default a warning on the console
   */
  readonly crashed?: (crash: WorkerCrash<T>) => void;
  /**
   * The clock for `withinMs` and `restartDelayMs`.
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike;
}
