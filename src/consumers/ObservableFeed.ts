import type { Observable, Subscriber } from 'rxjs';
import { ChunkedQueue } from '../engine/ChunkedQueue.ts';
import { NOTHING } from '../engine/protocol.ts';
import { subscribeTo } from '../face/subscribeTo.ts';
import type { Feed } from './Feed.ts';
import type { WorkerPool } from './WorkerPool.ts';

type Pool<T> = WorkerPool<T, unknown>;

/** Source emissions from within a job start a job at once, so deep; beyond that they wait for the stack to unwind. */
const MAX_DEPTH = 32;

/** A plain Observable, which hears no demand: what comes too early waits here, as in `mergeMap`. */
export class ObservableFeed<T> implements Feed<T> {
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
