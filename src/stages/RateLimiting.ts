import type { ObservableInput } from 'rxjs';
import { isPositiveInteger, rangeError } from '../engine/assert.ts';
import type { Link } from '../engine/Link.ts';
import type { StageRun } from '../face/StageRun.ts';
import type { StageWork } from '../face/StageWork.ts';
import type { Upstream } from '../face/Upstream.ts';
import { subscribeTo } from '../face/subscribeTo.ts';
import { Alarm } from './Alarm.ts';
import { GuardedDispatcher, type DispatcherGuard } from './GuardedDispatcher.ts';
import type { LimitedLanes } from './LimitedLanes.ts';
import type { SteadyClock } from './SteadyClock.ts';

/** What the runs of one rate limiter share: the limit is the stage's, whoever its consumers are. */
export interface RateLimits<T> {
  readonly limit: number | ObservableInput<number>;
  readonly key: ((event: T) => unknown) | undefined;
  /** What has passed, also in earlier runs, and what waits in this one. */
  readonly lanes: LimitedLanes<T>;
  readonly clock: SteadyClock;
}

/** A rate limiter at work. */
export class RateLimiting<T> implements StageWork<T, T>, DispatcherGuard<T> {
  readonly #run: StageRun<T, T>;
  readonly #limit: number | ObservableInput<number>;
  readonly #key: ((event: T) => unknown) | undefined;
  readonly #lanes: LimitedLanes<T>;
  readonly #clock: SteadyClock;
  readonly #alarm: Alarm;
  #from: Link<T> | undefined;
  /** Asked for and not received yet, by the subscription there is now. */
  #inFlight = 0;
  /** What has come and has no place yet. */
  #rest: readonly T[] = [];
  #passing = false;
  /** What is left when the stage stops, of a producer that has completed. */
  #lost: readonly T[] = [];

  constructor({ limit, key, lanes, clock }: RateLimits<T>, run: StageRun<T, T>) {
    this.#run = run;
    this.#limit = limit;
    this.#key = key;
    this.#lanes = lanes;
    this.#clock = clock;
    this.#alarm = new Alarm(clock, () => {
      run.process.mailbox.turn();
    });
  }

  started(): void {
    const { dispatcher } = this.#run.stage.process.outbox;
    if (dispatcher instanceof GuardedDispatcher) dispatcher.guard = this;
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
  }

  handleEvents(events: readonly T[], from: Link<T>): void {
    if (from === this.#from) this.#inFlight = Math.max(this.#inFlight - events.length, 0);
    // They are done when they have passed.
    this.#run.process.inbox.deferred = events.length;
    const keys = this.#keysOf(events);
    // The function has left the stage.
    if (this.#run.exited) return;
    const now = this.#clock.now();
    for (let i = 0; i < events.length; i++) this.#lanes.push(events[i]!, keys?.[i], now);
  }

  goOn(): boolean {
    const from = this.#from;
    if (!from) return false;
    const now = this.#clock.now();
    const passed = this.#lanes.take(this.#run.process.outbox.unmet, now);
    if (passed.length > 0) {
      this.#passing = true;
      this.#run.stage.process.emitAnswer(passed);
      this.#passing = false;
      if (from.wantsSettled) from.settled(passed);
    }
    return this.#ask(from, now) || passed.length > 0;
  }

  abandon(giveBack: (events: readonly T[], from: Link<T>) => void): void {
    const from = this.#from;
    const held = [...this.#lanes.clear(), ...this.#rest];
    // What consumers have given back is the oldest.
    if (from?.openDownstream) giveBack([...this.#run.stage.process.outbox.clear(), ...held], from);
    else this.#lost = held;
  }

  stopped(): void {
    this.#alarm.set(Infinity);
    if (this.#lost.length > 0) this.#run.stage.process.discard(this.#lost, 'stopped');
  }

  // What the dispatcher asks

  get waiting(): number {
    return this.#lanes.length;
  }

  passes(events: readonly T[]): boolean {
    if (this.#passing) return true;
    const keys = this.#keysOf(events);
    this.#lanes.unshift(events, (_, index) => keys?.[index], this.#clock.now());
    return false;
  }

  /** Asks for what may pass as it comes, or, where each key has its own limit, for what may turn out to. */
  #ask(from: Link<T>, now: number): boolean {
    const lanes = this.#lanes;
    const { unmet } = this.#run.process.outbox;
    const wanted = Math.min(unmet, from.window.maxDemand - lanes.length);
    const free = this.#key ? (lanes.limit > 0 ? Infinity : 0) : lanes.free(undefined, now);
    const opensAt = unmet > 0 ? lanes.opensAt : Infinity;
    this.#alarm.set(free < wanted ? Math.min(opensAt, lanes.freesAt(undefined)) : opensAt);
    const demand = Math.min(wanted, free) - this.#inFlight;
    // Infinity less Infinity is NaN: all has been asked for.
    if (!(demand > 0)) return false;
    this.#inFlight += demand;
    from.ask(demand);
    return true;
  }

  /** An event whose key cannot be told is lost with the error; the others go back. */
  #keysOf(events: readonly T[]): readonly unknown[] | undefined {
    const key = this.#key;
    if (!key) return undefined;
    const keys: unknown[] = [];
    this.#rest = events;
    try {
      for (const event of events) keys.push(key(event));
    } catch (error) {
      this.#rest = events.filter((_, index) => index !== keys.length);
      throw error;
    }
    this.#rest = [];
    return keys;
  }

  #setLimit(limit: number): void {
    this.#lanes.setLimit(limit, this.#clock.now());
    this.#run.process.mailbox.turn();
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
