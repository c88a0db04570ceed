import type { ObservableInput } from 'rxjs';
import { isPositiveInteger, rangeError } from '../engine/assert.ts';
import type { Link } from '../engine/Link.ts';
import type { StageRun, StageWork } from '../face/StageRun.ts';
import type { Upstream } from '../face/Upstream.ts';
import { subscribeTo } from '../face/subscribeTo.ts';
import { Alarm } from './Alarm.ts';
import type { LimitedLanes } from './LimitedLanes.ts';
import type { SteadyClock } from './SteadyClock.ts';
import { WatchedDispatcher, type DispatcherWatch } from './WatchedDispatcher.ts';

/** What the runs of one rate limiter share: the limit is the stage's, whoever its consumers are. */
export interface RateLimits<T> {
  readonly limit: number | ObservableInput<number>;
  readonly key: ((event: T) => unknown) | undefined;
  /** What has passed, also in earlier runs, and what waits in this one. */
  readonly lanes: LimitedLanes<T>;
  readonly clock: SteadyClock;
}

/** A rate limiter at work. */
export class RateLimiting<T> implements StageWork<T, T>, DispatcherWatch<T> {
  readonly #run: StageRun<T, T>;
  readonly #limit: number | ObservableInput<number>;
  readonly #key: ((event: T) => unknown) | undefined;
  readonly #lanes: LimitedLanes<T>;
  readonly #clock: SteadyClock;
  readonly #alarm: Alarm;
  #from: Link<T> | undefined;
  /** Asked for and not received yet, by the subscription there is now. */
  #inFlight = 0;
  /** The rest of a batch that has failed. */
  #rest: readonly T[] = [];
  /** There is something to do once the mail is read. */
  #due = false;
  #passing = false;

  constructor({ limit, key, lanes, clock }: RateLimits<T>, run: StageRun<T, T>) {
    this.#run = run;
    this.#limit = limit;
    this.#key = key;
    this.#lanes = lanes;
    this.#clock = clock;
    this.#alarm = new Alarm(clock, () => {
      this.demandChanged();
    });
  }

  started(): void {
    const { dispatcher } = this.#run.stage.process.outbox;
    if (dispatcher instanceof WatchedDispatcher) dispatcher.watch = this;
    if (typeof this.#limit === 'number') {
      this.#setLimit(this.#limit);
    } else {
      this.#setLimit(0);
      this.#followLimit(this.#limit);
    }
  }

  firstAsk({ link }: Upstream<T>): void {
    this.#from = link;
    this.#inFlight = 0;
    this.demandChanged();
  }

  handleEvents(events: readonly T[], from: Link<T>): void {
    if (from === this.#from) this.#inFlight = Math.max(this.#inFlight - events.length, 0);
    // They are done when they have passed.
    this.#run.process.inbox.deferred = events.length;
    const keys = this.#keysOf(events);
    const now = this.#clock.now();
    for (let i = 0; i < events.length; i++) this.#lanes.push(events[i]!, keys?.[i], now);
    this.demandChanged();
  }

  abandon(giveBack: (events: readonly T[], from: Link<T>) => void): void {
    const from = this.#from;
    if (!from) return;
    // What consumers have given back is the oldest.
    giveBack([...this.#run.stage.process.outbox.clear(), ...this.#lanes.clear(), ...this.#rest], from);
  }

  stopped(): void {
    this.#alarm.set(Infinity);
  }

  // What the dispatcher tells

  get waiting(): number {
    return this.#lanes.length;
  }

  demandChanged(): void {
    if (this.#due) return;
    this.#due = true;
    // As the last of the mail: many asks are passed on as one.
    this.#run.process.mailbox.post(this.#goOn);
  }

  passes(events: readonly T[]): boolean {
    if (this.#passing) return true;
    const keys = this.#keysOf(events);
    this.#lanes.unshift(events, (_, index) => keys?.[index], this.#clock.now());
    this.demandChanged();
    return false;
  }

  readonly #goOn = (): void => {
    this.#due = false;
    const now = this.#clock.now();
    const passed = this.#lanes.take(this.#run.process.outbox.unmet, now);
    if (passed.length > 0) {
      this.#passing = true;
      this.#run.stage.process.emitAnswer(passed);
      this.#passing = false;
    }
    const from = this.#from;
    if (!from || this.#run.exited) return;
    if (from.wantsSettled && passed.length > 0) from.settled(passed);
    this.#ask(from, now);
  };

  /** Asks for what may pass as it comes, or, where each key has its own limit, for what may turn out to. */
  #ask(from: Link<T>, now: number): void {
    const lanes = this.#lanes;
    const { unmet } = this.#run.process.outbox;
    const wanted = Math.min(unmet, from.window.maxDemand - lanes.length);
    const free = this.#key ? (lanes.limit > 0 ? Infinity : 0) : lanes.free(undefined, now);
    const opensAt = unmet > 0 ? lanes.opensAt : Infinity;
    this.#alarm.set(free < wanted ? Math.min(opensAt, lanes.freesAt(undefined)) : opensAt);
    const demand = Math.min(wanted, free) - this.#inFlight;
    // Infinity less Infinity is NaN: all has been asked for.
    if (!(demand > 0)) return;
    this.#inFlight += demand;
    from.ask(demand);
  }

  /** One that cannot be told is lost with the error; the others go back. */
  #keysOf(events: readonly T[]): readonly unknown[] | undefined {
    const key = this.#key;
    if (!key) return undefined;
    const keys: unknown[] = [];
    try {
      for (const event of events) keys.push(key(event));
    } catch (error) {
      this.#rest = events.filter((_, index) => index !== keys.length);
      throw error;
    }
    return keys;
  }

  #setLimit(limit: number): void {
    this.#lanes.setLimit(limit, this.#clock.now());
    this.demandChanged();
  }

  #followLimit(limits: ObservableInput<number>): void {
    subscribeTo(
      limits,
      {
        next: (limit) => {
          if (limit === 0 || limit === Infinity || isPositiveInteger(limit)) this.#setLimit(limit);
          else this.#run.fail(rangeError('limit', 'an integer of at least 0, or Infinity', limit));
        },
        error: (error) => {
          this.#run.fail(error);
        },
        // The last limit stays.
        complete: () => undefined,
      },
      (subscriber) => {
        this.#run.own(subscriber);
      },
    );
  }
}
