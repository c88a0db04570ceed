import { Subject, type Subscription } from 'rxjs';
import type { Producer } from '../../src/index.ts';

/** A subscription to `producer.events` that asks when it is told to, and remembers what it got. */
export class RawConsumer<T> {
  readonly batches: (readonly T[])[] = [];
  /** How many events it has asked for. */
  asked = 0;
  /** How it ended: `'complete'`, or the error. */
  ended: unknown;
  /** It has unsubscribed. */
  left = false;
  readonly #demand = new Subject<number>();
  readonly #subscription: Subscription;

  constructor(producer: Producer<T>, received: (batch: readonly T[]) => void = () => {}) {
    this.#subscription = producer.events(this.#demand).subscribe({
      next: (batch) => {
        this.batches.push(batch);
        received(batch);
      },
      error: (error: unknown) => {
        this.ended = error;
      },
      complete: () => {
        this.ended = 'complete';
      },
    });
  }

  /** All events, of all batches. */
  get events(): readonly T[] {
    return this.batches.flat();
  }

  /** Asked for and not delivered. */
  get owed(): number {
    return this.asked - this.events.length;
  }

  ask(demand: number): void {
    this.asked += demand;
    this.#demand.next(demand);
  }

  unsubscribe(): void {
    this.left = true;
    this.#subscription.unsubscribe();
  }
}
