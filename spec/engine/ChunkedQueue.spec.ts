import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { ChunkedQueue } from '../../src/engine/ChunkedQueue.ts';
import { quiet, range } from './support/stages.ts';

/** Where a chunk ends: the first one has 16 slots, the next ones four times as many, up to 1024. */
const ENDS = [16, 80, 336, 1360, 2384, 3408];

function queueOf(events: readonly number[]): ChunkedQueue<number> {
  const queue = new ChunkedQueue<number>();
  for (const event of events) queue.push(event);
  return queue;
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe('ChunkedQueue', () => {
  it('is empty at first', () => {
    const queue = new ChunkedQueue<string>();
    expect(queue).toHaveLength(0);
    expect([...queue]).toEqual([]);
    expect(queue.take(3)).toEqual([]);
  });

  it('gives events in the order they came', () => {
    const queue = queueOf([1, 2, 3]);
    expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([1, 2, 3]);
    expect(queue).toHaveLength(0);
  });

  it('takes as many as wait, and no more', () => {
    const queue = queueOf([1, 2, 3]);
    expect(queue.take(2)).toEqual([1, 2]);
    expect(queue.take(0)).toEqual([]);
    expect(queue.take(2)).toEqual([3]);
    expect(queue).toHaveLength(0);
  });

  it('takes all for Infinity', () => {
    expect(queueOf(range(0, 3000)).take(Infinity)).toEqual(range(0, 3000));
  });

  it('puts events back in front, in their order', () => {
    const queue = queueOf([3, 4]);
    queue.prepend([1, 2]);
    expect([...queue]).toEqual([1, 2, 3, 4]);
  });

  it('takes events back when it is empty', () => {
    const queue = new ChunkedQueue<number>();
    queue.prepend([1, 2]);
    queue.push(3);
    expect(queue).toHaveLength(3);
    expect(queue.take(3)).toEqual([1, 2, 3]);
  });

  it('holds undefined as an event', () => {
    const queue = new ChunkedQueue<undefined>();
    queue.push(undefined);
    expect(queue).toHaveLength(1);
    expect([...queue]).toEqual([undefined]);
    expect(queue.take(2)).toEqual([undefined]);
  });

  it.each(ENDS.flatMap((end) => [end - 1, end, end + 1]))('keeps the order of %d events', (length) => {
    const queue = queueOf(range(0, length));
    expect(queue).toHaveLength(length);
    expect([...queue]).toEqual(range(0, length));
    const shifted = [];
    while (queue.length > 0) shifted.push(queue.shift());
    expect(shifted).toEqual(range(0, length));
    expect([...queue]).toEqual([]);
  });

  it('takes from the middle of one chunk to the middle of another', () => {
    const queue = queueOf(range(0, 4000));
    expect(queue.take(1000)).toEqual(range(0, 1000));
    expect(queue.take(2000)).toEqual(range(1000, 3000));
    expect([...queue]).toEqual(range(3000, 4000));
  });

  it('takes back more than a chunk', () => {
    const queue = queueOf(range(3000, 3010));
    queue.prepend(range(0, 3000));
    expect(queue).toHaveLength(3010);
    expect([...queue]).toEqual(range(0, 3010));
    expect(queue.take(3010)).toEqual(range(0, 3010));
  });

  it.each(ENDS)('goes on after it was drained at the end of a chunk (%d)', (end) => {
    const queue = queueOf(range(0, end));
    queue.take(end);
    queue.push(1);
    queue.prepend([0]);
    expect([...queue]).toEqual([0, 1]);
  });

  it('serves a long steady stream', () => {
    const queue = queueOf(range(0, 10));
    for (let i = 0; i < 10_000; i++) {
      queue.push(i + 10);
      if (queue.shift() !== i) throw new Error(`event ${i} is out of order`);
    }
    expect([...queue]).toEqual(range(10_000, 10_010));
  });

  it('keeps no event alive that it has given', async () => {
    const queue = new ChunkedQueue<object>();
    const refs = range(0, 2000).map(() => {
      const event = {};
      queue.push(event);
      return new WeakRef(event);
    });
    queue.shift();
    queue.take(1998);
    await quiet();
    collectGarbage();
    expect(refs.filter((ref) => ref.deref())).toHaveLength(1);
    expect(queue).toHaveLength(1);
  });
});

describe('ChunkedQueue, compared with an array', () => {
  const stepOf = (count: fc.Arbitrary<number>) =>
    fc.record({ op: fc.constantFrom('push', 'shift', 'take', 'prepend'), count });

  it('holds the same events after any steps', () => {
    const count = fc.oneof(fc.nat(5), fc.integer({ min: 1000, max: 1050 }), fc.nat(2500));
    fc.assert(
      fc.property(fc.array(stepOf(count), { maxLength: 25 }), (steps) => {
        expectSame(new ChunkedQueue<number>(), [], steps);
      }),
      { numRuns: 150 },
    );
  });

  it('holds the same events after small steps around the end of a chunk', () => {
    const first = fc
      .tuple(fc.constantFrom(...ENDS.slice(0, 4)), fc.integer({ min: -6, max: 3 }))
      .map(([a, b]) => a + b);
    fc.assert(
      fc.property(first, fc.array(stepOf(fc.nat(3)), { maxLength: 60 }), (first, steps) => {
        const queue = queueOf(range(0, first + 2));
        queue.take(first);
        expectSame(queue, [first, first + 1], steps);
      }),
      { numRuns: 300 },
    );
  });
});

interface Step {
  readonly op: string;
  readonly count: number;
}

/** Does the steps to the queue and to an array that holds the same, and compares them. */
function expectSame(queue: ChunkedQueue<number>, model: readonly number[], steps: readonly Step[]): void {
  let next = 10_000;
  for (const { op, count } of steps) {
    const events = range(next, next + count);
    next += count;
    if (op === 'push') {
      for (const event of events) queue.push(event);
      model = [...model, ...events];
    } else if (op === 'prepend') {
      queue.prepend(events);
      model = [...events, ...model];
    } else {
      const first = model.slice(0, count);
      expect(op === 'take' ? queue.take(count) : first.map(() => queue.shift())).toEqual(first);
      model = model.slice(count);
    }
    expect(queue).toHaveLength(model.length);
  }
  expect([...queue]).toEqual(model);
}
