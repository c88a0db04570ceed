import { Children } from './Children.ts';
import type { Link } from './Link.ts';
import { Stage, type ProducerStage } from './Stage.ts';
import { assertFunction, assertOptions, rangeError } from './assert.ts';
import type { Subscription, SubscriptionOptions } from './protocol.ts';
import type { Reason } from './reasons.ts';
import type { Child, ConsumerSupervisorOptions, StartChild, SupervisorReport } from './supervision.ts';

/**
 * A consumer that starts one child for each event, and asks for the next events when children have ended: at most
 * `maxDemand` children of a subscription run at a time. The end of a subscription leaves its children running; the end
 * of the supervisor terminates them.
 *
 * GenStage: `ConsumerSupervisor`, strategy `:one_for_one`. To terminate a child is to call what `start` has returned:
 * it is not waited for.
 *
 * @example
 * ```ts
 * const jobs = new Stage<never, string>('producer');
 * const supervisor = new ConsumerSupervisor<string>((event) => {
 *   console.log(`started ${event}`);
 *   return () => console.log(`stopped ${event}`);
 * });
 * supervisor.subscribe(jobs, { maxDemand: 2 });
 * jobs.emit(['a', 'b', 'c']);
 * // => started a
 * // => started b
 * supervisor.whichChildren()[0]?.exit(); // => started c
 * supervisor.stage.stop();
 * // => stopped b
 * // => stopped c
 * ```
 */
export class ConsumerSupervisor<In> {
  /** The consumer that takes the events. To stop the supervisor is to stop this stage. */
  readonly stage: Stage<In>;
  readonly #report: (report: SupervisorReport<In>) => void;
  readonly #children: Children<In>;
  readonly #producers = new Map<Subscription<In>, Account>();

  /**
   * @param start starts the child for an event
   * @param options when to restart it, and whom to tell
   * @throws RangeError if an option is out of its range
   * @throws TypeError if `start` or one of the callbacks is no function, or `options` no object
   */
  constructor(start: StartChild<In>, options: ConsumerSupervisorOptions<In> = {}) {
    assertFunction('start', start);
    assertOptions(options);
    const { restart = 'temporary', report = warn, now, terminate } = options;
    if (restart !== 'temporary' && restart !== 'transient')
      throw rangeError(
        'restart',
        "'temporary' (never restarted) or 'transient' (restarted if it has crashed)",
        restart,
      );
    assertFunction('report', report);
    if (now !== undefined) assertFunction('now', now);
    if (terminate !== undefined) assertFunction('terminate', terminate);
    this.#report = report;
    this.#children = new Children(start, options, {
      post: (task) => {
        this.stage.process.mailbox.post(task);
      },
      tell: (told) => {
        this.#tell(told);
      },
      settled: (from) => {
        this.#maybeAsk(from, 0, 1);
      },
      exit: (reason) => {
        this.stage.process.exit(reason);
      },
    });
    this.stage = new Stage<In>('consumer', {
      handleSubscribe: (_, subscription) => {
        const { window } = subscription as Subscription<In> & Pick<Link<In>, 'window'>;
        const { maxDemand, minDemand } = window;
        this.#producers.set(subscription, { count: 0, pending: 0, minDemand, maxDemand });
        subscription.ask(maxDemand);
        return 'manual';
      },
      handleCancel: (_kind, _reason, subscription) => {
        this.#producers.delete(subscription);
      },
      handleEvents: (events, from) => {
        this.#startEvents(events, from);
      },
      terminate: (reason) => {
        this.#children.terminateAll();
        terminate?.(reason);
      },
    });
  }

  /**
   * Why children were restarted within `withinMs`, oldest first. If the supervisor has stopped because that was once too
   * often, the last is the one too many.
   */
  get restartCauses(): readonly Reason[] {
    return this.#children.restarts.causes;
  }

  /**
   * Subscribes the supervisor to `producer`. It asks for `maxDemand` events at first, and again whenever at least
   * `minDemand` children have ended; the option `mode` does not matter.
   *
   * GenStage: `sync_subscribe/3`.
   *
   * @throws RangeError if an option is out of its range
   */
  subscribe(producer: ProducerStage<In>, options?: SubscriptionOptions): Subscription<In> {
    return this.stage.subscribe(producer, options);
  }

  /**
   * Starts a child that settles no demand.
   *
   * GenStage: `start_child/2`.
   *
   * @throws what `start` throws; an Error if the supervisor has stopped
   */
  startChild(event: In): Child<In> | 'ignore' {
    if (this.stage.exited)
      throw new Error('The supervisor has stopped: it starts no child', { cause: this.stage.exitReason });
    return this.#inTurn(() => this.#children.start(event, undefined));
  }

  /**
   * Terminates `child`, as if it had ended in good order; false if there is no such child any more.
   *
   * GenStage: `terminate_child/2`.
   */
  terminateChild(child: Child<In>): boolean {
    return this.#inTurn(() => this.#children.terminate(child));
  }

  /**
   * All children, those that wait for a restart included.
   *
   * GenStage: `which_children/1`.
   */
  whichChildren(): readonly Child<In>[] {
    return this.#children.all;
  }

  /**
   * How many children run (`active`), and how many there are (`workers`), those that wait for a restart included.
   *
   * GenStage: `count_children/1`.
   */
  countChildren(): { readonly active: number; readonly workers: number } {
    const children = this.whichChildren();
    const active = children.filter(({ restarting }) => !restarting).length;
    return { active, workers: children.length };
  }

  #startEvents(events: readonly In[], from: Subscription<In>): void {
    let down = 0;
    for (const event of events) {
      try {
        if (this.#children.start(event, from) === 'ignore') down++;
      } catch (reason) {
        down++;
        this.#tell({ kind: 'start_error', reason, event });
      }
    }
    this.#maybeAsk(from, events.length, down);
  }

  /** Of `from`, `came` events have come and `down` are done with. */
  #maybeAsk(from: Subscription<In>, came: number, down: number): void {
    const account = this.#producers.get(from);
    if (!account) return;
    account.count += came;
    const excess = account.count - account.maxDemand;
    if (excess > 0) this.#tell({ kind: 'excess_events', count: excess, from });
    account.count -= down;
    account.pending += down;
    if (account.pending >= account.minDemand) {
      const demand = account.pending;
      account.pending = 0;
      from.ask(demand);
    }
  }

  /** An error of `report` stops the supervisor, once the turn is over. */
  #tell(report: SupervisorReport<In>): void {
    const { process } = this.stage;
    try {
      this.#report(report);
    } catch (error) {
      process.mailbox.next(() => {
        process.exit(error);
      });
    }
  }

  /** A call from inside a turn is a part of it; any other is a turn of its own. */
  #inTurn<V>(call: () => V): V {
    const { mailbox } = this.stage.process;
    if (!mailbox.enter()) return call();
    try {
      return call();
    } finally {
      mailbox.leave();
    }
  }
}

/** What a subscription has to do with the children. */
interface Account {
  /** How many of them there are. */
  count: number;
  /** How many have ended and not been asked for again. */
  pending: number;
  readonly minDemand: number;
  readonly maxDemand: number;
}

function warn(report: SupervisorReport<unknown>): void {
  console.warn(`ConsumerSupervisor: ${report.kind}. Its option \`report\` takes such reports.`, report);
}
