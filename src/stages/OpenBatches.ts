/**
 * Events that belong together.
 *
 * Broadway: the messages and the `batch_info` of `handle_batch/4`.
 */
export interface Batch<T, K = undefined> {
  /** At least one, in the order they came. */
  readonly events: readonly T[];
  /** What `key` has said of each; undefined without it. */
  readonly key: K;
  /**
   * Why it ends here: it is full (`'size'`), its oldest event has waited for so long (`'timeout'`), or nothing more is
   * to be waited for (`'flush'`): the producer has completed, or `flushOn` has said so.
   */
  readonly trigger: 'size' | 'timeout' | 'flush';
}

/** A batch that grows. */
interface OpenBatch<T, K> {
  readonly key: K;
  readonly openedAt: number;
  readonly events: T[];
  /** The place of each event among all. */
  readonly order: number[];
}

/** One open batch for each key. A pure state machine, which is told the time. */
export class OpenBatches<T, K> {
  readonly #size: number;
  /** The one with the oldest event comes first. */
  readonly #open = new Map<K, OpenBatch<T, K>>();
  /** The places of the events of closed batches, for those that come back. */
  readonly #orders = new WeakMap<Batch<T, K>, readonly number[]>();
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** When the oldest open batch was opened; undefined if none is open. */
  get openedAt(): number | undefined {
    return this.#open.values().next().value?.openedAt;
  }

  /** Adds an event; returns its batch if that is full, or `last` says that it ends here. */
  add(event: T, key: K, last: boolean, now: number): Batch<T, K> | undefined {
    let batch = this.#open.get(key);
    if (!batch) this.#open.set(key, (batch = { key, openedAt: now, events: [], order: [] }));
    batch.events.push(event);
    batch.order.push(this.#next++);
    if (batch.events.length >= this.#size) return this.#close(batch, 'size');
    return last ? this.#close(batch, 'flush') : undefined;
  }

  /** Closes the batches that were opened `timeoutMs` ago, or before. */
  closeOld(timeoutMs: number, now: number): readonly Batch<T, K>[] {
    const closed: Batch<T, K>[] = [];
    for (const batch of this.#open.values()) {
      if (batch.openedAt + timeoutMs > now) break;
      closed.push(this.#close(batch, 'timeout'));
    }
    return closed;
  }

  /** Closes all. */
  flush(): readonly Batch<T, K>[] {
    return [...this.#open.values()].map((batch) => this.#close(batch, 'flush'));
  }

  /** Takes all batches apart: removes the events of the open ones, and returns them and those of `closed` in their old order. */
  takeApart(closed: readonly Batch<T, K>[]): readonly T[] {
    const all: { readonly event: T; readonly order: number }[] = [];
    const add = (events: readonly T[], order: readonly number[]) => {
      events.forEach((event, i) => all.push({ event, order: order[i]! }));
    };
    for (const batch of closed) add(batch.events, this.#orders.get(batch) ?? []);
    for (const batch of this.#open.values()) add(batch.events, batch.order);
    this.#open.clear();
    return all.sort((a, b) => a.order - b.order).map(({ event }) => event);
  }

  #close({ key, events, order }: OpenBatch<T, K>, trigger: Batch<T, K>['trigger']): Batch<T, K> {
    this.#open.delete(key);
    const batch = { events, key, trigger };
    this.#orders.set(batch, order);
    return batch;
  }
}
