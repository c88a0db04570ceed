import * as fc from 'fast-check';
import { EventBuffer, type BufferKeep } from '../../src/engine/EventBuffer.ts';
import { range } from './support/stages.ts';

/** What waits: an event, or a side message. */
type Item = { readonly event: number } | { readonly message: number };

/** The same as one plain list. */
class Model {
  items: Item[] = [];

  constructor(
    readonly size: number,
    readonly keep: BufferKeep,
  ) {}

  get events(): readonly number[] {
    return this.items.flatMap((item) => ('event' in item ? [item.event] : []));
  }

  get estimatedCount(): number {
    return this.size === Infinity ? this.items.length : this.events.length;
  }

  store(events: readonly number[], extraRoom: number): readonly number[] {
    const room = this.size + extraRoom - this.events.length;
    if (this.keep === 'first') {
      const kept = events.slice(0, Math.max(room, 0));
      this.items.push(...kept.map((event) => ({ event })));
      return events.slice(kept.length);
    }
    this.items.push(...events.map((event) => ({ event })));
    const dropped = this.events.slice(0, Math.max(events.length - room, 0));
    this.items = this.items.filter((item) => 'message' in item || !dropped.includes(item.event));
    return dropped;
  }

  take(demand: number): readonly number[] {
    const taken: number[] = [];
    for (
      let first = this.items[0];
      taken.length < demand && first && 'event' in first;
      first = this.items[0]
    ) {
      taken.push(first.event);
      this.items.shift();
    }
    return taken;
  }

  dueMessages(demandLeft: boolean): readonly number[] {
    const due: number[] = [];
    if (this.size === Infinity && !demandLeft) return due;
    for (let first = this.items[0]; first && 'message' in first; first = this.items[0]) {
      due.push(first.message);
      this.items.shift();
    }
    return due;
  }
}

const demand = fc.oneof(fc.nat(6), fc.constant(Infinity));
const step = fc.oneof(
  fc.record({ op: fc.constant('store' as const), count: fc.nat(6), extraRoom: fc.nat(2) }),
  fc.record({ op: fc.constant('take' as const), demand }),
  fc.record({ op: fc.constant('message' as const) }),
  fc.record({ op: fc.constant('prepend' as const), count: fc.nat(3) }),
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Does one step to both, and compares what they say. */
function expectSame(buffer: EventBuffer<number>, model: Model, step: Step, next: number): void {
  const expectSameDue = (demandLeft: boolean) => {
    expect(buffer.dueMessages(demandLeft)).toEqual(model.dueMessages(demandLeft));
  };
  if (step.op === 'store') {
    const events = range(next, next + step.count);
    expect(buffer.store(events, step.extraRoom)).toEqual(model.store(events, step.extraRoom));
    // What is stored makes messages due only by what is dropped.
    if (model.size !== Infinity) expectSameDue(true);
  } else if (step.op === 'take') {
    const taken = model.take(step.demand);
    expect(buffer.take(step.demand)).toEqual(taken);
    expectSameDue(taken.length < step.demand);
  } else if (step.op === 'prepend') {
    const events = range(next, next + step.count);
    buffer.prepend(events);
    model.items.unshift(...events.map((event) => ({ event })));
  } else {
    const waits = model.estimatedCount > 0;
    expect(buffer.storeMessage(next)).toBe(waits);
    if (waits) model.items.push({ message: next });
  }
  expect(buffer.peek()).toEqual(model.events);
  expect(buffer.size).toBe(model.events.length);
  expect(buffer.estimatedCount).toBe(model.estimatedCount);
  expect(buffer.marked).toBe(model.items.some((item) => 'message' in item));
}

describe('EventBuffer, compared with a list', () => {
  it('keeps, drops and gives the same', () => {
    const size = fc.oneof(fc.nat(5), fc.constant(Infinity));
    const keep = fc.constantFrom<BufferKeep>('first', 'last');
    fc.assert(
      fc.property(size, keep, fc.array(step, { maxLength: 40 }), (bufferSize, bufferKeep, steps) => {
        const buffer = new EventBuffer<number>(bufferSize, bufferKeep);
        const model = new Model(bufferSize, bufferKeep);
        for (const [i, step] of steps.entries()) expectSame(buffer, model, step, i * 10);
      }),
      { numRuns: 500 },
    );
  });

  it('gives each event once: taken, dropped or waiting, each in its order', () => {
    const ops = fc.array(fc.record({ count: fc.nat(8), demand }), { maxLength: 30 });
    const keep = fc.constantFrom<BufferKeep>('first', 'last');
    fc.assert(
      fc.property(fc.nat(6), keep, ops, (bufferSize, bufferKeep, steps) => {
        const buffer = new EventBuffer<number>(bufferSize, bufferKeep);
        const taken: number[] = [];
        const dropped: number[] = [];
        let next = 0;
        for (const { count, demand } of steps) {
          dropped.push(...buffer.store(Array.from({ length: count }, () => next++)));
          expect(buffer.size).toBeLessThanOrEqual(bufferSize);
          taken.push(...buffer.take(demand));
        }
        const ascending = (list: readonly number[]) => [...list].sort((a, b) => a - b);
        expect(taken).toEqual(ascending(taken));
        expect(dropped).toEqual(ascending(dropped));
        const all = [...taken, ...dropped, ...buffer.peek()];
        expect(ascending(all)).toEqual(range(0, next));
      }),
      { numRuns: 200 },
    );
  });
});
