import {
  Subject,
  Subscription as Teardown,
  type Observable,
  type ObservableInput,
  type Observer,
} from 'rxjs';
import type { ProducerPort } from '../engine/Link.ts';
import { Stage } from '../engine/index.ts';
import { assertCallbacks, assertOptions, typeError } from '../engine/assert.ts';
import { QueueClosedError } from '../errors.ts';
import { Downstream } from '../face/Downstream.ts';
import { Failure } from '../face/endings.ts';
import { eventsOf, pipe } from '../face/events.ts';
import { followGate, isGate } from '../face/gate.ts';
import { infoHandlerOf } from '../face/infoHandlerOf.ts';
import { BUFFERED, PORT } from '../face/port.ts';
import type {
  DemandMode,
  DiscardCause,
  DispatchOptions,
  InfoOptions,
  Producer,
  ProducerOptions,
} from '../types.ts';

/** How a `DemandQueue` holds events, and to whom it gives them. */
export interface DemandQueueOptions<T> extends Omit<ProducerOptions<T>, 'discarded' | 'demand'>, InfoOptions {
  /**
   * `'accumulate'` holds demand and events back until `setDemand('forward')` lets them go; an Observable of the two is a
   * gate, which begins closed and stays as it is when it completes.
   * @default 'forward'
   */
  readonly demand?: DemandMode | ObservableInput<DemandMode>;
}

/** What became of the events given to `offer`. */
export interface OfferResult<T> {
  /** The queue has taken these: they are delivered or wait for demand. */
  readonly accepted: readonly T[];
  /** There was no room for these: they are still the caller's. */
  readonly refused: readonly T[];
}

/**
 * The queue: events go in as to an Observer, and come out to whoever has asked, in the order they came. Demand that
 * finds no events is kept and served when they come; events that find no demand wait. Its dispatcher decides who gets
 * what, and whether it is the oldest event that goes next.
 *
 * GenStage: the seed's `Q`, a `:producer` with a queue and its pending demand as state.
 *
 * @example
 * ```ts
 * const queue = new DemandQueue<string>();
 * queue.pipe(demandMap((user) => `synced ${user}`, { maxDemand: 2 })).subscribe(console.log);
 * queue.enqueue(['ada', 'bob']);
 * // => synced ada
 * // => synced bob
 * ```
 */
export class DemandQueue<T> implements Observer<T>, Producer<T> {
  readonly #stage: Stage<never, T>;
  readonly #discarded = new Subject<readonly T[]>();
  readonly #gate = new Teardown();
  #closed = false;
  #warned = false;

