import { DemandQueue } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

/** The batches that a queue has dropped, as they come. */
function discardedBy<T>(queue: DemandQueue<T>): (readonly T[])[] {
  const batches: (readonly T[])[] = [];
  queue.discarded.subscribe((batch) => batches.push(batch));
  return batches;
}

let warn: jest.SpyInstance;

beforeEach(() => {
  warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
});

afterEach(() => {
  warn.mockRestore();
});

describe('A full DemandQueue', () => {
  it('drops the oldest events by default', () => {
    const queue = new DemandQueue<number>({ bufferSize: 3 });
    const discarded = discardedBy(queue);
    queue.enqueue([1, 2, 3]);
    queue.enqueue([4, 5]);
    expect(queue.peek()).toEqual([3, 4, 5]);
    expect(discarded).toEqual([[1, 2]]);
  });

  it("drops the newest events with bufferKeep 'first'", () => {
    const queue = new DemandQueue<number>({ bufferSize: 3, bufferKeep: 'first' });
    const discarded = discardedBy(queue);
    queue.enqueue([1, 2]);
    queue.enqueue([3, 4, 5]);
    queue.next(6);
    expect(queue.peek()).toEqual([1, 2, 3]);
    expect(discarded).toEqual([[4, 5], [6]]);
  });

  it('hands out a batch bigger than its buffer, oldest first', () => {
    const queue = new DemandQueue<number>({ bufferSize: 2, bufferKeep: 'last' });
    const discarded = discardedBy(queue);
    queue.next(0);
    queue.enqueue([1, 2, 3, 4]);
    expect(queue.peek()).toEqual([3, 4]);
    expect(discarded).toEqual([[0, 1, 2]]);
  });

  it.each(['first', 'last'] as const)("keeps nothing with bufferSize 0 and bufferKeep '%s'", (bufferKeep) => {
    const queue = new DemandQueue<number>({ bufferSize: 0, bufferKeep });
    const discarded = discardedBy(queue);
    queue.enqueue([1, 2]);
    queue.next(3);
    expect(queue.size).toBe(0);
    expect(discarded).toEqual([[1, 2], [3]]);
  });

  it('delivers what has been asked for, whatever its buffer holds', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const options = { bufferSize: 1, bufferKeep: 'first' } as const;
      const asked = '         3---------';
      const jobs = queue('    --(abcde)-', null, options);
      const expected = '      --x-------';
      const dropped = '       --y-------';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { x: ['a', 'b', 'c'] });
      expectObservable(jobs.discarded).toBe(dropped, { y: ['e'] });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('is not full while what it sends has its demand', () => {
    const queue = new DemandQueue<number>({ bufferSize: 0 });
    const discarded = discardedBy(queue);
    const consumer = new RawConsumer(queue, ([event]) => {
      if (event === 1) queue.enqueue([3, 4, 5]);
    });
    consumer.ask(4);
    queue.enqueue([1, 2]);
    expect(consumer.batches).toEqual([
      [1, 2],
      [4, 5],
    ]);
    expect(discarded).toEqual([[3]]);
  });

  it('counts on no demand that the events it is sending take up', () => {
    const queue = new DemandQueue<number>({ bufferSize: 0 });
    const discarded = discardedBy(queue);
    const seen: unknown[] = [];
    const first = new RawConsumer(queue, () => {
      seen.push(queue.demand, queue.offer([8]));
      queue.next(9);
    });
    const second = new RawConsumer(queue);
    first.ask(2);
    second.ask(1);
    queue.enqueue([1, 2, 3]);
    expect(seen).toEqual([0, { accepted: [], refused: [8] }]);
    expect(second.events).toEqual([3]);
    expect(queue.size).toBe(0);
    expect(discarded).toEqual([[9]]);
  });

  it('holds 10,000 events if it is not told otherwise', () => {
    const queue = new DemandQueue<number>();
    const discarded = discardedBy(queue);
    queue.enqueue(Array.from({ length: 10_001 }, (_, i) => i));
    expect(queue.size).toBe(10_000);
    expect(discarded).toEqual([[0]]);
  });

  it('drops none with bufferSize Infinity', () => {
    const queue = new DemandQueue<number>({ bufferSize: Infinity });
    const discarded = discardedBy(queue);
    queue.enqueue(Array.from({ length: 20_000 }, (_, i) => i));
    expect(queue.size).toBe(20_000);
    expect(discarded).toEqual([]);
  });

  it('warns once if nobody listens to what it drops', () => {
    const queue = new DemandQueue<number>({ bufferSize: 1 });
    queue.enqueue([1, 2, 3]);
    queue.enqueue([4, 5]);
    expect(warn.mock.calls).toEqual([
      [
        'DemandQueue dropped 2 event(s) that nobody will get. Subscribe to `discarded` to have them, raise ' +
          '`bufferSize`, or add events by `offer`, which drops none. Further drops are not told here.',
      ],
    ]);
  });

  it('does not warn if somebody listens', () => {
    const queue = new DemandQueue<number>({ bufferSize: 1 });
    discardedBy(queue);
    queue.enqueue([1, 2, 3]);
    expect(warn).not.toHaveBeenCalled();
  });

  it('takes an event from inside a listener to what it drops', () => {
    const queue = new DemandQueue<number>({ bufferSize: 1 });
    const discarded: (readonly number[])[] = [];
    queue.discarded.subscribe((batch) => {
      discarded.push(batch);
      if (batch.includes(1)) queue.next(9);
    });
    queue.enqueue([1, 2]);
    expect(queue.peek()).toEqual([9]);
    expect(discarded).toEqual([[1], [2]]);
  });

  it('does not count on the demand of what it is about to send, inside a listener to what it drops', () => {
    const queue = new DemandQueue<number>({ bufferSize: 0 });
    const discarded: unknown[] = [];
    queue.discarded.subscribe((batch) => {
      discarded.push(batch);
      if (batch.includes(2)) queue.next(9);
    });
    const consumer = new RawConsumer(queue);
    consumer.ask(1);
    queue.enqueue([1, 2]);
    expect(consumer.events).toEqual([1]);
    expect(discarded).toEqual([[2], [9]]);
    expect(queue.size).toBe(0);
  });

  it.each([
    [{ bufferSize: -1 }, '`bufferSize` to be an integer of at least 0, or Infinity, got -1'],
    [{ bufferSize: 1.5 }, '`bufferSize` to be an integer of at least 0, or Infinity, got 1.5'],
    [{ bufferSize: NaN }, '`bufferSize` to be an integer of at least 0, or Infinity, got NaN'],
    [{ bufferSize: '3' as never }, "`bufferSize` to be an integer of at least 0, or Infinity, got '3'"],
    [{ bufferKeep: 'all' as never }, "`bufferKeep` to be one of 'first', 'last', got 'all'"],
  ])('is not made with %j', (options, message) => {
    expect(() => new DemandQueue(options)).toThrow(new RangeError(`Expected ${message}`));
  });
});

