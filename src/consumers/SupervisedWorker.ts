import { defer, type SchedulerLike, type Subscriber, type Subscription } from 'rxjs';
import type { Reason } from '../engine/index.ts';
import { Failure } from '../face/endings.ts';
import { subscribeTo } from '../face/subscribeTo.ts';
import type { Passage } from './Passage.ts';
import { Relay } from './Relay.ts';
import type { SharedSource } from './SharedSource.ts';
import type { SupervisedConsumer } from './SuperviseOptions.ts';

/** A crash, as the worker tells of it. */
export interface Crashed {
  readonly error: unknown;
  /** The error of the producer, if it had ended with one before. */
  readonly failure: { readonly error: unknown } | undefined;
  /** It has taken an event in this life, so the next one finds less to do. */
  readonly progressed: boolean;
}

/** What a worker needs of its supervisor. */
export interface WorkerOwner<T, R> {
  readonly source: SharedSource<T>;
  emit(result: R): void;
  crashed(worker: SupervisedWorker<T, R>, crash: Crashed): void;
  completed(): void;
  /** Starts the workers that are due. */
  startDue(): void;
}

/** A place for one worker: whoever has it lives until it crashes, is stopped, or completes. */
export class SupervisedWorker<T, R> {
  readonly index: number;
  /** It is to be started. */
  due = true;
  /** It has completed, and is not started again. */
  done = false;
  readonly #consumer: SupervisedConsumer<T, R>;
  readonly #owner: WorkerOwner<T, R>;
  readonly #places: Passage<T>[] = [];
  #relay: Relay<T> | undefined;
  #subscriber: Subscriber<R> | undefined;
  #timer: Subscription | undefined;
  /** It has errored or completed, and its teardown is not over. */
  #ending = false;

  constructor(index: number, consumer: SupervisedConsumer<T, R>, owner: WorkerOwner<T, R>) {
    this.index = index;
    this.#consumer = consumer;
    this.#owner = owner;
  }

  /** True while it is to be restarted with others: it runs, or waits to. One that is about to end tells so itself. */
  get lives(): boolean {
    return !this.done && !this.#ending;
  }

  start(): void {
    this.due = false;
    const { source } = this.#owner;
    const relay = (this.#relay = new Relay<T>(source, this.#places));
    let end: { error?: { readonly cause: unknown; readonly failure: Relay<T>['failure'] } } | undefined;
    subscribeTo(
      defer(() => this.#consumer(relay.producer)),
      {
        next: (result) => {
          this.#owner.emit(result);
        },
        error: (cause) => {
          end = { error: { cause, failure: relay.failure } };
          this.#ending = true;
          relay.keepPlaces(new Failure(cause));
        },
        complete: () => {
          end = {};
          this.#ending = true;
        },
      },
      (subscriber) => {
        this.#subscriber = subscriber;
      },
      () => {
        if (!end) return;
        const { error } = end;
        source.whenDelivered(() => {
          if (error) this.#crashed(relay, error.cause, error.failure);
          else this.#completed(relay);
        });
      },
    );
  }

  startAfter(delay: number, scheduler: SchedulerLike): void {
    if (delay === 0) {
      this.due = true;
      return;
    }
    this.#timer = scheduler.schedule(() => {
      this.due = true;
      this.#owner.startDue();
    }, delay);
  }

  /** It is about to be stopped with others: it gets no more events. */
  holdBack(): void {
    this.#relay?.holdBack();
  }

  /** Stops it, to be started again. What it had in work is taken when it has been stopped, by `takeWork`. */
  stop(reason: Reason): void {
    this.#relay?.keepPlaces(reason);
    try {
      this.#unsubscribe();
    } finally {
      this.#relay?.close();
    }
  }

  /** Removes and returns what it had in work when it crashed, or was stopped: to be reported as gone. */
  takeWork(): readonly T[] {
    return this.#relay?.takeWork() ?? [];
  }

  /** Stops it for good. */
  tearDown(): void {
    try {
      this.#unsubscribe();
    } finally {
      this.#relay?.close();
      this.#leavePlaces();
    }
  }

  #unsubscribe(): void {
    this.due = false;
    this.#timer?.unsubscribe();
    this.#subscriber?.unsubscribe();
  }

  #crashed(relay: Relay<T>, error: unknown, failure: Relay<T>['failure']): void {
    this.#ending = false;
    relay.close();
    this.#owner.crashed(this, { error, failure, progressed: relay.progressed });
  }

  #completed(relay: Relay<T>): void {
    this.#ending = false;
    this.done = true;
    relay.close();
    this.#leavePlaces();
    this.#owner.completed();
  }

  #leavePlaces(): void {
    for (const place of this.#places.splice(0)) place.leave('cancel', 'normal', []);
  }
}
