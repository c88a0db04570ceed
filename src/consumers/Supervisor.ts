import { Subscription, type SchedulerLike, type Subscriber } from 'rxjs';
import type { ProducerPort } from '../engine/Link.ts';
import { RestartWindow } from '../engine/RestartWindow.ts';
import { RestartIntensityError } from '../errors.ts';
import { SharedSource } from './SharedSource.ts';
import { SupervisedWorker, type Crashed, type WorkerOwner } from './SupervisedWorker.ts';
import type { RestartStrategy, SupervisedConsumer, WorkerCrash } from './SuperviseOptions.ts';

/** What a supervisor is set up with: checked and complete. */
export interface SupervisorSettings<T> {
  readonly maxRestarts: number;
  readonly withinMs: number;
  readonly strategy: RestartStrategy;
  readonly restartDelayMs: number;
  readonly scheduler: SchedulerLike;
  readonly crashed: (crash: WorkerCrash<T>) => void;
}

/** One life of `supervise`: starts the workers, and starts them again when they crash. */
export class Supervisor<T, R> implements WorkerOwner<T, R> {
  readonly source: SharedSource<T>;
  readonly #workers: readonly SupervisedWorker<T, R>[];
  readonly #settings: SupervisorSettings<T>;
  /** None if there is no such thing as too many. */
  readonly #window: RestartWindow | undefined;
  readonly #subscriber: Subscriber<R>;
  #crashes = 0;
  #starting = false;
  /** It is about to error. */
  #failing = false;
  #closed = false;

  constructor(
    consumers: readonly SupervisedConsumer<T, R>[],
    settings: SupervisorSettings<T>,
    port: () => ProducerPort<T>,
    subscriber: Subscriber<R>,
  ) {
    this.#settings = settings;
    this.#subscriber = subscriber;
    if (settings.maxRestarts < Infinity) this.#window = new RestartWindow(settings);
    this.source = new SharedSource(port, (error) => {
      this.#fail(error);
    });
    this.#workers = consumers.map((consumer, index) => new SupervisedWorker(index, consumer, this));
  }

  open(): void {
    this.#subscriber.add(() => {
      this.#tearDown();
    });
    this.startDue();
  }

  // What the workers call

  /** A loop, never a recursion: a worker that crashes as it is started is due again. */
  startDue(): void {
    if (this.#starting) return;
    this.#starting = true;
    try {
      while (!this.#closed && !this.#failing && this.#workers.some(({ due }) => due)) {
        this.source.hold();
        for (const worker of this.#workers) if (worker.due) worker.start();
        this.source.release();
      }
    } finally {
      this.#starting = false;
    }
  }

  emit(result: R): void {
    this.#subscriber.next(result);
  }

  completed(): void {
    if (this.#closed || !this.#workers.every(({ done }) => done)) return;
    this.#closed = true;
    this.#subscriber.complete();
  }

  crashed(worker: SupervisedWorker<T, R>, { error, failure, progressed }: Crashed): void {
    if (this.#closed) return;
    if (failure) {
      this.#fail(failure.error);
      return;
    }
    const { scheduler, restartDelayMs } = this.#settings;
    const mayRestart = this.#window?.record(scheduler.now(), error) ?? true;
    const others = this.#workers.filter((other) =>
      mayRestart ? this.#goesWith(other, worker) : other !== worker && other.lives,
    );
    const stopped = this.#stopAndTell(worker, others, error);
    if (!mayRestart) this.#fail(new RestartIntensityError(this.#window?.causes ?? []));
    if (this.#closed || this.#failing) return;
    // What fails without an event may fail for ever: not in one frame, nor in one turn of the event loop.
    const delay = Math.max(restartDelayMs, progressed ? 0 : 1);
    for (const due of this.#workers)
      if (due === worker || stopped.includes(due)) due.startAfter(delay, scheduler);
    this.startDue();
  }

  /** Stops those that go with a worker that has crashed, and tells what is gone. Returns those that it has stopped. */
  #stopAndTell(
    worker: SupervisedWorker<T, R>,
    others: readonly SupervisedWorker<T, R>[],
    error: unknown,
  ): readonly SupervisedWorker<T, R>[] {
    const failures: { readonly error: unknown }[] = [];
    const attempt = (call: () => void): void => {
      try {
        call();
      } catch (failed) {
        failures.push({ error: failed });
      }
    };
    attempt(() => {
      stopAll(others);
    });
    // One that has ended in the meantime tells so itself.
    const stopped = others.filter(({ lives }) => lives);
    const events = [worker, ...stopped].flatMap((one) => one.takeWork());
    attempt(() => {
      this.#settings.crashed({ error, events, worker: worker.index, crashes: ++this.#crashes });
    });
    for (const failed of failures) this.#fail(failed.error);
    return stopped;
  }

  /** True if `other` is restarted when `worker` is. */
  #goesWith(other: SupervisedWorker<T, R>, worker: SupervisedWorker<T, R>): boolean {
    const { strategy } = this.#settings;
    if (other === worker || !other.lives) return false;
    return strategy === 'one_for_all' || (strategy === 'rest_for_one' && other.index > worker.index);
  }

  /** Errors once the crashes that have come already are reported. */
  #fail(error: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    this.source.whenDelivered(() => {
      if (this.#closed) return;
      this.#closed = true;
      this.#subscriber.error(error);
    });
  }

  #tearDown(): void {
    this.#closed = true;
    for (const worker of this.#workers) worker.holdBack();
    try {
      inReverse(this.#workers, (worker) => {
        worker.tearDown();
      });
    } finally {
      this.source.close();
    }
  }
}

function stopAll<T, R>(workers: readonly SupervisedWorker<T, R>[]): void {
  for (const worker of workers) worker.holdBack();
  inReverse(workers, (worker) => {
    worker.stop('shutdown');
  });
}

/** Does `stop` for each, the last first; what they throw is thrown when all are done. */
function inReverse<W>(workers: readonly W[], stop: (worker: W) => void): void {
  const all = new Subscription();
  for (const worker of [...workers].reverse()) {
    all.add(() => {
      stop(worker);
    });
  }
  all.unsubscribe();
}
