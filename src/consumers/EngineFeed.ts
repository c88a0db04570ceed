import { asyncScheduler, type Subscription as Teardown } from 'rxjs';
import { Link, type ProducerPort } from '../engine/Link.ts';
import type { NOTHING } from '../engine/protocol.ts';
import { isOrderly, type CancelKind, type Reason } from '../engine/index.ts';
import { Failure, errorOf } from '../face/endings.ts';
import type { DemandMapOptions, PoolSubscription } from './DemandMapOptions.ts';
import type { Feed } from './Feed.ts';
import type { WorkerPool } from './WorkerPool.ts';

/** A producer on the engine: asks and events are plain calls. */
export class EngineFeed<T> implements Feed<T> {
  ended = false;
  readonly #pool: WorkerPool<T, unknown>;
  readonly #port: () => ProducerPort<T>;
  readonly #options: DemandMapOptions;
  /** None yet while `open` runs. */
  #link: Link<T> | undefined;
  #timer: Teardown | undefined;

  constructor(port: () => ProducerPort<T>, pool: WorkerPool<T, unknown>, options: DemandMapOptions) {
    this.#port = port;
    this.#pool = pool;
    this.#options = options;
  }

  open(demand: number): void {
    const pool = this.#pool;
    const { partition, selector } = this.#options;
    const port = this.#port();
    const link: Link<T> = new Link<T>(
      port,
      {
        tells: true,
        receive: (events) => {
          pool.receive(events);
        },
        ended: (kind, reason) => {
          this.#linkEnded(link, kind, reason);
        },
      },
      { ...(partition !== undefined && { partition }), ...(selector && { selector }) },
    );
    this.#link = link;
    port.join(link);
    if (this.ended || pool.closed) return;
    this.#options.handleSubscribe?.(this.#subscription(link));
    if (link.wantsSettled) pool.trackEvents();
    this.ask(demand);
  }

  ask(demand: number): void {
    if (!this.ended) this.#link?.ask(demand);
  }

  settled(event: T): void {
    this.#link?.settled([event]);
  }

  pull(): T | typeof NOTHING {
    return (this.#link as Link<T>).pull();
  }

  close(unbegun: readonly T[]): void {
    this.#timer?.unsubscribe();
    this.#link?.cancel('normal', unbegun);
  }

  giveBack(events: readonly T[]): void {
    this.#link?.giveBack(events);
  }

  #subscription(link: Link<T>): PoolSubscription {
    return {
      to: 'producer',
      options: this.#options,
      cancel: (reason = 'normal') => {
        link.cancel(isOrderly(reason) ? reason : new Failure(reason));
      },
    };
  }

  #linkEnded(link: Link<T>, kind: CancelKind, reason: Reason): void {
    const pool = this.#pool;
    if (pool.closed) return;
    const { cancel = 'permanent', resubscribeAfterMs, scheduler = asyncScheduler } = this.#options;
    const orderly = isOrderly(reason);
    this.#options.handleCancel?.(kind, orderly ? reason : errorOf(reason), this.#subscription(link));
    const survives = cancel === 'temporary' || (cancel === 'transient' && orderly);
    if (!survives && !orderly) {
      pool.fail(errorOf(reason));
    } else if (survives && resubscribeAfterMs !== undefined) {
      this.#timer = scheduler.schedule(() => {
        this.open(pool.owed);
      }, resubscribeAfterMs);
    } else {
      this.ended = true;
      pool.feedEnded();
    }
  }
}
