import { FirstError } from './FirstError.ts';
import { rangeError } from '../engine/assert.ts';
import { ChunkedQueue } from '../engine/ChunkedQueue.ts';
import {
  SubscriptionRefused,
  type ConsumerRef,
  type Dispatcher,
  type DispatcherFactory,
  type DispatcherHost,
} from '../engine/protocol.ts';
import { partitioning, type Hash, type PartitionName, type PartitionOptions } from './partitioning.ts';

const NONE: readonly never[] = [];

/** A side message on its way through the queues that there were when it came. */
class Message {
  readonly message: unknown;
  queues = 0;

  constructor(message: unknown) {
    this.message = message;
  }
}

class Partition<T> {
  consumer: ConsumerRef<T> | undefined;
  /** What its consumer has asked for beyond what came. */
  demand = 0;
  /**
   * What comes has to wait for the next ask. As in GenStage that begins once demand is used up exactly: there is a
   * queue then, if an empty one, and side messages wait in it.
   */
  queueing = false;
  /** What came beyond what its consumer has asked for. */
  queue: ChunkedQueue<T | Message> | undefined;
  /** What it gets of the dispatch that goes on. */
  batch: T[] | undefined;
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
  readonly #hash: Hash<T>;
  readonly #partitions = new Map<PartitionName, Partition<T>>();
  /** The same, in their order: by their names, if these are 0, 1, ... */
  readonly #all: readonly Partition<T>[];
  readonly #numbered: boolean;
  readonly #taken = new Map<ConsumerRef<T>, Partition<T>>();
  /** `hash` is the user's. */
  readonly #ownHash: boolean;
  readonly #errors = new FirstError('`hash` of partition');
  #waiting = 0;
  /** Demand that was passed on for consumers that have left since. */
  #pending = 0;

  /**
   * @throws RangeError if `partitions` is neither a positive integer nor a list of names that differ
   * @throws TypeError if `hash` is no function, or missing where partitions are named
   */
  constructor(options: PartitionOptions<T>, host: DispatcherHost<T>) {
    const { names, hash } = partitioning(options);
    this.#host = host;
    this.#hash = hash;
    this.#ownHash = options.hash !== undefined;
    for (const name of names) this.#partitions.set(name, new Partition());
    this.#all = [...this.#partitions.values()];
    this.#numbered = names.every((name, i) => name === i);
  }

  get demand(): number {
    return this.#waiting;
  }

