import type { SchedulerLike } from 'rxjs';
import type { CancelKind, SubscribeOptions } from '../types.ts';

/** Options of `demandMap`. */
export interface DemandMapOptions extends Omit<
  SubscribeOptions,
  'mode' | 'handleSubscribe' | 'handleCancel'
> {
  /**
   * How many workers there are: the most jobs that run at a time, and the most events asked for. A positive integer,
   * or `Infinity`.
   * @default 1
   */
  readonly maxDemand?: number;
  /**
   * When so many jobs are left in flight, the pool asks for what is missing to `maxDemand`. Lower it to ask in
   * batches. An integer from 0 to below `maxDemand`, in events.
   * @default maxDemand - 1: one for each finished job
   */
  readonly minDemand?: number;
  /**
   * Jobs that settle without waiting for anything could keep the event loop from turning until the backlog is done.
   * After so many ms of that the pool lets the loop turn once before its workers ask again. Only jobs that return
   * promises are counted: others end in the frame of whoever started or ended them. `Infinity` never lets go.
   * In virtual time no time passes within a frame, so it never happens.
   * @default 6
   */
  readonly yieldAfterMs?: number;
  /**
   * The clock for `yieldAfterMs`, which also tells when the event loop has turned, and for `resubscribeAfterMs`.
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike;
  /** The subscription has begun; nothing has been asked yet. */
  handleSubscribe?(subscription: PoolSubscription): void;
  /** The subscription has ended: it was cancelled, or its producer is down. */
  handleCancel?(kind: CancelKind, reason: unknown, subscription: PoolSubscription): void;
}

/** A pool's subscription, as its hooks see it. */
export interface PoolSubscription {
  /** What is at the other end. */
  readonly to: 'producer';
  /** The options that it was made with. */
  readonly options: DemandMapOptions;
  /**
   * Ends the subscription with a reason: an orderly one (`'normal'`, `'shutdown'`, `['shutdown', detail]`), or an error.
   *
   * @param reason why; `'normal'` if not given
   */
  cancel(reason?: unknown): void;
}
