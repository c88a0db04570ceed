import type { ConsumerRef, DiscardCause, DispatcherHost } from '../../../src/engine/index.ts';

/** A producer as a dispatcher sees it, which remembers what the dispatcher wants of it. */
export class FakeHost<T> implements DispatcherHost<T> {
  readonly asks: (readonly [consumer: ConsumerRef<T>, demand: number])[] = [];
  readonly messages: unknown[] = [];
  readonly dropped: T[] = [];
  /** Why they were, for each call. */
  readonly causes: DiscardCause[] = [];

  ask(consumer: ConsumerRef<T>, demand: number): void {
    this.asks.push([consumer, demand]);
  }

  deliverInfo(message: unknown): void {
    this.messages.push(message);
  }

  discarded(events: readonly T[], cause: DiscardCause): void {
    this.dropped.push(...events);
    this.causes.push(cause);
  }
}
