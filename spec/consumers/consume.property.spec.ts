import * as fc from 'fast-check';
import type { DemandOptions } from '../../src/index.ts';
import { PipelineWorld, expected } from '../stages/support/PipelineWorld.ts';
import {
  actions,
  complete,
  demands,
  enqueue,
  fail,
  inside,
  leave,
  oneByOne,
  steps,
} from '../stages/support/pipelines.ts';

// `consume` behind random pipelines of synchronous stages over a queue.

const consumer: fc.Arbitrary<DemandOptions> = fc.oneof(
  demands,
  fc.constant({}),
  fc.constant({ maxDemand: Infinity }),
);
const pipelines = fc.oneof(fc.constant([]), steps);

describe('consume, behind any stages', () => {
  it('gets all events at once, in order, and completes with the queue', () => {
    fc.assert(
      fc.property(
        pipelines,
        consumer,
        actions(enqueue, inside(enqueue), complete),
        (pipeline, demand, todo) => {
          const world = new PipelineWorld(pipeline, demand);
          for (const action of todo) {
            world.do(action);
            expect(world.delivered).toEqual(expected(pipeline, world.enqueued));
          }
          world.do({ type: 'complete' });
          expect(world.ended).toBe('complete');
          expect(world.broken).toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('gives back what nobody had begun when it is left, in order', () => {
    fc.assert(
      fc.property(
        pipelines,
        consumer,
        actions(enqueue, inside(enqueue), leave, inside(leave)),
        (pipeline, demand, todo) => {
          const world = new PipelineWorld(pipeline, demand);
          for (const action of todo) world.do(action);
          world.do({ type: 'leave' });
          const begun = world.begun[0] ?? world.delivered;
          expect([...begun, ...world.queue.peek()]).toEqual(world.enqueued);
          expect(world.queue.demand).toBe(0);
          expect(world.broken).toEqual([]);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('gets the results of the events before one that fails, and the events after it go back', () => {
    fc.assert(
      fc.property(
        oneByOne,
        consumer,
        actions(enqueue, inside(enqueue), fail, inside(fail)),
        (pipeline, demand, todo) => {
          const world = new PipelineWorld(pipeline, demand);
          for (const action of todo) world.do(action);
          const begun = world.begun[0]!;
          expect([...begun, ...world.queue.peek()]).toEqual(world.enqueued);
          const done = world.ended instanceof Error ? begun.slice(0, -1) : begun;
          // Of a longer pipeline it is not known which stage has failed.
          const all = pipeline.length === 1 ? expected(pipeline, done) : world.delivered;
          expect(world.delivered).toEqual(all);
          expect(world.broken).toEqual([]);
        },
      ),
      { numRuns: 1500 },
    );
  });
});