  get buffered(): number {
    let buffered = 0;
    for (const { queue } of this.#all) buffered += queue?.length ?? 0;
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
    const { demand, queueing, queue } = partition;
    partition.consumer = undefined;
    partition.demand = 0;
    partition.queueing = false;
    partition.queue = undefined;
    if (!queueing) {
      this.#pending += demand;
      return 0;
    }
    const lost: T[] = [];
    for (const item of queue ?? NONE) {
      if (item instanceof Message) this.#passed(item);
      else lost.push(item);
    }
    if (lost.length > 0) this.#host.discarded(lost, 'cancelled');
    this.#waiting += lost.length;
    return lost.length;
  }

  ask(consumer: ConsumerRef<T>, demand: number): number {
    const partition = this.#taken.get(consumer);
    if (!partition) return 0;
    if (partition.queueing) this.#sendQueued(partition, demand);
    else partition.demand += demand;
    const alreadySent = Math.min(this.#pending, demand);
    if (alreadySent === Infinity) return 0;
    this.#pending -= alreadySent;
    this.#waiting += demand - alreadySent;
    return demand - alreadySent;
  }

  dispatch(events: readonly T[]): readonly T[] {
    let at = 0;
    while (at < events.length && this.#waiting > 0) {
      const end = Math.min(at + this.#waiting, events.length);
      this.#waiting -= end - at;
      this.#waiting += this.#sort(events, at, end);
      at = end;
    }
    for (const partition of this.#all) {
      const { batch } = partition;
      if (!batch) continue;
      partition.batch = undefined;
      place(partition, batch);
    }
    if (at === events.length) return NONE;
    return at === 0 ? events : events.slice(at);
  }

  /** Gives each event to the batch of its partition; returns how many had none. */
  #sort(events: readonly T[], from: number, end: number): number {
    const hash = this.#hash;
    const all = this.#all;
    const numbered = this.#numbered;
    let dropped = 0;
    let unknown: T[] | undefined;
    for (let at = from; at < end; at++) {
      let event = events[at] as T;
      let name: unknown;
      try {
        name = hash(event);
        if (name === null) {
          dropped++;
          continue;
        }
        if (typeof name === 'object') [event, name] = name as readonly [T, PartitionName];
      } catch (error) {
        // A hash that can serve none stops the stage.
        if (!this.#ownHash) throw error;
        this.#errors.tell(error);
        name = undefined;
      }
      // Much faster than the map.
      const partition =
        numbered && typeof name === 'number' ? all[name] : this.#partitions.get(name as PartitionName);
      if (partition === undefined) {
        dropped++;
        (unknown ??= []).push(events[at] as T);
        continue;
      }
      const { batch } = partition;
      if (batch === undefined) partition.batch = [event];
      else batch.push(event);
    }
    if (unknown) this.#host.discarded(unknown, 'unroutable');
    return dropped;
  }

  info(message: unknown): void {
    const item = new Message(message);
    for (const partition of this.#all) {
      if (!partition.queueing) continue;
      (partition.queue ??= new ChunkedQueue()).push(item);
      item.queues++;
    }
    if (item.queues === 0) this.#host.deliverInfo(message);
  }

  #sendQueued(partition: Partition<T>, demand: number): void {
    const left =
      partition.queue && partition.queue.length > 0
        ? this.#drain(partition, partition.queue, demand)
        : demand;
    if (left === 0) return;
    partition.queueing = false;
    partition.demand = left;
  }

  /** Sends what waits; returns what it leaves of the demand. */
  #drain(partition: Partition<T>, queue: ChunkedQueue<T | Message>, demand: number): number {
    let left = demand;
    let batch: T[] = [];
    while (left > 0 && queue.length > 0) {
      const item = queue.shift();
      if (!(item instanceof Message)) {
        batch.push(item);
        left--;
        continue;
      }
      if (batch.length > 0) partition.consumer?.send(batch);
      batch = [];
      this.#passed(item);
    }
    if (batch.length > 0) partition.consumer?.send(batch);
    return left;
  }

  /** One of the queues has let the message pass; it is due when all have. */
  #passed(item: Message): void {
    if (--item.queues === 0) this.#host.deliverInfo(item.message);
  }
}

/**
 * The dispatcher that gives each event to the one consumer of its partition, which subscribes with the option
 * `partition`. What a partition gets beyond its own demand waits in a queue of its own.
 *
 * GenStage: `GenStage.PartitionDispatcher`.
 *
 * @param options the partitions, and which of them an event goes to
 * @throws RangeError if `partitions` is neither a positive integer nor a list of names that differ
 * @throws TypeError if `hash` is no function, or missing where partitions are named
 *
 * @example
 * ```ts
 * const byParity = partition({ partitions: ['even', 'odd'], hash: (n: number) => [n, n % 2 === 0 ? 'even' : 'odd'] });
 * const queue = new DemandQueue<number>({ dispatcher: byParity });
 * queue.events(of(2), { partition: 'even' }).subscribe((events) => console.log('even', events));
 * queue.events(of(2), { partition: 'odd' }).subscribe((events) => console.log('odd', events));
 * queue.enqueue([1, 2, 3, 4]);
 * // => even [ 2, 4 ]
 * // => odd [ 1, 3 ]
 * ```
 */
export function partition<T>(options: PartitionOptions<T>): DispatcherFactory<T> {
  partitioning(options);
  return (host) => new PartitionDispatcher<T>(options, host);
}

/** Sends a partition as much as it has demand for, and queues the rest. */
function place<T>(partition: Partition<T>, batch: readonly T[]): void {
  if (!partition.queueing && batch.length < partition.demand) {
    partition.demand -= batch.length;
    partition.consumer?.send(batch);
    return;
  }
  const now = partition.queueing ? 0 : partition.demand;
  partition.queueing = true;
  partition.demand = 0;
  if (now < batch.length) {
    const queue = (partition.queue ??= new ChunkedQueue());
    for (let i = now; i < batch.length; i++) queue.push(batch[i] as T);
  }
  if (now > 0) partition.consumer?.send(now === batch.length ? batch : batch.slice(0, now));
}
