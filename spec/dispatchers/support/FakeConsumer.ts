import type { ConsumerRef, SubscriptionOptions } from '../../../src/engine/index.ts';

/** A consumer as a dispatcher sees it, which remembers what it was sent. */
export class FakeConsumer<T = unknown> implements ConsumerRef<T> {
  readonly batches: (readonly T[])[] = [];
  /** What it has failed with. */
  readonly failures: unknown[] = [];
  readonly options: SubscriptionOptions;
  readonly consumer: object;
  readonly tells: boolean;

  /**
   * @param consumer who has subscribed; each one is another if not given
   * @param tells whether it tells which events are done
   */
  constructor(options: SubscriptionOptions = {}, consumer: object = {}, tells = false) {
    this.options = options;
    this.consumer = consumer;
    this.tells = tells;
  }

  /** The events of all batches. */
  get events(): readonly T[] {
    return this.batches.flat();
  }

  send(events: readonly T[]): void {
    this.batches.push(events);
  }

  fail(error: unknown): void {
    this.failures.push(error);
  }
}
