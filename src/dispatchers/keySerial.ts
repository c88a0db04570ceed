import { assertFunction, assertOptions, rangeError } from '../engine/assert.ts';
import type {
  ConsumerRef,
  Dispatcher,
  DispatcherFactory,
  DispatcherHost,
  HeldEvents,
} from '../engine/protocol.ts';
import { InWork } from './InWork.ts';
import { KeyLanes, type LanesOwner } from './KeyLanes.ts';
import type { Held, Waiting } from './Lane.ts';
import { LinkedList } from './LinkedList.ts';
import { Turn, Turns } from './Turns.ts';

const NONE: readonly never[] = [];

/** What belongs together, and how much may wait for it. */
export interface KeySerialOptions<T> {
  /**
   * What the event belongs to: an account, a file. Keys are compared as those of a Map. It is called once for an event
   * (again for one that is offered or comes back); an event for which it throws is discarded as `'unroutable'`, for its error is
   * no reason to hold up the others.
   */
  readonly key: (event: T) => unknown;
  /**
   * How many events may wait for busy keys before no more are asked for in their stead: an integer of at least 0, or
   * `Infinity`, in events. What the producer answers beyond that waits too: nothing that was asked for is dropped. It is
   * for producers that answer demand, and for producer-consumers; what waits in a `DemandQueue` is bounded by its
   * `bufferSize`.
   * @default 1000
   */
  readonly maxHeld?: number;
}

/** A consumer, what it is owed, and what it has in work, oldest first. */
class Worker<T> extends Turn<T> {
  readonly work = new LinkedList<Waiting<T>>();
}

/**
 * Gives the events of one key out one at a time, in their order, and those of different keys side by side: an event whose
 * key is busy holds up no other. Keys that are ready take turns, and so do consumers.
 *
 * An event is done when its consumer says so by `settled`; one that does not tell (`ConsumerRef.tells`) is taken to
 * have done its oldest as it asks for more, and if it has asked for `Infinity`, each as it gets it. What a consumer that
 * leaves had in work is done, too: at most once, as everywhere in GenStage. The dispatcher holds what waits itself.
 *
 * GenStage: has none; `GenStage.PartitionDispatcher` gives a key to one consumer, which others then wait for.
 *
 * @example
 * ```ts
 * const key = (job: string) => job[0];
 * const producer = new Stage<never, string>('producer', {}, {
 *   dispatcher: (host) => new KeySerialDispatcher({ key }, host),
 * });
 * const worker = producer.attach({
 *   tells: true,
 *   receive: (jobs: readonly string[]) => console.log(jobs),
 *   ended: () => undefined,
 * });
 * worker.ask(3);
 * producer.emit(['a1', 'a2', 'b1']); // => [ 'a1', 'b1' ]
 * worker.settled(['a1']); // => [ 'a2' ]
 * ```
 */
export class KeySerialDispatcher<T> implements Dispatcher<T> {
  readonly holds: HeldEvents<T>;
  readonly #lanes: KeyLanes<T>;
  readonly #turns = new Turns<T, Worker<T>>((consumer) => new Worker(consumer));
  readonly #inWork = new InWork<T>();
  readonly #maxHeld: number;
  /** Demand that was passed on and has not been answered. */
  #requested = 0;

  /**
   * @throws RangeError if `maxHeld` is out of its range
   * @throws TypeError if `key` is no function
   */
  constructor(options: KeySerialOptions<T>, host: DispatcherHost<T>) {
    assertKeySerialOptions(options);
    this.#maxHeld = options.maxHeld ?? 1000;
    const owner: LanesOwner<T> = {
      host,
      key: options.key,
      stored: (count) => {
        this.#requested = Math.max(this.#requested - count, 0);
        return this.#passOn();
      },
      unbegun: (event) => {
        const held = this.#inWork.find(event);
        if (held) this.#takeOffWork(held);
        return held;
      },
    };
    this.holds = this.#lanes = new KeyLanes(owner);
  }

  get demand(): number {
    return this.#turns.demand;
  }

  subscribe(consumer: ConsumerRef<T>): number {
    this.#turns.add(consumer);
    return 0;
  }

  cancel(consumer: ConsumerRef<T>): number {
    const worker = this.#turns.of(consumer);
    this.#turns.remove(worker);
    this.#doneOldest(worker, Infinity);
    return this.#passOn();
  }

  ask(consumer: ConsumerRef<T>, demand: number): number {
    const worker = this.#turns.of(consumer);
    if (!consumer.tells) this.#doneOldest(worker, demand);
    this.#turns.ask(worker, demand);
    return this.#passOn();
  }