describe('DemandQueue.offer', () => {
  it('takes what there is room for, from the first on, and refuses the rest', () => {
    const queue = new DemandQueue<number>({ bufferSize: 3 });
    expect(queue.offer([1, 2])).toEqual({ accepted: [1, 2], refused: [] });
    expect(queue.offer([3, 4, 5])).toEqual({ accepted: [3], refused: [4, 5] });
    expect(queue.offer([6])).toEqual({ accepted: [], refused: [6] });
    expect(queue.peek()).toEqual([1, 2, 3]);
  });

  it('takes what there is demand for beside the room', () => {
    const queue = new DemandQueue<number>({ bufferSize: 1 });
    const consumer = new RawConsumer(queue);
    consumer.ask(2);
    expect(queue.offer([1, 2, 3, 4])).toEqual({ accepted: [1, 2, 3], refused: [4] });
    expect(consumer.batches).toEqual([[1, 2]]);
    expect(queue.peek()).toEqual([3]);
  });

  it('takes more while a consumer makes room in the middle of it', () => {
    const queue = new DemandQueue<number>({ bufferSize: 0 });
    const consumer = new RawConsumer(queue, ([event = 0]) => {
      if (event < 4) consumer.ask(1);
    });
    consumer.ask(1);
    expect(queue.offer([1, 2, 3, 4, 5])).toEqual({ accepted: [1, 2, 3, 4], refused: [5] });
    expect(consumer.events).toEqual([1, 2, 3, 4]);
  });

  it('takes any iterable', () => {
    const queue = new DemandQueue<number>({ bufferSize: 1 });
    expect(queue.offer(new Set([1, 2]))).toEqual({ accepted: [1], refused: [2] });
  });

  it('never drops', () => {
    for (const bufferKeep of ['first', 'last'] as const) {
      const queue = new DemandQueue<number>({ bufferSize: 2, bufferKeep });
      const discarded = discardedBy(queue);
      queue.offer([1, 2, 3]);
      queue.offer([4]);
      expect(queue.peek()).toEqual([1, 2]);
      expect(discarded).toEqual([]);
    }
    expect(warn).not.toHaveBeenCalled();
  });

  it('refuses all once the queue is closed', () => {
    const completed = new DemandQueue<number>();
    completed.complete();
    expect(completed.offer([1])).toEqual({ accepted: [], refused: [1] });
    const errored = new DemandQueue<number>();
    errored.error(new Error('gone'));
    expect(errored.offer([1])).toEqual({ accepted: [], refused: [1] });
  });

  it('refuses the rest if a consumer closes the queue in the middle of it', () => {
    const queue = new DemandQueue<number>({ bufferSize: 0 });
    const consumer = new RawConsumer(queue, () => {
      queue.complete();
      consumer.ask(1);
    });
    consumer.ask(1);
    expect(queue.offer([1, 2])).toEqual({ accepted: [1], refused: [2] });
    expect(consumer.ended).toBe('complete');
  });
});
