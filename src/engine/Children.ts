import { RestartWindow } from './RestartWindow.ts';
import { SupervisedChild } from './SupervisedChild.ts';
import { typeError } from './assert.ts';
import type { Subscription } from './protocol.ts';
import { isOrderly, type Reason } from './reasons.ts';
import type { Child, ConsumerSupervisorOptions, StartChild, SupervisorReport } from './supervision.ts';

/** What the children of a supervisor need of it. */
export interface ChildrenHost<In> {
  /** Does `task` as a turn of its own, after what was sent before. */
  post(task: () => void): void;
  tell(report: SupervisorReport<In>): void;
  /** `event`, which `from` has brought, is done with. */
  settled(event: In, from: Subscription<In>): void;
  /** Stops the supervisor at once. */
  tooManyRestarts(): void;
}

/**
 * The children of a supervisor: starts them, starts them again when they crash, and terminates them.
 *
 * GenStage: the children, restarts and restarting of a `ConsumerSupervisor`'s state.
 */
export class Children<In> {
  readonly restarts: RestartWindow;
  readonly #children = new Map<Child<In>, SupervisedChild<In>>();
  readonly #start: StartChild<In>;
  readonly #transient: boolean;
  readonly #now: () => number;
  readonly #host: ChildrenHost<In>;

  constructor(start: StartChild<In>, options: ConsumerSupervisorOptions<In>, host: ChildrenHost<In>) {
    this.restarts = new RestartWindow(options);
    this.#start = start;
    this.#transient = options.restart === 'transient';
    this.#now = options.now ?? (() => performance.now());
    this.#host = host;
  }

  get size(): number {
    return this.#children.size;
  }

  get all(): readonly Child<In>[] {
    return [...this.#children.keys()];
  }

  /**
   * Starts a child that settles the demand of `from`, if that is given.
   *
   * @throws why it cannot be started
   */
  start(event: In, from: Subscription<In> | undefined): Child<In> | 'ignore' {
    const child = new SupervisedChild(event, from, this.#exited);
    const answer = this.#start(event, child);
    if (answer === 'ignore') return answer;
    if (typeof answer !== 'function')
      throw typeError('start()', "a function that stops the child, or 'ignore'", answer);
    child.stop = answer;
    this.#children.set(child, child);
    return child;
  }

  /** False if there is no such child. */
  terminate(child: Child<In>): boolean {
    const supervised = this.#children.get(child);
    if (!supervised) return false;
    this.#children.delete(child);
    this.#stop([supervised]);
    this.#remove(supervised);
    return true;
  }

  terminateAll(): void {
    const children = [...this.#children.values()];
    this.#children.clear();
    this.#stop(children);
  }

  readonly #exited = (child: SupervisedChild<In>, reason: Reason): void => {
    // A message as in GenStage: a child that ends while it is being started is known by then.
    this.#host.post(() => {
      if (!this.#children.has(child)) return;
      if (!isOrderly(reason)) {
        this.#host.tell({ kind: 'child_terminated', reason, event: child.event });
        if (this.#transient) {
          this.#restart(child, reason);
          return;
        }
      }
      this.#remove(child);
    });
  };

  #restart(child: SupervisedChild<In>, cause: Reason): void {
    const { event, from } = child;
    if (!this.restarts.record(this.#now(), cause)) {
      this.#host.tell({ kind: 'shutdown', reason: 'reached_max_restart_intensity', event });
      this.#remove(child);
      this.#host.tooManyRestarts();
      return;
    }
    // From here on `start` may call back: this child is not to be terminated any more, nor its demand settled twice.
    this.#children.delete(child);
    try {
      if (this.start(event, from) === 'ignore') this.#remove(child);
    } catch (reason) {
      this.#host.tell({ kind: 'start_error', reason, event });
      child.restarting = true;
      this.#children.set(child, child);
      // GenStage: `$gen_restart`.
      this.#host.post(() => {
        if (this.#children.has(child)) this.#restart(child, reason);
      });
    }
  }

  #remove(child: SupervisedChild<In>): void {
    this.#children.delete(child);
    if (child.from) this.#host.settled(child.event, child.from);
  }

  #stop(children: readonly SupervisedChild<In>[]): void {
    const failures: { readonly reason: Reason; readonly event: In }[] = [];
    for (const child of children) {
      try {
        child.terminate();
      } catch (reason) {
        failures.push({ reason, event: child.event });
      }
    }
    for (const failure of failures) this.#host.tell({ kind: 'shutdown_error', ...failure });
  }
}