  settled(consumer: ConsumerRef<T>, events: readonly T[]): number {
    const worker = this.#turns.of(consumer);
    for (let i = 0; i < events.length; i++) {
      const held = this.#inWork.find(events[i] as T, worker);
      if (held) this.#done(held);
    }
    return this.#passOn();
  }

  dispatch(events: readonly T[]): readonly T[] {
    const turns = this.#turns;
    const taken = this.#lanes.handOver();
    if (taken.length !== events.length)
      throw new Error('keySerial sends what it has let go, and nothing else');
    for (let i = 0; i < taken.length; i++) {
      const held = taken[i] as Held<T>;
      const worker = turns.give(held.event) as Worker<T>;
      held.turn = worker;
      worker.work.push(held);
      this.#inWork.add(held);
    }
    turns.send();
    for (let i = 0; i < taken.length; i++) {
      const held = taken[i] as Held<T>;
      // It will never ask again, so it will never say what is done.
      if (held.turn?.demand === Infinity && !held.turn.consumer.tells) this.#done(held);
    }
    this.#lanes.deliverDue();
    return NONE;
  }

  info(message: unknown): void {
    this.#lanes.info(message);
  }

  #doneOldest(worker: Worker<T>, count: number): void {
    for (let done = 0; done < count && worker.work.first; done++) this.#done(worker.work.first as Held<T>);
  }

  #done(held: Held<T>): void {
    this.#takeOffWork(held);
    this.#lanes.free(held.lane);
  }

  #takeOffWork(held: Held<T>): void {
    (held.turn as Worker<T>).work.remove(held);
    this.#inWork.remove(held);
    held.turn = undefined;
    held.lane.busy = false;
  }

  /**
   * The demand to pass on: what consumers are owed, less what may go to them now, less what waits beyond `maxHeld`, and
   * less what has been passed on already, for whomever.
   */
  #passOn(): number {
    const owed = this.#turns.demand - this.#lanes.takenCount;
    const going = Math.min(owed, this.#lanes.ready);
    const blocked = this.#lanes.length - going;
    const wanted = Math.max(owed - going - Math.max(blocked - this.#maxHeld, 0), 0);
    const more = wanted - this.#requested;
    // Infinity less Infinity is NaN: endless demand has been passed on.
    if (!(more > 0)) return 0;
    this.#requested += more;
    return more;
  }
}

/**
 * The dispatcher that gives the events of one key out one at a time, in their order, and those of different keys side by
 * side. An event whose key is busy holds up no other, and keys take turns: one with ten thousand events does not starve
 * the rest. What waits is seen in the producer's `size` and `peek()`.
 *
 * Every stage and consumer of this package tells when it has done an event: `demandMap` as the job ends, a stage as
 * its batch is handled. A bare `events(demand)` is taken to have done its oldest events as it asks for as many more;
 * the first asks are for nothing that was done. What a consumer that leaves had in work counts as done.
 *
 * GenStage: has none; its partition dispatcher gives a key to one consumer, which others then wait for.
 *
 * @param options what an event belongs to
 * @throws RangeError if `maxHeld` is out of its range
 * @throws TypeError if `key` is no function
 *
 * @example
 * ```ts
 * const queue = new DemandQueue<string>({ dispatcher: keySerial({ key: (job) => job[0] }) });
 * const work = (job: string) => of(`${job} done`).pipe(delay(job === 'a1' ? 20 : 5));
 * queue.pipe(demandMap(work, { maxDemand: 3 })).subscribe(console.log);
 * queue.enqueue(['a1', 'a2', 'b1', 'b2']);
 * console.log('these wait:', queue.peek()); // => these wait: [ 'a2', 'b2' ]
 * // => b1 done
 * // => b2 done
 * // => a1 done
 * // => a2 done
 * ```
 */
export function keySerial<T>(options: KeySerialOptions<T>): DispatcherFactory<T> {
  assertKeySerialOptions(options);
  return (host) => new KeySerialDispatcher<T>(options, host);
}

function assertKeySerialOptions<T>(options: KeySerialOptions<T>): void {
  assertOptions(options);
  const { maxHeld } = options;
  assertFunction('key', options.key);
  if (maxHeld !== undefined && maxHeld !== Infinity && !(Number.isInteger(maxHeld) && maxHeld >= 0))
    throw rangeError('maxHeld', 'an integer of at least 0, or Infinity', maxHeld);
}
