import { Subscription, type SchedulerLike, type Subscriber } from 'rxjs';
import { ChunkedQueue } from '../engine/ChunkedQueue.ts';
import { DemandWindow } from '../engine/DemandWindow.ts';
import { NOTHING } from '../engine/protocol.ts';
import type { JobContext } from '../types.ts';
import type { Feed } from './Feed.ts';
import { Pacer } from './Pacer.ts';
import { Worker, type WorkerOwner } from './Worker.ts';

/** A pool's settings, checked and complete. */
export interface PoolSettings<T> {
  readonly project: (event: T, context: JobContext) => unknown;
  readonly maxDemand: number;
  readonly minDemand: number;
  readonly yieldAfterMs: number;
  readonly scheduler: SchedulerLike;
}

/**
 * N workers on one feed. Every worker that has no job is owed one: the feed has been asked for it, so at any time
 *
 *     jobs that run + idle workers = N = what is in flight      (if minDemand is N - 1)
 *
 * and an event that comes finds a worker: none ever waits in here beyond the frame it came in.
 */
export class WorkerPool<T, R> implements WorkerOwner<T, R> {
  readonly project: (event: T, context: JobContext) => unknown;
  closed = false;
  readonly #subscriber: Subscriber<R>;
  #feed!: Feed<T>;
  readonly #maxDemand: number;
  readonly #window: DemandWindow;
  /** Each finished job asks for the next one. */
  #eager: boolean;
  readonly #pacer: Pacer;
  /** Promise jobs to go that may just pull the next event: nothing else has to be looked at (see `#goOn`). */
  #credit = 0;
  #granted = 0;
  /** Jobs since the pacer was asked. */
  #jobs = 0;
  readonly #workers: Worker<T, R>[] = [];
  /** What each worker does, by its slot, if the feed wants to know when it is done. */
  #doing: T[] | undefined;
  /** Who asked first is served first. */
  readonly #idle = new ChunkedQueue<Worker<T, R>>();
  /** Finished, and not to ask before the event loop has turned. */
  #paused: Worker<T, R>[] = [];
  /** Came while a job was being started or ended; begun before that frame is over. */
  readonly #arrived = new ChunkedQueue<T>();
  #running = false;
  #busy = 0;
  #index = 0;
  #opened = 0;
  #tornDown = false;

