import * as fc from 'fast-check';
import { DemandQueue, stage, tapDemand, type Producer } from '../../src/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

// A stage whose work takes its time, with consumers that come and go.

type Action =
  | { readonly type: 'enqueue'; readonly count: number }
  | { readonly type: 'ask' | 'leave'; readonly who: number; readonly count: number }
  | { readonly type: 'come' }
  | { readonly type: 'finish' | 'fail'; readonly who: number };

interface Demand {
  readonly maxDemand: number;
  readonly minDemand: number;
}

class World {
  readonly queue = new DemandQueue<number>({ bufferSize: Infinity });
  readonly jobs = new ManualJobs<number>();
  readonly consumers: RawConsumer<number>[] = [];
  readonly discarded: number[] = [];
  readonly finished: number[] = [];
  enqueued = 0;
  asked = 0;
  readonly #stage: Producer<number>;

  constructor(options: Demand) {
    this.#stage = this.queue.pipe(
      tapDemand((demand) => (this.asked += demand)),
      stage(this.jobs.project, {
        ...options,
        discarded: (events) => void this.discarded.push(...events),
      }),
    );
  }

  get living(): readonly RawConsumer<number>[] {
    return this.consumers.filter(({ left, ended }) => !left && ended === undefined);
  }

  get delivered(): readonly number[] {
    return this.consumers.flatMap(({ events }) => events);
  }

  do(action: Action): void {
    switch (action.type) {
      case 'enqueue':
        this.queue.enqueue(Array.from({ length: action.count }, () => this.enqueued++));
        break;
      case 'come':
        this.consumers.push(new RawConsumer(this.#stage));
        break;
      case 'ask':
        pick(this.living, action.who)?.ask(action.count);
        break;
      case 'leave':
        pick(this.living, action.who)?.unsubscribe();
        break;
      case 'finish': {
        const event = pick(this.jobs.running, action.who);
        if (event === undefined) break;
        this.finished.push(event);
        this.jobs.finish(event);
        break;
      }
      case 'fail': {
        const event = pick(this.jobs.running, action.who);
        if (event !== undefined) this.jobs.fail(event, new Error('failed'));
      }
    }
  }
}

const pick = <T>(all: readonly T[], who: number): T | undefined => all[who % all.length];

const who = fc.nat(3);
const count = fc.integer({ min: 1, max: 5 });
const come: fc.Arbitrary<Action> = fc.constant({ type: 'come' });
const running: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ type: fc.constant('enqueue' as const), count }),
  fc.record({ type: fc.constant('ask' as const), who, count }),
  fc.record({ type: fc.constant('finish' as const), who }),
);
const any = fc.oneof(
  { weight: 8, arbitrary: running },
  { weight: 2, arbitrary: come },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('leave' as const), who, count }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('fail' as const), who }) },
);
const demand: fc.Arbitrary<Demand> = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.nat(4))
  .map(([maxDemand, min]) => ({ maxDemand, minDemand: min % maxDemand }));

const sorted = (events: readonly number[]): readonly number[] => [...events].sort((a, b) => a - b);
const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);

describe('A stage with work that takes its time', () => {
  it('works on no more than maxDemand, and delivers each result once to somebody who has asked', () => {
    fc.assert(
      fc.property(
        demand,
        fc.array(fc.oneof({ weight: 6, arbitrary: running }, come), { maxLength: 40 }),
        (options, todo) => {
          const world = new World(options);
          world.do({ type: 'come' });
          for (const action of todo) {
            world.do(action);
            expect(world.jobs.running.length).toBeLessThanOrEqual(options.maxDemand);
            for (const consumer of world.consumers) expect(consumer.owed).toBeGreaterThanOrEqual(0);
          }
          // In flight are at most maxDemand, and all the rest waits in the queue.
          const settled = world.finished.length;
          expect(world.asked - settled).toBeLessThanOrEqual(options.maxDemand);
          expect([...world.jobs.begun, ...range(world.enqueued).slice(world.jobs.begun.length)]).toEqual(
            range(world.enqueued),
          );
          // All that is asked for now is delivered once it is done.
          world.consumers[0]!.ask(world.enqueued + 1);
          while (world.jobs.running.length > 0) world.do({ type: 'finish', who: 1 });
          expect(sorted(world.delivered)).toEqual(range(world.enqueued));
        },
      ),
      { numRuns: 600 },
    );
  });

  it('keeps its books whoever comes, leaves or fails', () => {
    fc.assert(
      fc.property(demand, fc.array(any, { maxLength: 50 }), (options, todo) => {
        const world = new World(options);
        for (const action of todo) {
          world.do(action);
          expect(world.jobs.running.length).toBeLessThanOrEqual(options.maxDemand);
          for (const consumer of world.consumers) expect(consumer.owed).toBeGreaterThanOrEqual(0);
        }
        const { begun, running: working } = world.jobs;
        for (const consumer of world.living) consumer.unsubscribe();
        expect(world.jobs.running).toEqual([]);
        expect(begun).toHaveLength(new Set(begun).size);
        expect(sorted([...begun, ...world.queue.peek()])).toEqual(range(world.enqueued));
        expect(world.queue.peek()).toEqual(sorted(world.queue.peek()));
        expect(sorted([...world.delivered, ...world.discarded])).toEqual(sorted(world.finished));
        expect(working.length).toBeLessThanOrEqual(options.maxDemand);
        expect(world.queue.demand).toBe(0);
      }),
      { numRuns: 1500 },
    );
  });
});