  /**
   * @param options how many events may wait, which are kept when there are more, and who gets what
   * @throws RangeError if an option is out of its range
   * @throws TypeError if an option has the wrong type
   */
  constructor(options: DemandQueueOptions<T> = {}) {
    assertOptions(options);
    assertCallbacks(options, 'handleSubscribe', 'handleCancel');
    const { demand } = options;
    const consumers = new Downstream(options);
    this.#stage = new Stage<never, T>(
      'producer',
      {
        handleSubscribe: (_, subscription) => {
          consumers.came(subscription);
        },
        handleCancel: (kind, reason, subscription) => {
          consumers.left(subscription, kind, reason);
        },
        handleInfo: infoHandlerOf(options),
        discarded: (events, cause) => {
          this.#discard(events, cause);
        },
        terminate: () => {
          // Its dispatcher may have failed.
          this.#closed = true;
          this.#gate.unsubscribe();
          const waiting = this.#stage.clear();
          if (waiting.length > 0) this.#discard(waiting, 'stopped');
          this.#discarded.complete();
        },
      },
      { ...options, demand: isGate(demand) ? 'accumulate' : (demand ?? 'forward') },
    );
    if (isGate(demand)) this.#gate.add(followGate(demand, this));
  }

  /** Events that wait for demand. */
  get size(): number {
    return this.#stage.size;
  }

  /** Demand that waits for events. */
  get demand(): number {
    return this.#stage.demand;
  }

  /** True once the queue takes no more events: it has completed or errored. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The events that were dropped: those that found the buffer full (`bufferSize`, `bufferKeep`), those for which the
   * dispatcher has no place, or only with a consumer that has left, and those that still waited when the queue errored.
   * If nobody listens, the first drop is told by a warning on the console.
   */
  get discarded(): Observable<readonly T[]> {
    return this.#discarded.asObservable();
  }

  /**
   * Adds one event.
   *
   * @throws QueueClosedError if the queue has completed or errored
   */
  next(event: T): void {
    if (this.#closed) throw new QueueClosedError();
    this.#stage.push(event);
  }

  /**
   * Adds the events in one dispatch: a consumer that is owed several gets them in one batch. A consumer that is owed
   * all of them gets this very array: leave it alone afterwards.
   *
   * GenStage: the seed's `nq`.
   *
   * @throws QueueClosedError if the queue has completed or errored
   * @throws TypeError if `events` is no iterable, or a string
   */
  enqueue(events: Iterable<T> & object): void {
    if (this.#closed) throw new QueueClosedError();
    this.#stage.emit(toArray(events));
  }

  /**
   * Adds as many of the events as there is demand and room for, from the first on, and says at once what became of
   * each. Nothing is ever dropped for them. A closed queue refuses all.
   *
   * @throws TypeError if `events` is no iterable, or a string
   */
  offer(events: Iterable<T> & object): OfferResult<T> {
    const all = toArray(events);
    let taken = 0;
    const { outbox } = this.#stage.process;
    while (taken < all.length && !this.#closed) {
      const room = Math.min(outbox.roomFor(all[taken] as T), all.length - taken);
      if (room === 0) break;
      this.#stage.emit(all.slice(taken, taken + room));
      taken += room;
    }
    return { accepted: all.slice(0, taken), refused: all.slice(taken) };
  }

  /**
   * Holds demand and events back (`'accumulate'`), or lets them go (`'forward'`): a pause, with nothing lost.
   *
   * GenStage: `GenStage.demand/2`.
   *
   * @throws RangeError if `mode` is neither
   */
  setDemand(mode: DemandMode): void {
    this.#stage.setDemand(mode);
  }

  /**
   * Sends a side message: the option `handleInfo` gets it after the events that wait now have been taken.
   *
   * GenStage: `sync_info/3`.
   */
  info(message: unknown): void {
    this.#stage.info(message);
  }

  /** A copy of the events that wait, first to last. */
  peek(): readonly T[] {
    return this.#stage.peek();
  }

  /** Removes the events that wait, and returns them. */
  clear(): readonly T[] {
    return this.#stage.clear();
  }

  /** Ends the queue: consumers complete after the last event that waits. */
  complete(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stage.drain();
  }

  /** Ends the queue at once: consumers error, and what waits is handed out by `discarded`. */
  error(error: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stage.stop(new Failure(error));
  }

  /** See `Producer.events`. */
  events(demand: Observable<number>, options?: DispatchOptions): Observable<readonly T[]> {
    return eventsOf(this, demand, options);
  }

  /** See `Producer.pipe`. */
  readonly pipe = pipe as Producer<T>['pipe'];

  /** @internal */
  [PORT](): ProducerPort<T> {
    return this.#stage.process.producer;
  }

  /** @internal */
  [BUFFERED](): number {
    return this.#stage.size;
  }

  #discard(events: readonly T[], cause: DiscardCause): void {
    if (this.#discarded.observed) {
      this.#discarded.next(events);
      return;
    }
    if (this.#warned) return;
    this.#warned = true;
    const [why, remedy] =
      cause === 'overflow'
        ? ['', ', raise `bufferSize`, or add events by `offer`, which drops none']
        : [` (${cause})`, ''];
    console.warn(
      `DemandQueue dropped ${events.length} event(s) that nobody will get${why}. Subscribe to \`discarded\` to have ` +
        `them${remedy}. Further drops are not told here.`,
    );
  }
}

function toArray<T>(events: Iterable<T>): readonly T[] {
  if (Array.isArray(events)) return events as readonly T[];
  const iterable = events as Partial<Iterable<T>> | null | undefined;
  if (typeof events === 'string' || typeof iterable?.[Symbol.iterator] !== 'function') {
    throw typeError('events', 'an iterable of events, such as an array (use `next` for one event)', events);
  }
  return Array.from(events);
}
