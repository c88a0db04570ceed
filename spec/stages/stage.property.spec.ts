import * as fc from 'fast-check';
import { PipelineWorld, expected } from './support/PipelineWorld.ts';
import {
  actions,
  ask,
  complete,
  enqueue,
  fail,
  inside,
  leave,
  oneByOne,
  steps,
} from './support/pipelines.ts';

// Random pipelines of synchronous stages over a queue, with random enqueues and asks.

const using = [enqueue, ask, inside(enqueue), inside(ask)];

describe('A pipeline of synchronous stages', () => {
  it('loses nothing, keeps the order, and delivers no more than is asked for', () => {
    fc.assert(
      fc.property(steps, actions(...using), (pipeline, todo) => {
        const world = new PipelineWorld(pipeline);
        for (const action of todo) world.do(action);
        const { enqueued, delivered, queue } = world;
        const all = expected(pipeline, enqueued);
        expect(delivered).toEqual(all.slice(0, delivered.length));
        // What the queue has been asked for, it has delivered or owes.
        const asked = world.asked[0] ?? queue.demand + enqueued.length - queue.size;
        expect(asked).toBe(queue.demand + enqueued.length - queue.size);
        world.do({ type: 'complete' });
        for (let i = 0; i <= all.length && world.ended === undefined; i++)
          world.do({ type: 'ask', count: 1 });
        expect(delivered).toEqual(all);
        expect(world.ended).toBe('complete');
        expect(world.broken).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  it('asks for nothing before it is asked, and begins nothing for which nobody has asked', () => {
    fc.assert(
      fc.property(steps, actions(...using), (pipeline, todo) => {
        const world = new PipelineWorld(pipeline);
        for (const action of todo) if (action.type === 'enqueue') world.do(action);
        expect(world.asked.every((asked) => !asked)).toBe(true);
        expect(world.begun.flat()).toEqual([]);
        expect(world.queue.peek()).toEqual(world.enqueued);
      }),
      { numRuns: 100 },
    );
  });

  it('gives back what it had not begun when it is left, in order', () => {
    fc.assert(
      fc.property(steps, actions(...using, leave, inside(leave)), (pipeline, todo) => {
        const world = new PipelineWorld(pipeline);
        for (const action of todo) world.do(action);
        world.do({ type: 'leave' });
        expect([...world.begun[0]!, ...world.queue.peek()]).toEqual(world.enqueued);
        expect(world.broken).toEqual([]);
        expect(world.queue.demand).toBe(0);
      }),
      { numRuns: 1500 },
    );
  });

  it('delivers the results of the events before one that fails, and gives back the events after it', () => {
    fc.assert(
      fc.property(oneByOne, actions(...using, fail, inside(fail)), (pipeline, todo) => {
        const world = new PipelineWorld(pipeline);
        for (const action of todo) world.do(action);
        world.do({ type: 'leave' });
        expect([...world.begun[0]!, ...world.queue.peek()]).toEqual(world.enqueued);
        expect(world.broken).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  it('ends in good order whenever its queue completes', () => {
    fc.assert(
      fc.property(steps, actions(...using, complete, inside(complete)), (pipeline, todo) => {
        const world = new PipelineWorld(pipeline);
        for (const action of todo) world.do(action);
        world.do({ type: 'complete' });
        const all = expected(pipeline, world.enqueued);
        for (let i = 0; i <= all.length && world.ended === undefined; i++)
          world.do({ type: 'ask', count: 1 });
        expect(world.delivered).toEqual(all);
        expect(world.ended).toBe('complete');
        expect(world.broken).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
