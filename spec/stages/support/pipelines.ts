import * as fc from 'fast-check';
import type { Action, Step } from './PipelineWorld.ts';

// Random pipelines, and what can be done to them.

export const demands = fc
  .tuple(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 6 })), fc.nat(5))
  .map(([maxDemand, min]) => ({ maxDemand, minDemand: min % maxDemand }));

const step = (...kinds: readonly Step['kind'][]): fc.Arbitrary<Step> =>
  fc
    .tuple(fc.constantFrom(...kinds), demands, fc.boolean())
    .map(([kind, demand, counted]) => ({ kind, ...demand, counted }));

export const steps = fc.array(
  step('plain', 'observable', 'array', 'batch', 'batchGenerator', 'filter', 'expand'),
  {
    minLength: 1,
    maxLength: 4,
  },
);

/** Stages that begin one event after the other, so that it is known which one is begun when one fails. */
export const oneByOne = fc.array(step('plain', 'observable', 'array', 'filter'), {
  minLength: 1,
  maxLength: 3,
});

export const enqueue: fc.Arbitrary<Action> = fc.record({
  type: fc.constant('enqueue' as const),
  count: fc.integer({ min: 1, max: 7 }),
});

export const ask: fc.Arbitrary<Action> = fc.record({
  type: fc.constant('ask' as const),
  count: fc.integer({ min: 1, max: 5 }),
});

export const leave: fc.Arbitrary<Action> = fc.constant({ type: 'leave' });
export const fail: fc.Arbitrary<Action> = fc.constant({ type: 'fail' });
export const complete: fc.Arbitrary<Action> = fc.constant({ type: 'complete' });

/** To be done inside a delivery, or inside the function of a stage. */
export const inside = (action: fc.Arbitrary<Action>): fc.Arbitrary<Action> =>
  fc.record({
    type: fc.constant('inside' as const),
    where: fc.constantFrom('delivery' as const, 'step' as const),
    action,
  });

/** Any number of these, most of them events and asks. */
export const actions = (...kinds: readonly fc.Arbitrary<Action>[]): fc.Arbitrary<Action[]> =>
  fc.array(
    fc.oneof(
      ...kinds.map((arbitrary) => ({
        weight: arbitrary === enqueue || arbitrary === ask ? 5 : 1,
        arbitrary,
      })),
    ),
    { maxLength: 30 },
  );
