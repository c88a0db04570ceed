import { Children } from './Children.ts';
import type { Link } from './Link.ts';
import type { Stage } from './Stage.ts';
import { assertFunction, assertOptions, rangeError } from './assert.ts';
import type { StageCallbacks } from './callbacks.ts';
import type { Subscription } from './protocol.ts';
import type { Reason } from './reasons.ts';
import type { Child, ConsumerSupervisorOptions, StartChild, SupervisorReport } from './supervision.ts';

/** What the stage of a supervisor does. */
export type SupervisorCallbacks<In> = Required<
  Pick<StageCallbacks<In, never>, 'handleSubscribe' | 'handleCancel' | 'handleEvents' | 'terminate'>
>;

/** The consumer that a supervisor is the work of. */
export interface SupervisorHost<In> {
  /** The consumer; it is there once the supervisor is. */
  readonly stage: Stage<In>;
  /** There were too many restarts: stops the consumer. */
  tooManyRestarts(): void;
}

/** What a supervisor of events does, whatever consumer it is the work of: see `ConsumerSupervisor`. */
export class EventSupervisor<In> {
  /** What the consumer has to do. */
  readonly callbacks: SupervisorCallbacks<In>;
  readonly #host: SupervisorHost<In>;
  readonly #report: (report: SupervisorReport<In>) => void;
  readonly #children: Children<In>;
  readonly #producers = new WeakMap<Subscription<In>, Account>();
  /** The batch whose children are being started, and how far. */
  #batch: { readonly events: readonly In[]; at: number } | undefined;

  /**
   * @throws RangeError if an option is out of its range
   * @throws TypeError if `start` or one of the callbacks is no function, or `options` no object
   */
  constructor(start: StartChild<In>, options: ConsumerSupervisorOptions<In>, host: SupervisorHost<In>) {
    this.#host = host;
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
        host.stage.process.mailbox.post(task);
      },
      tell: (told) => {
        this.#tell(told);
      },
      settled: (event, from) => {
        if (from.wantsSettled) from.settled([event]);
        this.#maybeAsk(from, 0, 1);
      },
      tooManyRestarts: () => {
        host.tooManyRestarts();
      },
    });
    this.callbacks = {
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
        this.terminateChildren();
        terminate?.(reason);
      },
    };
  }

  /** See `ConsumerSupervisor`. */
  get restartCauses(): readonly Reason[] {
    return this.#children.restarts.causes;
  }

  /** See `ConsumerSupervisor`. */
  startChild(event: In): Child<In> | 'ignore' {
    const { exited, exitReason } = this.#host.stage;
    if (exited) throw new Error('The supervisor has stopped: it starts no child', { cause: exitReason });
    return this.#inTurn(() => this.#children.start(event, undefined));
  }

  /** See `ConsumerSupervisor`. */
  terminateChild(child: Child<In>): boolean {
    return this.#inTurn(() => this.#children.terminate(child));
  }

  /** How many children there are. */
  get size(): number {
    return this.#children.size;
  }

  /** See `ConsumerSupervisor`. */
  whichChildren(): readonly Child<In>[] {
    return this.#children.all;
  }

  /** See `ConsumerSupervisor`. */
  countChildren(): { readonly active: number; readonly workers: number } {
    const children = this.whichChildren();
    const active = children.filter(({ restarting }) => !restarting).length;
    return { active, workers: children.length };
  }

  /** Terminates all children. For a supervisor that is about to stop. */
  terminateChildren(): void {
    this.#children.terminateAll();
  }

  /** Removes and returns the events that have come and have no child yet. For a supervisor that is about to stop. */
  takeUnbegun(): readonly In[] {
    const batch = this.#batch;
    if (!batch) return [];
    const { events, at } = batch;
    batch.at = events.length;
    return events.slice(at);
  }

  #startEvents(events: readonly In[], from: Subscription<In>): void {
    const batch = (this.#batch = { events, at: 0 });
    const ended: In[] = [];
    while (batch.at < events.length) {
      const event = events[batch.at++] as In;
      try {
        if (this.#children.start(event, from) === 'ignore') ended.push(event);
      } catch (reason) {
        ended.push(event);
        this.#tell({ kind: 'start_error', reason, event });
      }
    }
    this.#batch = undefined;
    // The others are done when their children have ended.
    this.#host.stage.process.inbox.deferred = events.length;
    if (ended.length > 0) from.settled(ended);
    this.#maybeAsk(from, events.length, ended.length);
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
    const { process } = this.#host.stage;
    try {
      this.#report(report);
    } catch (error) {
      process.mailbox.next(() => {
        process.crash(error);
      });
    }
  }

  /** A call from inside a turn is a part of it; any other is a turn of its own. */
  #inTurn<V>(call: () => V): V {
    const { mailbox } = this.#host.stage.process;
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
