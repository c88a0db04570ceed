import * as fc from 'fast-check';
import { Observable, type Subscriber, type Subscription } from 'rxjs';
import {
  DemandQueue,
  consumerSupervisor,
  demandMap,
  handleEvents,
  supervise,
  type RestartStrategy,
  type SupervisedConsumer,
} from '../../src/index.ts';

// Whatever crashes, and when: each event is a result, or was held by a crash, or waits in the queue; and none is two of
// these.

/** What is done to the world; `who` chooses among the jobs that run. */
type Action =
  | { readonly type: 'enqueue'; readonly count: number }
  | { readonly type: 'finish' | 'crash'; readonly who: number }
  | { readonly type: 'complete' };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('enqueue' as const), count: fc.nat(5) }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('finish' as const), who: fc.nat(9) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('crash' as const), who: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('complete' as const) }) },
);

/** What a job does as it begins. */
const beginning = fc.constantFrom('runs', 'runs', 'runs', 'ends', 'crashes', 'adds', 'crashesAnother');

const kinds = ['demandMap', 'handleEvents', 'consumerSupervisor', 'supervise'] as const;

interface Setup {
  readonly kind: (typeof kinds)[number];
  readonly workers: number;
  readonly maxDemand: number;
  readonly minDemand: number;
  readonly strategy: RestartStrategy;
  readonly beginnings: readonly string[];
}

const setup: fc.Arbitrary<Setup> = fc
  .record({
    kind: fc.constantFrom(...kinds),
    workers: fc.integer({ min: 1, max: 3 }),
    maxDemand: fc.integer({ min: 1, max: 4 }),
    below: fc.nat(3),
    strategy: fc.constantFrom('one_for_one' as const, 'one_for_all' as const, 'rest_for_one' as const),
    beginnings: fc.array(beginning, { maxLength: 60 }),
  })
  .map(({ below, ...rest }) => ({ ...rest, minDemand: below % rest.maxDemand }));

/** A queue with a supervised consumer on it, and a count of what becomes of every event. */
class SupervisedWorld {
  readonly queue = new DemandQueue<number>();
  readonly results: number[] = [];
  readonly held: number[] = [];
  readonly discarded: number[] = [];
  completed = false;
  readonly #running = new Map<readonly number[], Subscriber<number>>();
  readonly #beginnings: string[];
  readonly #subscription: Subscription;
  #added = 0;

  constructor({ kind, strategy, workers, maxDemand, minDemand, beginnings }: Setup) {
    this.#beginnings = [...beginnings];
    this.queue.discarded.subscribe((events) => this.discarded.push(...events));
    const demand = { maxDemand, minDemand };
    const crashed = ({ events }: { readonly events: readonly number[] }) => this.held.push(...events);
    const single = (event: number) => this.#work([event]);
    const consumers: Record<Setup['kind'], SupervisedConsumer<number, number>> = {
      demandMap: demandMap(single, demand),
      handleEvents: handleEvents((batch) => this.#work(batch), demand),
      consumerSupervisor: consumerSupervisor(single, {
        ...demand,
        restart: 'transient',
        maxRestarts: 0,
        crashed,
      }),
      supervise: supervise(demandMap(single, demand), { workers: 2, maxRestarts: 0, crashed }),
    };
    this.#subscription = this.queue
      .pipe(supervise(consumers[kind], { workers, strategy, maxRestarts: Infinity, crashed }))
      .subscribe({
        next: (result) => this.results.push(result),
        complete: () => {
          this.completed = true;
        },
      });
  }

  do(next: Action): void {
    const jobs = [...this.#running];
    if (next.type === 'enqueue') this.#enqueue(next.count);
    else if (next.type === 'complete') this.queue.complete();
    else if (jobs.length > 0) {
      const [events, job] = jobs[next.who % jobs.length] as (typeof jobs)[number];
      if (next.type === 'finish') finish(events, job);
      else job.error(new Error('crash'));
    }
  }

  get running(): readonly number[] {
    return [...this.#running.keys()].flat();
  }

  /** Where each event is, in order of the events. */
  get whereabouts(): readonly number[] {
    const all = [...this.results, ...this.held, ...this.running, ...this.queue.peek(), ...this.discarded];
    return all.sort((a, b) => a - b);
  }

  /** Unsubscribes. Returns where each event is, those of the jobs that were aborted included. */
  stop(): readonly number[] {
    const { running } = this;
    this.#subscription.unsubscribe();
    return [...this.whereabouts, ...running].sort((a, b) => a - b);
  }

  get added(): readonly number[] {
    return Array.from({ length: this.#added }, (_, n) => n);
  }

  #enqueue(count: number): void {
    if (this.queue.closed) return;
    this.queue.enqueue(Array.from({ length: count }, () => this.#added++));
  }

  #work(events: readonly number[]): Observable<number> {
    return new Observable((subscriber) => {
      this.#running.set(events, subscriber);
      subscriber.add(() => this.#running.delete(events));
      const begins = this.#beginnings.shift();
      if (begins === 'ends') finish(events, subscriber);
      else if (begins === 'crashes') subscriber.error(new Error('crash'));
      else if (begins === 'adds') this.#enqueue(2);
      else if (begins === 'crashesAnother') [...this.#running.values()][0]?.error(new Error('crash'));
    });
  }
}

function finish(events: readonly number[], job: Subscriber<number>): void {
  for (const event of events) job.next(event);
  job.complete();
}

describe('Supervised workers on a DemandQueue', () => {
  it('lose no event unseen, and do none twice, whatever crashes', () => {
    fc.assert(
      fc.property(setup, fc.array(action, { maxLength: 40 }), (options, actions) => {
        const world = new SupervisedWorld(options);
        for (const next of actions) {
          if (next.type !== 'complete') world.do(next);
          expect(new Set(world.whereabouts).size).toBe(world.whereabouts.length);
        }
        expect(world.stop()).toEqual(world.added);
        expect(world.queue.demand).toBe(0);
        expect(world.discarded).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  it('are owed as many events as they have room for, once each', () => {
    fc.assert(
      fc.property(setup, fc.array(action, { maxLength: 40 }), (options, actions) => {
        const world = new SupervisedWorld({
          ...options,
          kind: 'demandMap',
          minDemand: options.maxDemand - 1,
        });
        for (const next of actions) {
          world.do(next);
          const { closed, demand, size } = world.queue;
          const room = options.workers * options.maxDemand - world.running.length;
          expect(closed || demand === (size > 0 ? 0 : room)).toBe(true);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('complete with the queue when the last of them has ended', () => {
    fc.assert(
      fc.property(setup, fc.array(action, { maxLength: 40 }), (options, actions) => {
        const world = new SupervisedWorld(options);
        for (const next of actions) world.do(next);
        world.queue.complete();
        while (world.running.length > 0) world.do({ type: 'finish', who: 0 });
        expect(world.whereabouts).toEqual(world.added);
        expect(world.completed).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
