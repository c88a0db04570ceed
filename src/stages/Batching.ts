import type { SchedulerLike } from 'rxjs';
import { ChunkedQueue } from '../engine/ChunkedQueue.ts';
import type { Link } from '../engine/Link.ts';
import type { StageRun } from '../face/StageRun.ts';
import type { StageWork } from '../face/StageWork.ts';
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

/** Events that have come together, and how many of them are in a batch. */
interface Delivery<T> {
  readonly events: readonly T[];
  readonly from: Link<T>;
  at: number;
}

/** A batcher at work. */
export class Batching<T, K> implements StageWork<T, Batch<T, K>> {
  readonly #run: StageRun<T, Batch<T, K>>;
  readonly #limits: BatchLimits<T, K>;
  readonly #batches: OpenBatches<T, K>;
  readonly #clock: SteadyClock;
  readonly #alarm: Alarm;
  /** What waits until a batch is owed; the first of it may be in part in a batch. */
  #first: Delivery<T> | undefined;
  readonly #others = new ChunkedQueue<Delivery<T>>();
  /** Batches that are full and have not been emitted yet. */
  #full: Batch<T, K>[] = [];
  #finishing = false;
  #from: Link<T> | undefined;

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
    // An event is done as soon as it is in a batch: all are settled together.
    link.splits = false;
    link.ask(link.window.maxDemand);
  }

  handleEvents(events: readonly T[], from: Link<T>): void {
    this.#from = from;
    const delivery = { events, from, at: 0 };
    if (this.#first) this.#others.push(delivery);
    else this.#first = delivery;
    this.#run.process.inbox.deferred = events.length;
  }

  goOn(): boolean {
    return this.#takeIn();
  }

  finished(): void {
    this.#finishing = true;
    this.#takeIn();
  }

  abandon(giveBack: (events: readonly T[], from: Link<T>) => void): void {
    const from = this.#from;
    if (!from) return;
    // Batches that nobody has got yet are nobody's: their events go back too, unless the producer has completed.
    const closed = from.openDownstream ? this.#run.stage.process.outbox.clear() : [];
    giveBack(this.#batches.takeApart([...closed, ...this.#full]), from);
    for (let delivery = this.#first; delivery; delivery = this.#next()) {
      giveBack(delivery.events.slice(delivery.at), delivery.from);
    }
  }

  stopped(): void {
    this.#alarm.set(Infinity);
  }

  /** Takes events into batches as long as a batch is owed; false if there was nothing to do. */
  #takeIn(): boolean {
    const { outbox } = this.#run.process;
    let some = false;
    for (let delivery = this.#first; delivery && outbox.unmet > 0; delivery = this.#first) {
      some = true;
      this.#fill(delivery, outbox.unmet);
      if (delivery.at === delivery.events.length) this.#next();
    }
    if (this.#finishing && !this.#first) {
      this.#finishing = false;
      this.#run.stage.process.emitAnswer(this.#batches.flush());
      this.#run.stage.drain();
    }
    return some;
  }

  /** Takes events of a delivery until so many batches are full. An error is that of the last one: the others go back. */
  #fill(delivery: Delivery<T>, owed: number): void {
    const { key, flushOn, timeoutMs } = this.#limits;
    const { events, from, at } = delivery;
    // Without a timeout nobody looks at the clock.
    const now = timeoutMs < Infinity ? this.#clock.now() : 0;
    const full = this.#full;
    while (delivery.at < events.length && full.length < owed) {
      const event = events[delivery.at++]!;
      const batch = this.#batches.add(event, key(event), flushOn(event), now);
      if (batch) full.push(batch);
    }
    this.#full = [];
    this.#setAlarm();
    this.#run.stage.process.emitAnswer(full);
    if (from.wantsSettled) from.settled(events.slice(at, delivery.at));
    from.settle(delivery.at - at);
  }

  #next(): Delivery<T> | undefined {
    this.#first = this.#others.length > 0 ? this.#others.shift() : undefined;
    return this.#first;
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
