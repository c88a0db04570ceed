import { EMPTY, NEVER, Subject, delay, of, take, range as rangeOf } from 'rxjs';
import {
  DemandQueue,
  fromIterable,
  handleEvents,
  tapDemand,
  type BatchContext,
  type SubscribeOptions,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { inputs } from '../support/inputs.ts';
import { naturals, range, record, settled } from '../support/record.ts';

const boom = new Error('boom');

describe('handleEvents', () => {
  it.each<[SubscribeOptions, number[], number[]]>([
    [{}, [500, 500, 500, 500, 500], [1000, 500, 500, 500, 500]],
    [{ maxDemand: 1000, minDemand: 500 }, [500, 500, 500, 500, 500], [1000, 500, 500, 500, 500]],
    [{ maxDemand: 100, minDemand: 80 }, [20, 20, 20, 20, 20], [100, 20, 20, 20, 20]],
    [{ maxDemand: 100, minDemand: 20 }, [80, 20, 80, 80, 20], [100, 80, 100, 80]],
    [{ maxDemand: 1, minDemand: 0 }, [1, 1, 1, 1, 1], [1, 1, 1, 1, 1]],
    [{ maxDemand: 7 }, [4, 3, 4, 4, 3], [7, 4, 7, 4]],
  ])('with %p gets batches of %p and asks for %p', (options, sizes, asked) => {
    const asks: number[] = [];
    const source = fromIterable(naturals()).pipe(
      tapDemand((demand) => asks.push(demand)),
      handleEvents((events) => events.length, options),
      take(5),
    );
    expect(record(source).values).toEqual(sizes);
    expect(asks.slice(0, 5)).toEqual(asked);
  });

  it('handles one batch at a time, and asks when it has been handled', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const events = queue('  (abcde)-----|  ');
      const asked = '         4--2--2        ';
      const expected = '      ---x--y--z--|  ';
      const project = (batch: readonly string[]) => of(batch.join('')).pipe(delay(3));
      const values = { x: 'ab', y: 'cd', z: 'e' };
      const handled = events.pipe(handleEvents(project, { maxDemand: 4, minDemand: 2 }));
      expectObservable(handled).toBe(expected, values);
      expectDemand(events).toBe(asked);
    });
  });

  it('takes batches as they come, none empty', () => {
    const queue = new DemandQueue<number>();
    const got = record(queue.pipe(handleEvents((events) => [events], { maxDemand: 3, minDemand: 0 })));
    queue.enqueue([]);
    queue.enqueue([1]);
    queue.enqueue([2, 3]);
    queue.enqueue([4, 5, 6, 7, 8]);
    expect(got.values).toEqual([[1], [2, 3], [4, 5, 6], [7, 8]]);
  });

  it.each(inputs)('takes %s for the results of a batch', async (_, input) => {
    const got = record(fromIterable([1]).pipe(handleEvents((events) => input(events))));
    await settled();
    await settled();
    expect(got.values).toEqual([1]);
    expect(got.ended).toBe('complete');
  });

  it.each<[string, unknown, unknown[]]>([
    ['a number', 5, [5]],
    ['a string', 'abc', ['abc']],
    ['nothing', undefined, [undefined]],
    ['a promise of nothing', Promise.resolve(), [undefined]],
    ['an object', { a: 1 }, [{ a: 1 }]],
    ['an empty array', [], []],
    ['an empty Observable', EMPTY, []],
  ])('takes %s for the result', async (_, result, values) => {
    const got = record(fromIterable([1]).pipe(handleEvents(() => result)));
    await settled();
    expect(got.values).toEqual(values);
    expect(got.ended).toBe('complete');
  });

  it('emits the results of an Observable as they come', () => {
    marbles(({ queue, cold, expectObservable }) => {
      const events = queue('  (ab)--------|');
      const results = cold('  -x-y-|       ');
      const expected = '      -x-y--x-y---|';
      const options = { maxDemand: 2, minDemand: 1 };
      expectObservable(events.pipe(handleEvents(() => results, options))).toBe(expected);
    });
  });

  it.each<[string, () => unknown]>([
    ['an Observable that never ends', () => NEVER],
    ['a promise that never settles', () => new Promise(() => {})],
  ])('waits for %s', async (_, project) => {
    const queue = new DemandQueue<number>();
    const got = record(queue.pipe(handleEvents(project, { maxDemand: 2, minDemand: 0 })));
    queue.enqueue([1, 2]);
    queue.complete();
    await settled();
    expect([got.values, got.ended]).toEqual([[], undefined]);
    got.unsubscribe();
  });

  it('completes after the last batch, and errors at once also in the middle of one', async () => {
    const completing = new DemandQueue<number>();
    const slow = () => new Promise<string>((resolve) => void settled().then(() => resolve('done')));
    const completed = record(completing.pipe(handleEvents(slow)));
    completing.next(1);
    completing.complete();
    expect(completed.ended).toBeUndefined();
    await settled();
    await settled();
    expect([completed.values, completed.ended]).toEqual([['done'], 'complete']);
    for (const project of [slow, () => NEVER]) {
      const erroring = new DemandQueue<number>();
      const signals: AbortSignal[] = [];
      const handle = (_: unknown, { signal }: BatchContext) => (signals.push(signal), project());
      const errored = record(erroring.pipe(handleEvents(handle as () => unknown)));
      erroring.next(1);
      erroring.error(boom);
      expect(errored.ended).toBe(boom);
      expect(signals[0]!.aborted).toBe(true);
      await settled();
      expect(errored.values).toEqual([]);
    }
  });

  it('lets its function enqueue, ask and subscribe', () => {
    const queue = new DemandQueue<number>();
    const got = record(
      queue.pipe(
        handleEvents((events) => {
          for (const n of events) if (n < 100) queue.next(n + 1);
          return events;
        }),
      ),
    );
    queue.next(0);
    expect(got.values).toEqual(range(101));
  });

  it('shares a queue with another: each event goes to one', async () => {
    const queue = new DemandQueue<number>();
    const work = async (events: readonly number[]) => events.slice();
    const both = range(2).map(() => record(queue.pipe(handleEvents(work, { maxDemand: 2, minDemand: 0 }))));
    queue.enqueue(range(20));
    for (let i = 0; i < 20; i++) await settled();
    const all = both.flatMap(({ values }) => values.flat());
    expect(all.sort((a, b) => a - b)).toEqual(range(20));
    expect(both.every(({ values }) => values.length > 0)).toBe(true);
  });

  describe('over a plain Observable', () => {
    it('is an operator: each subscriber has all of it', () => {
      const handled = of(1, 2, 3).pipe(handleEvents((events) => [events], { maxDemand: 2, minDemand: 0 }));
      for (let i = 0; i < 2; i++) expect(record(handled).values).toEqual([[1], [2], [3]].slice(0, 3));
    });

    it('can leave one that emits at once and without end', () => {
      const source = rangeOf(0, Infinity).pipe(
        handleEvents((events) => events),
        take(4),
      );
      expect(record(source).values).toEqual(range(4));
    });

    it('keeps what comes too early, and unsubscribes when it is left', () => {
      const source = new Subject<number>();
      const got = record(source.pipe(handleEvents(() => NEVER)));
      for (const n of range(20_000)) source.next(n);
      expect(source.observed).toBe(true);
      got.unsubscribe();
      expect(source.observed).toBe(false);
    });
  });

  it.each<[string, () => unknown]>([
    ['TypeError: Expected `project` to be a function, got 5', () => handleEvents(5 as never)],
    ['TypeError: Expected `options` to be an object, got null', () => handleEvents(() => 1, null as never)],
    [
      'RangeError: Expected `maxDemand` to be a positive integer or Infinity, got 0',
      () => handleEvents(() => 1, { maxDemand: 0 }),
    ],
    [
      'RangeError: Expected `minDemand` to be an integer from 0 to below `maxDemand` (1000), got 1000',
      () => handleEvents(() => 1, { minDemand: 1000 }),
    ],
    [
      "RangeError: Expected `mode` to be one of 'automatic', 'manual', got 'x'",
      () => handleEvents(() => 1, { mode: 'x' as never }),
    ],
  ])('checks its arguments: %s', (message, call) => {
    let error: unknown;
    try {
      call();
    } catch (thrown) {
      error = thrown;
    }
    expect(String(error)).toBe(message);
  });
});
