import type { CancelKind, ConsumerEnd, Reason, Subscription } from '../../../src/engine/index.ts';

/** A consumer that is no stage: it remembers what it is told. */
export class Recorder<T> implements ConsumerEnd<T> {
  readonly batches: (readonly T[])[] = [];
  /** How it ended: `cancel` or `down`, and why. */
  end: readonly [kind: CancelKind, reason: Reason] | undefined;
  readonly #onBatch: (batch: readonly T[], subscription: Subscription<T>) => void;

  /** @param onBatch what it does about a batch, once that is remembered */
  constructor(onBatch: (batch: readonly T[], subscription: Subscription<T>) => void = () => {}) {
    this.#onBatch = onBatch;
  }

  /** The events of all batches. */
  get events(): readonly T[] {
    return this.batches.flat();
  }

  receive(batch: readonly T[], subscription: Subscription<T>): void {
    this.batches.push(batch);
    this.#onBatch(batch, subscription);
  }

  ended(kind: CancelKind, reason: Reason): void {
    if (this.end) throw new Error(`The end has been told already: ${JSON.stringify(this.end)}`);
    this.end = [kind, reason];
  }
}
