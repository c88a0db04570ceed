import { Subject, takeUntil, type Observable } from 'rxjs';
import { DemandQueue, demandMap, type JobContext } from '../../src/index.ts';
import { ManualJobs } from './ManualJobs.ts';
import { RawConsumer } from './RawConsumer.ts';

/** What can be done to a world. `who` chooses among what is there; actions that find nothing do nothing. */
export type Action =
  | { readonly type: 'next' | 'clear' | 'complete' | 'error' | 'subscribe' | 'break' }
  | { readonly type: 'enqueue' | 'offer'; readonly count: number }
  /** To be done inside the next delivery, job or result. */
  | { readonly type: 'plan'; readonly actions: readonly Action[] }
  | { readonly type: 'ask'; readonly who: number; readonly count: number }
  | { readonly type: 'cancel' | 'stop'; readonly who: number }
  | { readonly type: 'finish' | 'fail'; readonly who: number }
  | {
      readonly type: 'start';
      readonly maxDemand: number;
      readonly minDemand: number;
      readonly sync: boolean;
    };

/** A pool, and what it is expected to have asked for. */
interface Pool {
  readonly jobs: ManualJobs<number>;
  readonly maxDemand: number;
  readonly minDemand: number;
  readonly stop: Subject<void>;
  closed: boolean;
  /** By rule 11: running jobs and demand together. */
  inFlight: number;
}

/** A `DemandQueue` with raw consumers and pools on it, and a count of what became of every event. */
export class QueueWorld {
  readonly queue: DemandQueue<number>;
  readonly consumers: RawConsumer<number>[] = [];
  readonly pools: Pool[] = [];
  readonly accepted: number[] = [];
  readonly cleared: number[] = [];
  readonly discarded: number[] = [];
  /** All events in the order they reached a consumer or a job. */
  readonly delivered: number[] = [];
  /** The rules that were broken. */
  readonly broken: string[] = [];
  errored = false;
  /** A consumer has left in the middle of something: what it gives back may reach others after newer events. */
  leftInside = false;
  /** Events were added in the middle of an offer: they may come before the rest of it. */
  addedInOffer = false;
  /** To be done inside the next delivery, job or result. */
  readonly #later: (readonly Action[])[] = [];
  /** The next synchronous job throws. */
  #breakNext = false;
  #depth = 0;
  #offers = 0;
  #nextEvent = 0;

  readonly #bufferSize: number;

  constructor(options: { readonly bufferSize: number; readonly bufferKeep: 'first' | 'last' }) {
    this.#bufferSize = options.bufferSize;
    this.queue = new DemandQueue(options);
    this.queue.discarded.subscribe((events) => {
      this.discarded.push(...events);
      this.#inside();
    });
  }

  do(action: Action): void {
    this.#depth++;
    this.#do(action);
    this.#depth--;
  }

  /** Looks whether all is in order, now that nothing is going on. */
  check(): void {
    const { queue } = this;
    const holds = (rule: string, held: boolean) => {
      if (!held) this.broken.push(rule);
    };
    const { size, demand } = queue;
    const exited = queue.closed && (this.errored || size === 0);
    const consumers = this.#liveConsumers;
    const pools = this.#livePools;
    const whereabouts = [...this.delivered, ...queue.peek(), ...this.cleared, ...this.discarded];
    const owed = [
      ...consumers.map((consumer) => consumer.owed),
      ...pools.map(({ inFlight, jobs }) => inFlight - jobs.running.length),
    ].reduce((sum, count) => sum + count, 0);
    holds('nothing is lost or doubled', String(whereabouts.sort(byNumber)) === String(this.accepted));
    // What is given back is welcome in a full queue too.
    holds('no more wait than may', this.leftInside || size <= this.#bufferSize);
    holds('nothing waits that is wanted', size === 0 || demand === 0);
    holds('all demand is of somebody who is there', demand === (exited ? 0 : owed));
    holds('the queue is in order', this.addedInOffer || isSorted(queue.peek()));
    for (const { jobs, maxDemand } of this.pools) holds('no more jobs than workers', jobs.most <= maxDemand);
    if (!exited) return;
    holds('all consumers end', consumers.length === 0);
    holds(
      'all idle pools end',
      pools.every(({ jobs }) => jobs.running.length > 0),
    );
  }

  get #livePools(): readonly Pool[] {
    return this.pools.filter(({ closed }) => !closed);
  }