  constructor(settings: PoolSettings<T>, subscriber: Subscriber<R>) {
    this.project = settings.project;
    this.#maxDemand = settings.maxDemand;
    this.#window = new DemandWindow(settings.maxDemand, settings.minDemand);
    this.#eager = settings.maxDemand < Infinity && settings.minDemand === settings.maxDemand - 1;
    this.#pacer = new Pacer(settings.yieldAfterMs, settings.scheduler, () => {
      this.#resume();
    });
    this.#subscriber = subscriber;
  }

  open(feed: Feed<T>): void {
    this.#feed = feed;
    this.#subscriber.add(() => {
      this.#tearDown();
    });
    if (!this.closed) feed.open(this.#maxDemand);
  }

  // What the feed calls

  /** Events have come: a worker is idle for each. */
  receive(events: readonly T[]): void {
    if (this.closed || this.#running) {
      for (const event of events) this.#arrived.push(event);
      this.#credit = 0;
      if (this.#tornDown) this.#giveBack();
      return;
    }
    this.#running = true;
    // A foreign producer may complete in the middle: the pool is not done before the whole batch is.
    this.#busy++;
    let at = 0;
    while (at < events.length && !this.closed) this.start(events[at++] as T);
    while (at < events.length) this.#arrived.push(events[at++] as T);
    this.#busy--;
    this.#leave();
    if (this.#feed.ended) this.#checkComplete();
  }

  /** Starts a job at once, even from within another one. */
  start(event: T): void {
    const nested = this.#running;
    this.#running = true;
    this.#busy++;
    const worker = this.#idleWorker();
    if (this.#doing) this.#doing[worker.slot] = event;
    worker.run(event);
    if (!nested) this.#leave();
  }

  /** How many events it has asked for that have not come. */
  get owed(): number {
    const inFlight = this.#eager ? this.#maxDemand : this.#window.inFlight;
    return inFlight - this.#busy - this.#arrived.length - this.#paused.length;
  }

  /** The feed wants to know when the job of an event has ended. */
  trackEvents(): void {
    this.#doing = [];
    // Each job that ends has to be looked at.
    this.#eager = false;
  }

  /** No more will come. */
  feedEnded(): void {
    this.#eager = false;
    this.#credit = 0;
    this.#checkComplete();
  }

  fail(error: unknown): void {
    if (this.closed) return;
    this.#close();
    this.#subscriber.error(error);
  }

  // What the workers call

  nextIndex(): number {
    return this.#index++;
  }

  nextOpened(): number {
    return this.#opened++;
  }

  emit(result: R): void {
    this.#subscriber.next(result);
  }

  /** A job's promise has resolved. */
  resolved(worker: Worker<T, R>, result: R): void {
    // A promise calls back from no other frame of the pool.
    this.#running = true;
    this.#subscriber.next(result);
    if (--this.#credit < 0) this.#goOn(worker);
    else {
      const event = this.#feed.pull();
      if (event === NOTHING) this.#runNext(worker, this.#awaitEvent(worker));
      else worker.run(event);
    }
    // Whatever arrives takes the credit away.
    if (this.#credit > 0) this.#running = false;
    else this.#leave();
  }

  /** A job's Observable has completed: in somebody's frame, which is not the pool's to cut short. */
  completed(worker: Worker<T, R>): void {
    if (this.closed) return;
    const nested = this.#running;
    this.#running = true;
    this.#runNext(worker, this.finished(worker));
    if (!nested) this.#leave();
  }

  /** A worker has finished its job: asks for the next, and returns it if it is there already. */
  finished(worker: Worker<T, R>): T | typeof NOTHING {
    if (!this.#eager || this.#arrived.length > 0) return this.#askAfterJob(worker);
    const event = this.#feed.pull();
    return event === NOTHING ? this.#awaitEvent(worker) : event;
  }

  /** Goes on after a job, with all that has to be looked at; gives credit for jobs that need not look. */
  #goOn(worker: Worker<T, R>): void {
    this.#jobs += this.#granted + 1;
    this.#granted = 0;
    this.#credit = 0;
    if (this.closed) return;
    if (this.#jobs > this.#pacer.stride) {
      this.#jobs = 0;
      if (this.#pacer.mustPause()) {
        this.#jobs = this.#pacer.stride;
        this.#rest(worker);
        this.#paused.push(worker);
        return;
      }
    }
    if (this.#eager && this.#arrived.length === 0) this.#credit = this.#granted = this.#pacer.stride;
    this.#runNext(worker, this.finished(worker));
  }

  #runNext(worker: Worker<T, R>, event: T | typeof NOTHING): void {
    if (event !== NOTHING) worker.run(event);
  }

  #askAfterJob(worker: Worker<T, R>): T | typeof NOTHING {
    if (this.#doing) this.#feed.settled(this.#doing[worker.slot] as T);
    const demand = this.#eager ? 1 : this.#window.settle(1);
    if (demand > 0 && !this.#feed.ended) this.#feed.ask(demand);
    return this.#awaitEvent(worker);
  }

  #awaitEvent(worker: Worker<T, R>): T | typeof NOTHING {
    // What has arrived was asked for by an idle worker; this one's ask now stands for that.
    if (this.#arrived.length > 0 && !this.closed) {
      const event = this.#arrived.shift();
      if (this.#doing) this.#doing[worker.slot] = event;
      return event;
    }
    this.#rest(worker);
    this.#idle.push(worker);
    return NOTHING;
  }

  #rest(worker: Worker<T, R>): void {
    worker.rest();
    this.#busy--;
    this.#checkComplete();
  }

  #resume(): void {
    const workers = this.#paused;
    this.#paused = [];
    this.#running = true;
    for (const worker of workers) {
      if (this.closed) break;
      this.#busy++;
      const next = this.finished(worker);
      if (next !== NOTHING) worker.run(next);
    }
    this.#leave();
  }

  /** The frame ends: begins what has arrived in it. */
  #leave(): void {
    if (this.#arrived.length > 0) this.#startArrived();
    this.#running = false;
  }

  #startArrived(): void {
    while (this.#arrived.length > 0 && !this.closed) this.start(this.#arrived.shift());
    if (this.#tornDown) this.#giveBack();
  }

  #idleWorker(): Worker<T, R> {
    const made = this.#workers.length;
    if (this.#idle.length > 0 && (made >= this.#maxDemand || this.#maxDemand === Infinity))
      return this.#idle.shift();
    const worker = new Worker(made, this);
    this.#workers.push(worker);
    return worker;
  }

  #checkComplete(): void {
    if (!this.#feed.ended || this.#busy > 0 || this.#arrived.length > 0 || this.closed) return;
    this.#close();
    this.#subscriber.complete();
  }

  #close(): void {
    this.closed = true;
    this.#credit = 0;
  }

  #tearDown(): void {
    this.#close();
    this.#tornDown = true;
    this.#pacer.stop();
    // Like `mergeMap`: the source, then the jobs in the order they were subscribed to; all of them, even if one throws.
    const close = () => {
      this.#feed.close(this.#arrived.take(this.#arrived.length));
    };
    const parts = new Subscription(this.#doing ? undefined : close);
    for (const worker of this.#workers.sort((a, b) => a.opened - b.opened)) {
      parts.add(() => {
        worker.abort();
      });
    }
    // What leaves is done: not before its jobs are torn down.
    if (this.#doing) parts.add(close);
    try {
      parts.unsubscribe();
    } finally {
      this.#giveBack();
    }
  }

  #giveBack(): void {
    const events = this.#arrived.take(this.#arrived.length);
    if (events.length > 0) this.#feed.giveBack(events);
  }
}
