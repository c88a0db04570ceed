import type { SubscribeOptions } from '../types.ts';

/**
 * One child of a supervisor: the work for an event, until that has ended. A restart is a new child of the same event.
 *
 * GenStage: the child's pid.
 */
export interface SupervisedChild<T> {
  /** What it was started for. */
  readonly event: T;
  /** True if it has crashed, and is about to be started again. */
  readonly restarting: boolean;
}

/** What a child is told beside its event. */
export interface ChildContext<T> {
  /** The child, as `terminateChild` takes it. */
  readonly child: SupervisedChild<T>;
  /** Aborted when the child is terminated before it has ended. */
  readonly signal: AbortSignal;
}

/**
 * The handle of a running supervisor.
 *
 * GenStage: what `ConsumerSupervisor` lets be called from outside.
 */
export interface RunningSupervisor<T> {
  /**
   * Starts a child for an event of your own; it settles no demand.
   *
   * GenStage: `start_child/2`.
   *
   * @throws Error if the supervisor has stopped
   */
  startChild(event: T): SupervisedChild<T>;
  /**
   * Terminates a child: it is unsubscribed from, its signal aborted, and it is not started again. False if there is no
   * such child any more.
   *
   * GenStage: `terminate_child/2`.
   */
  terminateChild(child: SupervisedChild<T>): boolean;
  /**
   * All children.
   *
   * GenStage: `which_children/1`.
   */
  whichChildren(): readonly SupervisedChild<T>[];
  /**
   * How many children run (`active`), and how many there are (`workers`), those that wait for a restart included.
   *
   * GenStage: `count_children/1`.
   */
  countChildren(): { readonly active: number; readonly workers: number };
}

/** What `consumerSupervisor` tells of a crash. */
export interface ChildCrash<T> {
  /** What the child has failed with. */
  readonly error: unknown;
  /** What it was started for. */
  readonly event: T;
  /**
   * The events that are gone with it: none if the child is started again, else its own; and, if it was one crash too many,
   * those of all other children, which are terminated.
   */
  readonly events: readonly T[];
  /** How many crashes there have been since the subscription, this one included. */
  readonly crashes: number;
}

/**
 * Options of `consumerSupervisor`.
 *
 * GenStage: the options of `ConsumerSupervisor.init/2`, of its child specification, and of its subscription.
 */
export interface ConsumerSupervisorOptions<T> extends Omit<SubscribeOptions, 'mode'> {
  /**
   * The most children of the producer's events at a time, and the most events asked for. A positive integer, or `Infinity`.
   * @default 1000
   */
  readonly maxDemand?: number;
  /**
   * When so many children have ended, as many events are asked for. An integer from 0 to below `maxDemand`; 0 asks for one
   * whenever a child has ended.
   * @default half of maxDemand
   */
  readonly minDemand?: number;
  /**
   * Whether a child that has crashed is started again, with the same event: never (`'temporary'`), or always
   * (`'transient'`).
   * @default 'temporary'
   */
  readonly restart?: 'temporary' | 'transient';
  /**
   * The most restarts within `withinMs`; one more crash ends the supervisor. An integer of at least 0. Temporary children
   * may crash any number of times.
   * @default 3
   */
  readonly maxRestarts?: number;
  /**
   * How long a restart counts: a number of ms of at least 0, or `Infinity`.
   * @default 5000
   */
  readonly withinMs?: number;
  /**
   * The supervisor runs, and nothing has been asked yet: called once for each subscription.
   * @default nobody is told
   */
  readonly started?: (supervisor: RunningSupervisor<T>) => void;
  /**
   * A child has crashed. It is called before a restart; what it throws ends the supervisor.
   * @default a warning on the console
   */
  readonly crashed?: (crash: ChildCrash<T>) => void;
}
