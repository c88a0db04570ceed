import * as fc from 'fast-check';
import {
  DemandQueue,
  mergeProducers,
  stage,
  tapDemand,
  type DemandOptions,
  type MergedSource,
} from '../../src/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { demands } from './support/pipelines.ts';

// Several queues, merged, some behind a stage; one consumer, who may enqueue, ask or leave in the middle of a delivery.

type Action =
  | { readonly type: 'enqueue'; readonly who: number; readonly count: number }
  | { readonly type: 'ask'; readonly count: number }
  | { readonly type: 'complete'; readonly who: number }
  | { readonly type: 'inside'; readonly action: Action }
  | { readonly type: 'leave' };

interface Source extends DemandOptions {
  /** It has a stage before it, which begins events. */
  readonly staged: boolean;
}

const who = fc.nat(2);
const feeding: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ type: fc.constant('enqueue' as const), who, count: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ type: fc.constant('ask' as const), count: fc.integer({ min: 1, max: 5 }) }),
);
const complete: fc.Arbitrary<Action> = fc.record({ type: fc.constant('complete' as const), who });
const leave: fc.Arbitrary<Action> = fc.constant({ type: 'leave' });
const inside = (action: fc.Arbitrary<Action>): fc.Arbitrary<Action> =>
  fc.record({ type: fc.constant('inside' as const), action });
const actions = (...more: readonly fc.Arbitrary<Action>[]) =>
  fc.array(fc.oneof({ weight: 8, arbitrary: feeding }, ...more), { maxLength: 30 });
const sources = fc.array(
  fc.tuple(demands, fc.boolean()).map(([demand, staged]): Source => ({ ...demand, staged })),
  { minLength: 1, maxLength: 3 },
);

class World {
  readonly queues: readonly DemandQueue<string>[];
  readonly begun: string[][];
  readonly enqueued: string[][];
  readonly consumer: RawConsumer<string>;
  readonly asked: number[];
  /** Sent to the consumer, which had left. */
  readonly discarded: string[] = [];
  readonly #inside: Action[] = [];
  #next = 0;

  constructor(settings: readonly Source[]) {
    this.queues = settings.map(() => new DemandQueue());
    this.begun = settings.map(() => []);
    this.enqueued = settings.map(() => []);
    this.asked = settings.map(() => 0);
    const merged = settings.map(({ staged, ...demand }, nth): MergedSource<string> => {
      const queue = this.queues[nth]!.pipe(tapDemand((count) => (this.asked[nth]! += count)));
      const begin = (event: string) => (this.begun[nth]!.push(event), event);
      return [staged ? queue.pipe(stage(begin)) : queue, demand];
    });
    const discarded = (events: readonly string[]) => void this.discarded.push(...events);
    this.consumer = new RawConsumer(mergeProducers(merged, { discarded }), () => {
      const action = this.#inside.shift();
      if (action) this.do(action);
    });
  }

  do(action: Action): void {
    const { queues, consumer } = this;
    switch (action.type) {
      case 'enqueue': {
        const nth = action.who % queues.length;
        const queue = queues[nth]!;
        if (queue.closed) break;
        const events = Array.from({ length: action.count }, () => `${nth}/${this.#next++}`);
        this.enqueued[nth]!.push(...events);
        queue.enqueue(events);
        break;
      }
      case 'ask':
        if (!consumer.left) consumer.ask(action.count);
        break;
      case 'complete':
        queues[action.who % queues.length]!.complete();
        break;
      case 'inside':
        this.#inside.push(action.action);
        break;
      case 'leave':
        consumer.unsubscribe();
    }
  }

  /** What the consumer got of one of the sources. */
  delivered(nth: number): readonly string[] {
    return this.consumer.events.filter((event) => event.startsWith(`${nth}/`));
  }
}

// A queue that has ended takes nothing back, and says so.
beforeEach(() => jest.spyOn(console, 'warn').mockImplementation(() => {}));
afterEach(() => jest.restoreAllMocks());

describe('mergeProducers, whatever is done', () => {
  it('loses nothing, keeps the order of each source, and completes with the last', () => {
    fc.assert(
      fc.property(sources, actions(inside(feeding), complete, inside(complete)), (settings, todo) => {
        const world = new World(settings);
        for (const action of todo) {
          world.do(action);
          expect(world.consumer.owed).toBeGreaterThanOrEqual(0);
        }
        const total = world.enqueued.flat().length;
        for (const queue of world.queues) queue.complete();
        // The end needs no ask.
        const missing = () => world.enqueued.flat().length - world.consumer.events.length;
        for (let i = 0; i <= total + 40 && missing() > 0; i++) world.consumer.ask(1);
        for (const [nth, events] of world.enqueued.entries()) expect(world.delivered(nth)).toEqual(events);
        // Who has never asked is told when it does.
        world.consumer.ask(1);
        expect(world.consumer.ended).toBe('complete');
      }),
      { numRuns: 1000 },
    );
  });

  it('gives each source back what nobody has asked for, in order, when it is left', () => {
    fc.assert(
      fc.property(sources, actions(inside(feeding), complete, leave, inside(leave)), (settings, todo) => {
        const world = new World(settings);
        for (const action of todo) world.do(action);
        world.do({ type: 'leave' });
        for (const [nth, { staged }] of settings.entries()) {
          const queue = world.queues[nth]!;
          const discarded = world.discarded.filter((event) => event.startsWith(`${nth}/`));
          const gone = staged ? world.begun[nth]! : [...world.delivered(nth), ...discarded];
          // A queue that ends with its last event can take none back.
          const left = queue.closed ? world.enqueued[nth]!.slice(gone.length) : queue.peek();
          expect([...gone, ...left]).toEqual(world.enqueued[nth]);
          expect(queue.demand).toBe(0);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
