import { assertFunction, isPositiveInteger, rangeError } from '../engine/assert.ts';
import { ChunkedQueue } from '../engine/ChunkedQueue.ts';
import {
  SubscriptionRefused,
  type ConsumerRef,
  type Dispatcher,
  type DispatcherHost,
} from '../engine/protocol.ts';

/** Names a partition. */
export type PartitionName = string | number;

/**
 * How events are spread over partitions.
 *
 * GenStage: the options of `GenStage.PartitionDispatcher`.
 */
export interface PartitionOptions<T> {
  /** How many partitions (they are named 0, 1, ...), or their names. */
  readonly partitions: number | readonly PartitionName[];
  /**
   * Where an event goes: `[event, partition]`, which may rewrite the event, or `null` to discard it.
   * An event that is sent to no partition of that name is dropped and handed out as discarded.
   */
  readonly hash: (event: T) => readonly [event: T, partition: PartitionName] | null;
}

/** A side message on its way through the queues that were not empty when it came. */
interface Message {
  readonly message: unknown;
  queues: number;
}

type Queued<T> = { readonly event: T } | Message;

interface Partition<T> {
  consumer: ConsumerRef<T> | undefined;
  /** What its consumer has asked for beyond what came. */
  demand: number;
  /**
   * What came beyond what its consumer has asked for. As in GenStage it is there, if empty, once demand is used up
   * exactly, and side messages wait in it for the next ask.
   */
  queue: ChunkedQueue<Queued<T>> | undefined;
}

/**
 * Gives each event to the one consumer of its partition, which subscribes with the option `partition`. Demand is
 * passed on from every consumer; what a partition gets beyond its own demand waits in its queue.
 *
 * GenStage: `GenStage.PartitionDispatcher`. A subscription to an unknown or taken partition is refused here; there it
 * stops the producer.
 *
 * @example
 * ```ts
 * const byParity = { partitions: ['even', 'odd'], hash: (n: number) => [n, n % 2 === 0 ? 'even' : 'odd'] as const };
 * const producer = new Stage<never, number>('producer', {}, {
 *   dispatcher: (host) => new PartitionDispatcher(byParity, host),
 * });
 * const consumer = (name: string) => ({
 *   receive: (events: readonly number[]) => console.log(name, events),
 *   ended: () => undefined,
 * });
 * for (const partition of byParity.partitions) producer.attach(consumer(partition), { partition }).ask(2);
 * producer.emit([1, 2, 3, 4]);
 * // => even [ 2, 4 ]
 * // => odd [ 1, 3 ]
 * ```
 */
export class PartitionDispatcher<T> implements Dispatcher<T> {
  readonly #host: DispatcherHost<T>;
  readonly #hash: PartitionOptions<T>['hash'];
  readonly #partitions = new Map<PartitionName, Partition<T>>();
  readonly #taken = new Map<ConsumerRef<T>, Partition<T>>();
  #waiting = 0;
  /** Demand that was passed on for consumers that have left since. */
  #pending = 0;

  /**
   * @throws RangeError if `partitions` is neither a positive integer nor a list of names
   * @throws TypeError if `hash` is no function
   */
  constructor({ partitions, hash }: PartitionOptions<T>, host: DispatcherHost<T>) {
    assertFunction('hash', hash);
    const names = isPositiveInteger(partitions)
      ? Array.from({ length: partitions }, (_, i) => i)
      : partitions;
    if (!Array.isArray(names) || names.length === 0) {
      throw rangeError('partitions', 'a positive integer or a list of names', partitions);
    }
    this.#host = host;
    this.#hash = hash;
    for (const name of names as readonly PartitionName[]) {
      this.#partitions.set(name, { consumer: undefined, demand: 0, queue: undefined });
    }
  }

  get demand(): number {
    return this.#waiting;
  }

