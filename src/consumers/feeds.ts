import { Observable, type Subscriber } from 'rxjs';
import { ChunkedQueue } from '../engine/ChunkedQueue.ts';
import { NOTHING, type Subscription } from '../engine/protocol.ts';
import { ExcessEventsError } from '../errors.ts';
import { notify } from '../face/endings.ts';
import { PORT, attach, type Attachable } from '../face/port.ts';
import { subscribeTo } from '../face/subscribeTo.ts';
import type { Producer } from '../types.ts';
import type { Feed } from './Feed.ts';
import type { WorkerPool } from './WorkerPool.ts';

type Pool<T> = WorkerPool<T, unknown>;

/** Source emissions from within a job start a job at once, so deep; beyond that they wait for the stack to unwind. */
const MAX_DEPTH = 32;

/** True for a producer, of whatever making. */
function isProducer<T>(source: Producer<T> | Observable<T>): source is Producer<T> {
  return typeof (source as Partial<Producer<T>>).events === 'function';
}

/** The feed of a pool over `source`. */
export function feedOf<T>(source: Producer<T> | Observable<T>, pool: Pool<T>): Feed<T> {
  if (PORT in source) return new EngineFeed(source as Attachable<T>, pool);
  if (isProducer(source)) return new ProducerFeed(source, pool);
  return new ObservableFeed(source, pool);
}

/** A producer on the engine: asks and events are plain calls. */
class EngineFeed<T> implements Feed<T> {
  ended = false;
  readonly #pool: Pool<T>;
  readonly #source: Attachable<T>;
  /** None yet while `open` runs. */
  #link: Subscription<T> | undefined;

  constructor(source: Attachable<T>, pool: Pool<T>) {
    this.#source = source;
    this.#pool = pool;
  }

  open(demand: number): void {
    const pool = this.#pool;
    const link = attach(this.#source, {
      tells: true,
      receive: (events) => {
        pool.receive(events);
      },
      ended: (_, reason) => {
        notify(
          reason,
          () => {
            this.ended = true;
            pool.feedEnded();
          },
          (error) => {
            pool.fail(error);
          },
        );
      },
    });
    this.#link = link;
    if (link.wantsSettled) pool.trackEvents();
    if (!pool.closed) this.ask(demand);
  }

  ask(demand: number): void {
    if (!this.ended) this.#link?.ask(demand);
  }

  settled(event: T): void {
    this.#link?.settled([event]);
  }

  pull(): T | typeof NOTHING {
    return (this.#link as Subscription<T>).pull();
  }

  close(unbegun: readonly T[]): void {
    this.#link?.cancel('normal', unbegun);
  }

  giveBack(events: readonly T[]): void {
    this.#link?.giveBack(events);
  }
}

/** A producer of another making: asks go through its demand Observable. */
class ProducerFeed<T> implements Feed<T> {
  ended = false;
  readonly #pool: Pool<T>;
  readonly #source: Producer<T>;
  /** Who listens to the demand; until someone does, it is added up. */
  #asks: Subscriber<number> | undefined;
  #unheard = 0;
  #subscriber: Subscriber<readonly T[]> | undefined;
  #owed = 0;

  constructor(source: Producer<T>, pool: Pool<T>) {
    this.#source = source;
    this.#pool = pool;
  }

  open(demand: number): void {
    const pool = this.#pool;
    const asks = new Observable<number>((subscriber) => {
      this.#asks = subscriber;
      const unheard = this.#unheard;
      this.#unheard = 0;
      if (unheard > 0) subscriber.next(unheard);
    });
    subscribeTo(
      this.#source.events(asks),
      {
        next: (events) => {
          this.#owed -= events.length;
          if (this.#owed < 0) pool.fail(new ExcessEventsError(events.slice(this.#owed)));
          else pool.receive(events);
        },
        error: (error) => {
          pool.fail(error);
        },
        complete: () => {
          this.ended = true;
          pool.feedEnded();
        },
      },
      (subscriber) => {
        this.#subscriber = subscriber;
      },
    );
    if (!pool.closed) this.ask(demand);
  }

  ask(demand: number): void {
    if (this.ended) return;
    this.#owed += demand;
    if (this.#asks) this.#asks.next(demand);
    else this.#unheard += demand;
  }

  pull(): typeof NOTHING {
    this.ask(1);
    return NOTHING;
  }

  settled(): void {
    // There is no way to tell.
  }

  close(): void {
    this.#subscriber?.unsubscribe();
  }

  /** There is no way back into a producer of another making: what it has delivered is delivered. */
  giveBack(): void {
    // Nothing can be done.
  }
}

/** A plain Observable, which hears no demand: what comes too early waits here, as in `mergeMap`. */
class ObservableFeed<T> implements Feed<T> {
  readonly #pool: Pool<T>;
  readonly #source: Observable<T>;
  readonly #backlog = new ChunkedQueue<T>();
  #demand = 0;
  #depth = 0;
  #completed = false;
  #subscriber: Subscriber<T> | undefined;

  constructor(source: Observable<T>, pool: Pool<T>) {
    this.#source = source;
    this.#pool = pool;
  }

  get ended(): boolean {
    return this.#completed && this.#backlog.length === 0;
  }

  open(demand: number): void {
    this.#demand = demand;
    subscribeTo(
      this.#source,
      {
        next: (event) => {
          this.#next(event);
        },
        error: (error) => {
          this.#pool.fail(error);
        },
        complete: () => {
          this.#completed = true;
          if (this.ended) this.#pool.feedEnded();
        },
      },
      (subscriber) => {
        this.#subscriber = subscriber;
      },
    );
  }

  ask(demand: number): void {
    const events = this.#backlog.take(demand);
    this.#demand += demand - events.length;
    if (events.length > 0) this.#pool.receive(events);
  }

  pull(): T | typeof NOTHING {
    if (this.#backlog.length > 0) return this.#backlog.shift();
    this.#demand++;
    return NOTHING;
  }

  settled(): void {
    // Nobody wants to know.
  }

  close(): void {
    this.#subscriber?.unsubscribe();
  }

  giveBack(): void {
    // Nobody else takes from this backlog: it ends with the pool.
  }

  #next(event: T): void {
    if (this.#demand === 0 || this.#depth === MAX_DEPTH || this.#backlog.length > 0) {
      this.#backlog.push(event);
      return;
    }
    this.#depth++;
    this.#demand--;
    this.#pool.start(event);
    if (--this.#depth > 0) return;
    while (this.#backlog.length > 0 && this.#demand > 0 && !this.#pool.closed) {
      this.#depth = 1;
      this.#demand--;
      this.#pool.start(this.#backlog.shift());
      this.#depth = 0;
    }
  }
}
