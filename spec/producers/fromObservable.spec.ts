import { EMPTY, NEVER, Subject, of, range as rangeOf, take, throwError, type Observable } from 'rxjs';
import {
  BufferOverflowError,
  broadcast,
  consume,
  demandMap,
  fromObservable,
  type DiscardCause,
  type FromObservableOptions,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { range, record } from '../support/record.ts';

const boom = new Error('boom');

/** A Subject, a consumer that has asked for one event, and what was dropped. */
function hot(options: FromObservableOptions<number> = {}) {
  const source = new Subject<number>();
  const dropped: unknown[] = [];
  const producer = fromObservable(source, {
    discarded: (events: readonly number[], cause: DiscardCause) => void dropped.push([events, cause]),
    ...options,
  });
  const consumer = new RawConsumer(producer);
  consumer.ask(1);
  return { source, dropped, producer, consumer };
}

describe('fromObservable', () => {
  it('delivers what is asked for as it comes, and keeps the rest', () => {
    marbles(({ hot: events, demand, expectObservable, expectSubscriptions }) => {
      const source = events(' -a-bcd--e--|  ');
      const subscribed = '    ^----------!  ';
      const asked = '         1-----2-1--1--';
      const expected = '      -a----(bc)d--(e|)'.replace('(bc)d', 'x-d');
      expectObservable(fromObservable(source).events(demand(asked))).toBe(expected, {
        a: ['a'],
        x: ['b', 'c'],
        d: ['d'],
        e: ['e'],
      });
      expectSubscriptions(source.subscriptions).toBe(subscribed);
    });
  });

  it('subscribes with the first consumer, and unsubscribes with the last', () => {
    const { source, producer, consumer } = hot();
    expect(source.observed).toBe(true);
    const second = new RawConsumer(producer);
    consumer.unsubscribe();
    expect(source.observed).toBe(true);
    second.unsubscribe();
    expect(source.observed).toBe(false);
    new RawConsumer(producer);
    expect(source.observed).toBe(true);
  });

  it('completes after the last event that waits, and errors at once', () => {
    const completing = hot();
    completing.source.next(1);
    completing.source.next(2);
    completing.source.complete();
    expect(completing.consumer.ended).toBeUndefined();
    completing.consumer.ask(1);
    expect(completing.consumer.events).toEqual([1, 2]);
    expect(completing.consumer.ended).toBe('complete');
    const erroring = hot();
    erroring.source.next(1);
    erroring.source.next(2);
    erroring.source.error(boom);
    expect(erroring.consumer.events).toEqual([1]);
    expect(erroring.consumer.ended).toBe(boom);
    expect(erroring.dropped).toEqual([[[2], 'stopped']]);
  });

  it.each<[string, Observable<number>, unknown]>([
    ['is empty', EMPTY, 'complete'],
    ['never does anything', NEVER, undefined],
    ['errors at once', throwError(() => boom), boom],
  ])('ends as a source that %s', (_, source, ended) => {
    const got = record(fromObservable(source).pipe(consume()));
    expect(got.values).toEqual([]);
    expect(got.ended).toBe(ended);
  });

  it('has all events of a source that emits at once', () => {
    const consumer = new RawConsumer(fromObservable(of(1, 2, 3)));
    consumer.ask(2);
    expect(consumer.batches).toEqual([[1, 2]]);
    consumer.ask(1);
    expect(consumer.batches).toEqual([[1, 2], [3]]);
    expect(consumer.ended).toBe('complete');
  });

  it('gives all to all under broadcast', () => {
    const { source, producer, consumer } = hot({ dispatcher: broadcast() });
    const second = new RawConsumer(producer);
    source.next(1);
    expect(consumer.events).toEqual([]);
    second.ask(1);
    expect([consumer.events, second.events]).toEqual([[1], [1]]);
  });

  it('feeds a pool, and takes back what it had not begun', () => {
    const source = new Subject<number>();
    const producer = fromObservable(source);
    const staying = new RawConsumer(producer);
    const got = record(
      producer.pipe(
        demandMap((n) => n, { maxDemand: 4, minDemand: 0 }),
        take(2),
      ),
    );
    for (const n of range(5)) source.next(n);
    staying.ask(5);
    expect([got.values, staying.events]).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
  });

  it('lets the source be fed from inside a consumer', () => {
    const source = new Subject<number>();
    const consumer: RawConsumer<number> = new RawConsumer(fromObservable(source), ([n = 0]) => {
      if (n < 50_000) source.next(n + 1);
      consumer.ask(1);
    });
    consumer.ask(1);
    source.next(0);
    expect(consumer.events).toEqual(range(50_001));
  });

  it('reads a long source that emits at once to its end', () => {
    const got = record(fromObservable(rangeOf(0, 20_000), { bufferSize: Infinity }).pipe(consume()));
    expect(got.values).toEqual(range(20_000));
  });

  describe('overflow', () => {
    it.each<[string, FromObservableOptions<number>, number[], number[][]]>([
      ['drops the oldest by default', {}, [3, 4], [[1], [2]]],
      ["'dropOldest' drops those that wait", { overflow: 'dropOldest' }, [3, 4], [[1], [2]]],
      ["'dropNewest' drops those that come", { overflow: 'dropNewest' }, [1, 2], [[3], [4]]],
    ])('%s', (_, options, kept, lost) => {
      const { source, dropped, consumer } = hot({ bufferSize: 2, ...options });
      for (const n of range(5)) source.next(n);
      expect(dropped).toEqual(lost.map((events) => [events, 'overflow']));
      consumer.ask(5);
      expect(consumer.events).toEqual([0, ...kept]);
    });

    it('warns once of what is dropped if nobody listens', () => {
      const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
      new RawConsumer(fromObservable(of(1, 2, 3), { bufferSize: 1 }));
      expect(warn).toHaveBeenCalledTimes(1);
      expect(warn.mock.calls[0]![0]).toMatch(/^fromObservable dropped 1 event/);
      warn.mockRestore();
    });

    it("'error' ends the producer with the events that found no room", () => {
      const { source, dropped, producer, consumer } = hot({ bufferSize: 1, overflow: 'error' });
      source.next(1);
      source.next(2);
      expect(source.observed).toBe(true);
      source.next(3);
      expect(source.observed).toBe(false);
      expect(consumer.events).toEqual([1]);
      expect(consumer.ended).toBeInstanceOf(BufferOverflowError);
      expect((consumer.ended as BufferOverflowError).events).toEqual([3]);
      expect(dropped).toEqual([[[2], 'stopped']]);
      const next = new RawConsumer(producer);
      next.ask(1);
      source.next(4);
      expect(next.events).toEqual([4]);
    });

    it("'error' ends a producer whose source overflows it at once", () => {
      const got = record(fromObservable(of(1, 2, 3), { bufferSize: 2, overflow: 'error' }).pipe(consume()));
      expect((got.ended as BufferOverflowError).events).toEqual([3]);
    });

    it('a function is handed the events, and nothing else', () => {
      const overflow = jest.fn();
      const { source, dropped, consumer } = hot({ bufferSize: 1, overflow });
      for (const n of range(4)) source.next(n);
      expect(overflow.mock.calls).toEqual([[[2]], [[3]]]);
      expect(dropped).toEqual([]);
      consumer.unsubscribe();
      expect(overflow).toHaveBeenCalledTimes(2);
      expect(dropped).toEqual([[[1], 'stopped']]);
    });

    it('a function that throws errors the producer', () => {
      const { source, consumer } = hot({
        bufferSize: 0,
        overflow: () => {
          throw new Error('full');
        },
      });
      source.next(1);
      source.next(2);
      expect(consumer.events).toEqual([1]);
      expect((consumer.ended as Error).message).toBe('full');
    });

    it('of 0 takes only what is asked for', () => {
      const overflow = jest.fn();
      const { source, consumer } = hot({ bufferSize: 0, overflow });
      source.next(1);
      source.next(2);
      consumer.ask(1);
      source.next(3);
      expect(consumer.events).toEqual([1, 3]);
      expect(overflow.mock.calls).toEqual([[[2]]]);
    });
  });

  it.each<[string, unknown, unknown]>([
    ['`source` to be an Observable, got undefined', undefined, {}],
    ['`source` to be an Observable, got null', null, {}],
    ['`source` to be an Observable, got an array of 1', [1], {}],
    ['`options` to be an object, got null', NEVER, null],
    ['`discarded` to be a function, got 1', NEVER, { discarded: 1 }],
  ])('expects %s', (message, source, options) => {
    expect(() => fromObservable(source as never, options as never)).toThrow(
      new TypeError(`Expected ${message}`),
    );
  });

  it.each<[string, object]>([
    ["`overflow` to be one of 'dropOldest', 'dropNewest', 'error', got 'block'", { overflow: 'block' }],
    ['`bufferSize` to be an integer of at least 0, or Infinity, got -1', { bufferSize: -1 }],
  ])('expects %s', (message, options) => {
    expect(() => fromObservable(NEVER, options)).toThrow(new RangeError(`Expected ${message}`));
  });
});
