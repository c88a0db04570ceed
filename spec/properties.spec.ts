import * as fc from 'fast-check';
import { QueueWorld, isSorted, type Action } from './support/QueueWorld.ts';

// Whatever is done to a queue with several raw consumers and pools, in any order, also from inside deliveries, jobs
// and results.

const who = fc.nat(5);
const count = fc.integer({ min: 1, max: 4 });

const feed: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ type: fc.constant('next' as const) }),
  fc.record({ type: fc.constantFrom('enqueue' as const, 'offer' as const), count: fc.nat(5) }),
);

const take: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('ask' as const), who, count }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('ask' as const), who, count: fc.constant(Infinity) }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('finish' as const), who }) },
);

const come: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ type: fc.constant('subscribe' as const) }),
  fc
    .tuple(count, fc.nat(3), fc.boolean())
    .map(([maxDemand, n, sync]) => ({ type: 'start' as const, maxDemand, minDemand: n % maxDemand, sync })),
);

const leave: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ type: fc.constantFrom('cancel' as const, 'stop' as const), who }),
  fc.record({ type: fc.constant('fail' as const), who }),
);

const end: fc.Arbitrary<Action> = fc.record({
  type: fc.constantFrom('clear' as const, 'break' as const, 'complete' as const, 'error' as const),
});

const action = fc.oneof(
  { weight: 6, arbitrary: feed },
  { weight: 8, arbitrary: take },
  { weight: 3, arbitrary: come },
  { weight: 2, arbitrary: leave },
  { weight: 1, arbitrary: end },
);

/** What is likely to upset somebody who is in the middle of something. */
const planned = fc.oneof(
  { weight: 2, arbitrary: feed },
  { weight: 2, arbitrary: take },
  { weight: 1, arbitrary: come },
  { weight: 4, arbitrary: leave },
  { weight: 1, arbitrary: end },
);

/** Some that are there from the start, and have asked. */
const beginning = fc.array(fc.oneof(come, take), { minLength: 3, maxLength: 12 });

const bounds = fc.record({
  bufferSize: fc.constantFrom(0, 1, 3, 100, Infinity),
  bufferKeep: fc.constantFrom('first' as const, 'last' as const),
});

function doAll(world: QueueWorld, actions: readonly Action[]): void {
  for (const next of actions) {
    world.do(next);
    world.check();
    if (world.broken.length > 0) break;
  }
  expect(world.broken).toEqual([]);
}

describe('A DemandQueue', () => {
  it('keeps its books, and FIFO order, whatever is done to it', () => {
    fc.assert(
      fc.property(bounds, fc.array(action, { maxLength: 60 }), (bufferOptions, actions) => {
        const world = new QueueWorld(bufferOptions);
        doAll(world, actions);
        expect(world.leftInside || isSorted(world.delivered)).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  it('keeps its books whatever is done to it from inside deliveries, jobs and results', () => {
    const plan = fc.array(planned, { maxLength: 3 }).map((actions): Action => ({ type: 'plan', actions }));
    const actions = fc.array(fc.oneof(action, plan), { maxLength: 60 });
    fc.assert(
      fc.property(bounds, beginning, actions, (bufferOptions, first, next) => {
        const world = new QueueWorld(bufferOptions);
        doAll(world, [...first, ...next]);
        if (world.leftInside || world.addedInOffer) return;
        for (const consumer of world.consumers) expect(isSorted(consumer.events)).toBe(true);
        for (const { jobs } of world.pools) expect(isSorted(jobs.begun)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});