  get buffered(): number {
    let buffered = 0;
    for (const { queue } of this.#partitions.values()) buffered += queue?.length ?? 0;
    return buffered;
  }

  subscribe(consumer: ConsumerRef<T>): number {
    const name = consumer.options.partition;
    const partition = name === undefined ? undefined : this.#partitions.get(name);
    if (!partition || partition.consumer) {
      const free = [...this.#partitions]
        .filter(([, { consumer: taken }]) => !taken)
        .map(([known]) => String(known));
      throw new SubscriptionRefused(
        rangeError('partition', `a free partition (${free.join(', ') || 'none'})`, name),
      );
    }
    partition.consumer = consumer;
    this.#taken.set(consumer, partition);
    return 0;
  }

  cancel(consumer: ConsumerRef<T>): number {
    const partition = this.#taken.get(consumer);
    if (!partition) return 0;
    this.#taken.delete(consumer);
    const { demand, queue } = partition;
    partition.consumer = undefined;
    partition.demand = 0;
    partition.queue = undefined;
    if (!queue) {
      this.#pending += demand;
      return 0;
    }
    const lost: T[] = [];
    for (const item of queue) {
      if ('event' in item) lost.push(item.event);
      else this.#passed(item);
    }
    if (lost.length > 0) this.#host.discarded(lost, 'cancelled');
    this.#waiting += lost.length;
    return lost.length;
  }

  ask(consumer: ConsumerRef<T>, demand: number): number {
    const partition = this.#taken.get(consumer);
    if (!partition) return 0;
    if (partition.queue) this.#sendQueued(partition, partition.queue, demand);
    else partition.demand += demand;
    const alreadySent = Math.min(this.#pending, demand);
    if (alreadySent === Infinity) return 0;
    this.#pending -= alreadySent;
    this.#waiting += demand - alreadySent;
    return demand - alreadySent;
  }

  dispatch(events: readonly T[]): readonly T[] {
    const batches = new Map<Partition<T>, T[]>();
    const unknown: T[] = [];
    let at = 0;
    while (at < events.length && this.#waiting > 0) {
      const original = events[at++] as T;
      const target = this.#hash(original);
      if (target === null) continue;
      const [event, name] = target;
      const partition = this.#partitions.get(name);
      if (!partition) {
        unknown.push(original);
        continue;
      }
      this.#waiting--;
      const batch = batches.get(partition);
      if (batch) batch.push(event);
      else batches.set(partition, [event]);
    }
    for (const partition of this.#partitions.values()) {
      const batch = batches.get(partition);
      if (batch) this.#place(partition, batch);
    }
    if (unknown.length > 0) this.#host.discarded(unknown, 'unroutable');
    return at === 0 ? events : events.slice(at);
  }

  info(message: unknown): void {
    const item: Message = { message, queues: 0 };
    for (const { queue } of this.#partitions.values()) {
      if (!queue) continue;
      queue.push(item);
      item.queues++;
    }
    if (item.queues === 0) this.#host.deliverInfo(message);
  }

  #place(partition: Partition<T>, batch: readonly T[]): void {
    let now = batch;
    if (partition.queue || batch.length >= partition.demand) {
      now = partition.queue ? [] : batch.slice(0, partition.demand);
      partition.queue ??= new ChunkedQueue();
      for (let i = now.length; i < batch.length; i++) partition.queue.push({ event: batch[i] as T });
      partition.demand = 0;
    } else {
      partition.demand -= batch.length;
    }
    if (now.length > 0) partition.consumer?.send(now);
  }

  #sendQueued(partition: Partition<T>, queue: ChunkedQueue<Queued<T>>, demand: number): void {
    let left = demand;
    let batch: T[] = [];
    const send = () => {
      if (batch.length > 0) partition.consumer?.send(batch);
      batch = [];
    };
    while (left > 0 && queue.length > 0) {
      const item = queue.shift();
      if ('event' in item) {
        batch.push(item.event);
        left--;
      } else {
        send();
        this.#passed(item);
      }
    }
    send();
    if (left === 0) return;
    partition.queue = undefined;
    partition.demand = left;
  }

  /** One of the queues has let the message pass; it is due when all have. */
  #passed(item: Message): void {
    if (--item.queues === 0) this.#host.deliverInfo(item.message);
  }
}
