import type { ConsumerRef, SubscriptionOptions } from '../../../src/engine/index.ts';

/** A consumer as a dispatcher sees it, which remembers what it was sent. */
export class FakeConsumer<T = unknown> implements ConsumerRef<T> {
  readonly batches: (readonly T[])[] = [];
  readonly options: SubscriptionOptions;
  readonly consumer: object;

  /** @param consumer who has subscribed; each one is another if not given */
  constructor(options: SubscriptionOptions = {}, consumer: object = {}) {
    this.options = options;
    this.consumer = consumer;
  }

  /** The events of all batches. */
  get events(): readonly T[] {
    return this.batches.flat();
  }

  send(events: readonly T[]): void {
    this.batches.push(events);
  }
}
