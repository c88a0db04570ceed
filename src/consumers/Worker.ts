import type { ObservableInput, Subscriber } from 'rxjs';
import { isPromiseLike } from '../engine/isPromiseLike.ts';
import { NOTHING } from '../engine/protocol.ts';
import type { JobContext } from '../types.ts';
import { RunningJob } from '../face/RunningJob.ts';
import { isResultStream } from '../face/isResultStream.ts';
import { subscribeTo } from '../face/subscribeTo.ts';

/** What a worker needs of its pool. */
export interface WorkerOwner<T, R> {
  readonly project: (event: T, context: JobContext) => unknown;
  readonly closed: boolean;
  nextIndex(): number;
  nextOpened(): number;
  emit(result: R): void;
  fail(error: unknown): void;
  /** The job's promise has resolved. */
  resolved(worker: Worker<T, R>, result: R): void;
  /** The job's Observable has completed. */
  completed(worker: Worker<T, R>): void;
  /** The job has ended at once; returns the next event if it is there already. */
  finished(worker: Worker<T, R>): T | typeof NOTHING;
}

/**
 * One of a pool's workers: a consumer of max demand 1. It does one job, hands the results straight to the subscriber,
 * asks for the next, and so on. Jobs that end at once are a loop, not a recursion.
 */
export class Worker<T, R> {
  readonly slot: number;
  /** How many Observables the pool had subscribed to when this worker did so last. */
  opened = 0;
  readonly #pool: WorkerOwner<T, R>;
  readonly #project: WorkerOwner<T, R>['project'];
  /** The index of the job that runs; -1 if none does. */
  #index = -1;
  /** The controller of the job that looked at its signal last, and the index of that job. */
  #controller: AbortController | undefined;
  #controlled = -1;
  /** The subscription to the Observable or iterable that the job returned. */
  #inner: Subscriber<R> | undefined;

  constructor(slot: number, pool: WorkerOwner<T, R>) {
    this.slot = slot;
    this.#pool = pool;
    this.#project = pool.project;
  }

  /** Does the job of `event`, and the next ones as long as each ends at once. */
  run(event: T): void {
    if (this.#endsAtOnce(event)) this.#runOn();
  }

  #runOn(): void {
    let next: T | typeof NOTHING;
    do next = this.#pool.finished(this);
    while (next !== NOTHING && this.#endsAtOnce(next));
  }

  /** The signal of the job with this index. */
  signalOf(index: number): AbortSignal {
    if (this.#controlled === index && this.#controller) return this.#controller.signal;
    const controller = new AbortController();
    // The signal of a job that has ended is never aborted, and must not take the place of the one that runs.
    if (index === this.#index) {
      this.#controlled = index;
      this.#controller = controller;
      if (this.#pool.closed) controller.abort();
    }
    return controller.signal;
  }

  /** The worker has no job any more. */
  rest(): void {
    this.#index = -1;
    this.#controller = undefined;
  }

  /** Tears down the job that runs, if one does. */
  abort(): void {
    try {
      this.#inner?.unsubscribe();
    } finally {
      if (this.#controlled === this.#index) this.#controller?.abort();
    }
  }

  #endsAtOnce(event: T): boolean {
    const index = this.#pool.nextIndex();
    this.#index = index;
    try {
      const result = this.#project(event, new RunningJob(index, this));
      if (!(result instanceof Promise)) return this.#take(result);
      // Even if the pool has closed meanwhile: else a rejection would be nobody's.
      void result.then(this.#resolved, this.#rejected);
    } catch (error) {
      this.#rejected(error);
    }
    return false;
  }

  /** Takes what the job returned; true if the job has ended with it, and the pool goes on. */
  #take(result: unknown): boolean {
    if (this.#pool.closed) return false;
    if (isPromiseLike(result)) {
      // A thenable may call back at once, or twice: a promise tames it.
      void Promise.resolve(result as PromiseLike<R>).then(this.#resolved, this.#rejected);
      return false;
    }
    if (isResultStream(result)) return this.#follow(result as ObservableInput<R>) && !this.#pool.closed;
    this.#index = -1;
    this.#pool.emit(result as R);
    return !this.#pool.closed;
  }

  readonly #resolved = (value: R): void => {
    // The job is over before its result is handed on: whoever ends the pool with it does not abort the job.
    this.#index = -1;
    this.#pool.resolved(this, value);
  };

  readonly #rejected = (error: unknown): void => {
    this.#index = -1;
    this.#pool.fail(error);
  };

  /** Subscribes to what the job returned; true if it has completed already. */
  #follow(input: ObservableInput<R>): boolean {
    const pool = this.#pool;
    let completed = false;
    let ended = false;
    let starting = true;
    subscribeTo(
      input,
      {
        next: (value) => {
          pool.emit(value);
        },
        error: this.#rejected,
        complete: () => {
          this.#index = -1;
          completed = true;
        },
      },
      (subscriber) => {
        this.#inner = subscriber;
        this.opened = pool.nextOpened();
      },
      () => {
        this.#inner = undefined;
        if (!completed) return;
        if (starting) ended = true;
        else pool.completed(this);
      },
    );
    starting = false;
    return ended;
  }
}