  get #liveConsumers(): readonly RawConsumer<number>[] {
    return this.consumers.filter(({ ended, left }) => ended === undefined && !left);
  }

  #do(action: Action): void {
    const { queue } = this;
    if (this.#depth > 1 && /cancel|stop|fail|error|break/.test(action.type)) this.leftInside = true;
    switch (action.type) {
      case 'next':
        if (!queue.closed) queue.next(this.#event());
        break;
      case 'enqueue':
        if (!queue.closed) queue.enqueue(Array.from({ length: action.count }, () => this.#event()));
        break;
      case 'offer':
        this.#offer(action.count);
        break;
      case 'clear':
        this.cleared.push(...queue.clear());
        break;
      case 'complete':
        queue.complete();
        break;
      case 'error':
        if (!queue.closed) this.errored = true;
        queue.error(new Error('queue'));
        break;
      case 'subscribe':
        this.#subscribe();
        break;
      case 'ask':
        pick(this.#liveConsumers, action.who)?.ask(action.count);
        break;
      case 'cancel':
        pick(this.#liveConsumers, action.who)?.unsubscribe();
        break;
      case 'start':
        this.#start(action);
        break;
      case 'plan':
        this.#later.push(action.actions);
        break;
      case 'break':
        this.#breakNext = true;
        break;
      case 'stop':
        pick(this.#livePools, action.who)?.stop.next();
        break;
      case 'finish':
      case 'fail':
        this.#end(action);
    }
  }

  /** What is planned for now that something is going on. */
  #inside(): void {
    for (const action of this.#later.shift() ?? []) this.do(action);
  }

  #event(): number {
    if (this.#offers > 0) this.addedInOffer = true;
    const event = this.#nextEvent++;
    this.accepted.push(event);
    return event;
  }

  #offer(count: number): void {
    const events = Array.from({ length: count }, () => this.#event());
    this.#offers++;
    const { accepted, refused } = this.queue.offer(events);
    this.#offers--;
    if (String([...accepted, ...refused]) !== String(events)) this.broken.push('offer');
    for (const event of refused) this.accepted.splice(this.accepted.indexOf(event), 1);
  }

  #subscribe(): void {
    const consumer: RawConsumer<number> = new RawConsumer(this.queue, (batch) => {
      if (batch.length === 0) this.broken.push('an empty batch');
      if (consumer.owed < 0) this.broken.push('more than was asked for');
      this.delivered.push(...batch);
      this.#inside();
    });
    this.consumers.push(consumer);
  }

  #start({ maxDemand, minDemand, sync }: Extract<Action, { type: 'start' }>): void {
    const jobs = new ManualJobs<number>();
    const stop = new Subject<void>();
    const pool = { jobs, maxDemand, minDemand, stop, closed: false, inFlight: maxDemand };
    this.pools.push(pool);
    const job = (event: number, context: JobContext): Observable<number> | number => {
      const work = sync ? event : jobs.project(event, context);
      if (pool.closed) this.broken.push('a job after the end');
      this.delivered.push(event);
      this.#inside();
      if (!sync) return work;
      settle(pool);
      if (!this.#breakNext) return work;
      this.#breakNext = false;
      this.leftInside = true;
      throw new Error('job');
    };
    const close = () => {
      pool.closed = true;
    };
    // `takeUntil` can stop it even while it is being subscribed to.
    this.queue
      .pipe(demandMap(job, { maxDemand, minDemand }), takeUntil(stop))
      .subscribe({ next: () => this.#inside(), error: close, complete: close });
  }

  #end({ type, who }: { readonly type: 'finish' | 'fail'; readonly who: number }): void {
    const running = this.#livePools.flatMap((pool) => pool.jobs.running.map((event) => ({ pool, event })));
    const chosen = pick(running, who);
    if (!chosen) return;
    const { pool, event } = chosen;
    if (type === 'fail') {
      pool.jobs.fail(event, new Error('job'));
      return;
    }
    settle(pool);
    pool.jobs.finish(event);
  }
}

/** A job is done: the pool asks again, by rule 11. */
function settle(pool: Pool): void {
  const left = pool.inFlight - 1;
  pool.inFlight = left > pool.minDemand ? left : pool.maxDemand;
}

const byNumber = (a: number, b: number): number => a - b;

export const isSorted = (events: readonly number[]): boolean =>
  events.every((event, i) => i === 0 || events[i - 1]! < event);

const pick = <T>(items: readonly T[], who: number): T | undefined => items[who % items.length];
