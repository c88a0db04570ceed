import type { RestartIntensity } from './RestartWindow.ts';
import type { Subscription } from './protocol.ts';
import type { Reason } from './reasons.ts';

/**
 * One child of a `ConsumerSupervisor`: whatever its `start` has begun for an event, until it ends. A restart is a new
 * child of the same event.
 *
 * GenStage: the child's pid.
 */
export interface Child<In> {
  /** What it was started for. */
  readonly event: In;
  /** True if it has crashed, its restart has failed, and the next try is due. */
  readonly restarting: boolean;
  /**
   * Tells the supervisor that the child has ended, with `'normal'` if no reason is given: to be called once by the
   * child's own code, later calls do nothing. It needs no `this`, so `promise.then(() => exit(), exit)` is a child's life.
   *
   * GenStage: the exit signal of a linked process.
   */
  exit(this: void, reason?: Reason): void;
}

/**
 * Starts the child for an event. Answers with what stops it, which is called if it is terminated before it has ended,
 * or with `'ignore'` if the event needs no child. What it throws is why the child could not be started.
 *
 * GenStage: the start function of a child specification, which answers `{:ok, pid}`, `:ignore` or `{:error, reason}`.
 */
export type StartChild<In> = (event: In, child: Child<In>) => (() => void) | 'ignore';

/**
 * What a `ConsumerSupervisor` tells of that nobody else would: a child could not be started (`'start_error'`), has ended
 * abnormally (`'child_terminated'`), was one crash too many, so that the supervisor stops (`'shutdown'`), or failed when
 * it was terminated (`'shutdown_error'`); or a producer has sent more than it was asked for (`'excess_events'`).
 *
 * GenStage: the error context and reason of a supervisor report, and the log message of events in excess.
 */
export type SupervisorReport<In> =
  | {
      readonly kind: 'start_error' | 'child_terminated' | 'shutdown' | 'shutdown_error';
      readonly reason: Reason;
      /** What the child was started for. */
      readonly event: In;
    }
  | {
      readonly kind: 'excess_events';
      /** How many more children there are than the subscription's `maxDemand`. */
      readonly count: number;
      readonly from: Subscription<In>;
    };

/**
 * How a `ConsumerSupervisor` treats its children.
 *
 * GenStage: the options of `ConsumerSupervisor.init/2` and the `:restart` of its child specification.
 */
export interface ConsumerSupervisorOptions<In> extends RestartIntensity {
  /**
   * Which children are started again, with the same event: none (`'temporary'`), or those that have ended abnormally
   * (`'transient'`). GenStage's `'permanent'` is refused, as there.
   * @default 'temporary'
   */
  readonly restart?: 'temporary' | 'transient';
  /**
   * Is told what has failed, and with which event.
   * @default a warning on the console
   */
  readonly report?: (report: SupervisorReport<In>) => void;
  /**
   * Is told once that the supervisor has stopped, and why, after its children have been terminated.
   * @default nobody is told
   */
  readonly terminate?: (reason: Reason) => void;
  /**
   * The time in ms, for `withinMs`. It must not run backwards.
   * @default performance.now
   */
  readonly now?: () => number;
}
