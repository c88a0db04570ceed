import { isOrderly, type CancelKind, type Reason, type Subscription } from '../engine/index.ts';
import type { ConsumerSubscription } from '../types.ts';
import { Failure, errorOf } from './endings.ts';

/** What is told of consumers that come and go. */
export interface DownstreamHooks {
  handleSubscribe?(subscription: ConsumerSubscription): void;
  handleCancel?(kind: CancelKind, reason: unknown, subscription: ConsumerSubscription): void;
}

/** The consumers of a run. */
export class Downstream {
  readonly #hooks: DownstreamHooks;
  readonly #consumers = new Map<Subscription<unknown>, ConsumerSubscription>();
  /** Have left, which the stage has not read yet. */
  readonly #leaving = new Set<Subscription<unknown>>();

  constructor(hooks: DownstreamHooks) {
    this.#hooks = hooks;
  }

  /** True if there are none. */
  get empty(): boolean {
    return this.#consumers.size === 0;
  }

  came(subscription: Subscription<unknown>): void {
    const consumer: ConsumerSubscription = {
      to: 'consumer',
      options: subscription.options,
      cancel: (reason = 'normal') => {
        subscription.cancel(isOrderly(reason) ? reason : new Failure(reason));
      },
    };
    this.#consumers.set(subscription, consumer);
    this.#hooks.handleSubscribe?.(consumer);
  }

  /** Returns how many are about to leave. */
  leaves(subscription: Subscription<unknown>): number {
    this.#leaving.add(subscription);
    return this.#leaving.size;
  }

  left(subscription: Subscription<unknown>, kind: CancelKind, reason: Reason): void {
    const consumer = this.#consumers.get(subscription);
    if (!consumer) return;
    this.#consumers.delete(subscription);
    this.#leaving.delete(subscription);
    this.#hooks.handleCancel?.(kind, isOrderly(reason) ? reason : errorOf(reason), consumer);
  }
}
