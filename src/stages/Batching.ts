import type { SchedulerLike } from 'rxjs';
import type { Link } from '../engine/Link.ts';
import type { StageRun, StageWork } from '../face/StageRun.ts';
import type { Upstream } from '../face/Upstream.ts';
import { Alarm } from './Alarm.ts';
import { OpenBatches, type Batch } from './OpenBatches.ts';
import { SteadyClock } from './SteadyClock.ts';

/** What a batcher is set up with. */
export interface BatchLimits<T, K> {
  readonly size: number;
  readonly timeoutMs: number;
  key(this: void, event: T): K;
  flushOn(this: void, event: T): boolean;
  readonly scheduler: SchedulerLike;
}

/** A batcher at work. */
export class Batching<T, K> implements StageWork<T, Batch<T, K>> {
  readonly #run: StageRun<T, Batch<T, K>>;
  readonly #limits: BatchLimits<T, K>;
  readonly #batches: OpenBatches<T, K>;
  readonly #clock: SteadyClock;
  readonly #alarm: Alarm;
  #from: Link<T> | undefined;
  /** Batches that the events which are being handled have filled. */
  #full: Batch<T, K>[] = [];
  /** The rest of a batch that has failed. */
  #rest: readonly T[] = [];

  constructor(limits: BatchLimits<T, K>, run: StageRun<T, Batch<T, K>>) {
    this.#run = run;
    this.#limits = limits;
    this.#batches = new OpenBatches<T, K>(limits.size);
    this.#clock = new SteadyClock(limits.scheduler);
    this.#alarm = new Alarm(this.#clock, () => {
      run.process.mailbox.post(this.#timedOut);
    });
  }

  firstAsk({ link }: Upstream<T>): void {
    link.mode = 'automatic';
    // An event is done as soon as it is looked at: all are settled together.
    link.splits = false;
    link.ask(link.window.maxDemand);
  }

  handleEvents(events: readonly T[], from: Link<T>): readonly Batch<T, K>[] {
    const { key, flushOn, timeoutMs } = this.#limits;
    // Without a timeout nobody looks at the clock.
    const now = timeoutMs < Infinity ? this.#clock.now() : 0;
    this.#from = from;
    let at = 0;
    try {
      while (at < events.length) {
        const event = events[at++]!;
        const full = this.#batches.add(event, key(event), flushOn(event), now);
        if (full) this.#full.push(full);
      }
    } catch (error) {
      // The event that it comes from is lost with the error; the others go back.
      this.#rest = events.slice(at);
      throw error;
    }
    this.#setAlarm();
    const full = this.#full;
    this.#full = [];
    return full;
  }

  finished(): void {
    this.#run.stage.process.emitAnswer(this.#batches.flush());
    this.#run.stage.drain();
  }

  abandon(giveBack: (events: readonly T[], from: Link<T>) => void): void {
    if (!this.#from) return;
    // Batches that nobody has got yet are nobody's: their events go back too.
    const closed = [...this.#run.stage.process.outbox.clear(), ...this.#full];
    giveBack([...this.#batches.takeApart(closed), ...this.#rest], this.#from);
  }

  stopped(): void {
    this.#alarm.set(Infinity);
  }

  readonly #timedOut = (): void => {
    const { timeoutMs } = this.#limits;
    this.#run.stage.process.emitAnswer(this.#batches.closeOld(timeoutMs, this.#clock.now()));
    this.#setAlarm();
  };

  #setAlarm(): void {
    const { openedAt } = this.#batches;
    this.#alarm.set(openedAt === undefined ? Infinity : openedAt + this.#limits.timeoutMs);
  }
}
