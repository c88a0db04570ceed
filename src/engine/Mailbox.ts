import { ChunkedQueue } from './ChunkedQueue.ts';

type Task = () => void;

/** Events on their way while the stage is busy: to it, from a subscription; or out of it, from nowhere. */
export interface Delivery {
  readonly kind: 'events';
  readonly events: readonly unknown[];
  readonly from: unknown;
}

/** Whose mailbox it is. */
export interface MailboxOwner {
  /** Does the next piece of work in progress, which comes before any mail; false if there is none. */
  advance(): boolean;
  /** Does what is left to do once all mail is read; false if there is nothing. */
  settleDown(): boolean;
  /** All is done for now: nothing runs, and nothing waits. */
  rested(): void;
  /** Takes events that have waited in the mail. */
  deliver(delivery: Delivery): void;
  /** Is told of an error that a task has thrown. */
  failed(error: unknown): void;
}

/**
 * One stage's turn-taking: a task runs to its end before the next begins, whatever it calls. What comes meanwhile waits
 * in FIFO order, so asks made during a delivery loop and never recurse.
 *
 *     idle ── enter ──▶ busy ── leave: work in progress, urgent tasks, then mail ──▶ idle
 *                        └─ suspend ─▶ suspended ── promise settles ─▶ busy
 *
 * GenStage: the process's mailbox.
 */
export class Mailbox {
  readonly #owner: MailboxOwner;
  #busy = false;
  #suspended = false;
  #closed = false;
  #urgent: ChunkedQueue<Task> | undefined;
  #mail: ChunkedQueue<Task | Delivery> | undefined;
  #whenIdle: Task[] | undefined;

  constructor(owner: MailboxOwner) {
    this.#owner = owner;
  }

  /** True while nothing runs and nothing waits. */
  get idle(): boolean {
    return !this.#busy;
  }

  /** True while there is something to read. */
  get waiting(): boolean {
    return (
      (this.#mail !== undefined && this.#mail.length > 0) ||
      (this.#urgent !== undefined && this.#urgent.length > 0)
    );
  }

  /** True while a promise is awaited. */
  get suspended(): boolean {
    return this.#suspended;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Begins a task if nothing runs; then the caller does its work and calls `leave`. */
  enter(): boolean {
    if (this.#busy || this.#closed) return false;
    this.#busy = true;
    return true;
  }

  /** Ends the task that `enter` began: goes on with all there is to do. An error in it is handed to `failed`. */
  leave(): void {
    try {
      this.#goOn();
    } catch (error) {
      this.#owner.failed(error);
    }
  }

  /** Ends a task as `leave`, where there is no work in progress and nothing to settle down. */
  rest(): void {
    if (this.waiting || this.#suspended || this.#closed) this.leave();
    else this.#busy = false;
  }

  #goOn(): void {
    const owner = this.#owner;
    while (!this.#suspended && !this.#closed) {
      if (owner.advance()) continue;
      const task = this.#nextTask();
      if (task === undefined) {
        if (owner.settleDown()) continue;
        this.#busy = false;
        owner.rested();
        this.#whenIdle?.splice(0).forEach(this.whenIdle);
        return;
      }
      if (typeof task === 'function') task();
      else owner.deliver(task);
    }
  }

  /** Does `task` in nobody's turn, so that what it brings finds the stage idle. */
  readonly whenIdle = (task: Task): void => {
    if (this.idle) task();
    else if (!this.#closed) (this.#whenIdle ??= []).push(task);
  };

  /** Goes on with whatever a change from outside has made possible. */
  turn(): void {
    if (this.enter()) this.leave();
  }

  post(task: Task): void {
    if (this.#closed) return;
    if (this.enter()) {
      this.next(task);
      this.leave();
    } else {
      (this.#mail ??= new ChunkedQueue()).push(task);
    }
  }

  /** Mails events, in line with the tasks. For a stage that is busy. */
  send(delivery: Delivery): void {
    if (!this.#closed) (this.#mail ??= new ChunkedQueue()).push(delivery);
  }

  /** Removes the events that wait in the mail. For a mailbox that is about to be closed. */
  *undelivered(): IterableIterator<Delivery> {
    for (let mail = this.#nextTask(); mail; mail = this.#nextTask()) {
      if (typeof mail !== 'function') yield mail;
    }
  }

  /** Runs `task` after the current one and before any mail. */
  next(task: Task): void {
    (this.#urgent ??= new ChunkedQueue()).push(task);
  }

  /** Takes no more tasks until `answer` settles; then goes on with `next` or `failed`. */
  suspend<V>(answer: PromiseLike<V>, next: (value: V) => void, failed: (error: unknown) => void): void {
    this.#suspended = true;
    // A thenable that is no promise may call back more than once.
    let settled = false;
    const settle = (task: Task) => {
      if (settled) return;
      settled = true;
      this.#resume(task);
    };
    answer.then(
      (value) => {
        settle(() => {
          next(value);
        });
      },
      (error: unknown) => {
        settle(() => {
          failed(error);
        });
      },
    );
  }

  /** Drops what waits; nothing runs any more. */
  close(): void {
    this.#closed = true;
    this.#suspended = false;
    this.#urgent = undefined;
    this.#mail = undefined;
    this.#whenIdle = undefined;
  }

  #resume(task: Task): void {
    if (this.#closed) return;
    this.#suspended = false;
    // Before any work in progress: it is the rest of what was suspended.
    try {
      task();
    } catch (error) {
      this.#owner.failed(error);
    }
    this.leave();
  }

  #nextTask(): Task | Delivery | undefined {
    if (this.#urgent !== undefined && this.#urgent.length > 0) return this.#urgent.shift();
    return this.#mail !== undefined && this.#mail.length > 0 ? this.#mail.shift() : undefined;
  }
}
