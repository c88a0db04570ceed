import { Subject, delay, of, repeat, take } from 'rxjs';
import { broadcast, consume, demandMap, fromIterable, handleEvents } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { naturals, range, record } from '../support/record.ts';

/** An iterable of 0, 1, ... that counts what is done with it. */
class Watched implements Iterable<number> {
  opened = 0;
  pulled = 0;
  closed = 0;
  readonly #length: number;
  readonly #failsAt: number;

  constructor(length: number, failsAt = Infinity) {
    this.#length = length;
    this.#failsAt = failsAt;
  }

  [Symbol.iterator](): Iterator<number> {
    this.opened++;
    let at = 0;
    return {
      next: () => {
        this.pulled++;
        if (at === this.#failsAt) throw new Error(`failed at ${at}`);
        return at < this.#length ? { done: false, value: at++ } : { done: true, value: undefined };
      },
      return: () => {
        this.closed++;
        return { done: true, value: undefined };
      },
    };
  }
}

describe('fromIterable', () => {
  it('pulls as far as it is asked, and no further', () => {
    const source = new Watched(10);
    const consumer = new RawConsumer(fromIterable(source));
    expect(source.opened).toBe(0);
    consumer.ask(2);
    expect(consumer.batches).toEqual([[0, 1]]);
    expect(source.pulled).toBe(2);
    consumer.ask(3);
    expect(consumer.batches).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
    expect(source.pulled).toBe(5);
  });

  it('completes with the iterable, which is not closed then', () => {
    const source = new Watched(2);
    const consumer = new RawConsumer(fromIterable(source));
    consumer.ask(2);
    expect(consumer.ended).toBeUndefined();
    consumer.ask(1);
    expect(consumer.events).toEqual([0, 1]);
    expect(consumer.ended).toBe('complete');
    expect(source.closed).toBe(0);
  });

  it('completes at the first ask if it is empty', () => {
    const got = record(fromIterable([]).pipe(consume()));
    expect(got.ended).toBe('complete');
  });

  it.each<[string, Iterable<number> & object]>([
    ['an array', [0, 1, 2]],
    ['a Set', new Set([0, 1, 2])],
    ['a generator', [0, 1, 2].values()],
    ['a typed array', new Uint8Array([0, 1, 2])],
  ])('takes %s', (_, iterable) => {
    expect(record(fromIterable(iterable).pipe(consume())).values).toEqual([0, 1, 2]);
  });

  it.each<[string, unknown]>([
    ["'abc'", 'abc'],
    ['undefined', undefined],
    ['null', null],
    ['an object', {}],
    ['5', 5],
  ])('refuses %s', (shown, iterable) => {
    expect(() => fromIterable(iterable as never)).toThrow(
      new TypeError(`Expected \`iterable\` to be an iterable of events, such as an array, got ${shown}`),
    );
  });

  it('refuses options that are out of their range', () => {
    expect(() => fromIterable([], { bufferSize: 1.5 })).toThrow(
      new RangeError('Expected `bufferSize` to be an integer of at least 0, or Infinity, got 1.5'),
    );
    expect(() => fromIterable([], null as never)).toThrow(
      new TypeError('Expected `options` to be an object, got null'),
    );
  });

  it('closes the iterator exactly once when its last consumer leaves', () => {
    const source = new Watched(10);
    const producer = fromIterable(source);
    const first = new RawConsumer(producer);
    const second = new RawConsumer(producer);
    first.ask(1);
    second.ask(1);
    first.unsubscribe();
    expect(source.closed).toBe(0);
    second.unsubscribe();
    second.unsubscribe();
    expect([source.opened, source.closed]).toEqual([1, 1]);
  });

  it('closes no iterator that it has not opened, and none that has failed', () => {
    const unused = new Watched(1);
    new RawConsumer(fromIterable(unused)).unsubscribe();
    expect([unused.opened, unused.closed]).toEqual([0, 0]);
    const failing = new Watched(9, 0);
    record(fromIterable(failing).pipe(consume()));
    expect([failing.opened, failing.closed]).toEqual([1, 0]);
  });

  it('delivers the events before an error first', () => {
    const consumer = new RawConsumer(fromIterable(new Watched(9, 3)));
    consumer.ask(2);
    consumer.ask(5);
    expect(consumer.batches).toEqual([[0, 1], [2]]);
    expect((consumer.ended as Error).message).toBe('failed at 3');
  });

  it('errors if the iterable gives no iterator, and can be used again though closing it throws', () => {
    const broken = {
      [Symbol.iterator]: (): Iterator<number> => {
        throw new Error('no iterator');
      },
    };
    expect((record(fromIterable(broken).pipe(consume())).ended as Error).message).toBe('no iterator');
    const unclosable = fromIterable({
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 1 }),
        return: () => {
          throw new Error('cannot be closed');
        },
      }),
    });
    const consumer = new RawConsumer(unclosable);
    consumer.ask(1);
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    consumer.unsubscribe();
    expect(warn).toHaveBeenCalledWith('A stage failed as it stopped:', expect.anything());
    warn.mockRestore();
    // It can be used again all the same.
    const next = new RawConsumer(unclosable);
    next.ask(1);
    expect(next.events).toEqual([1]);
  });

  it('begins anew after its end, and shares one iterator meanwhile', () => {
    const source = new Watched(4);
    const producer = fromIterable(source);
    expect(record(producer.pipe(consume(), repeat(2))).values).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect(source.opened).toBe(2);
    const both = [new RawConsumer(producer), new RawConsumer(producer)];
    both[0]!.ask(1);
    both[1]!.ask(2);
    both[0]!.ask(2);
    expect(both.map(({ events }) => events)).toEqual([
      [0, 3],
      [1, 2],
    ]);
    expect(both.map(({ ended }) => ended)).toEqual(['complete', 'complete']);
    expect(source.opened).toBe(3);
  });

  it('gives events that a consumer leaves behind to the others, in their order', () => {
    const source = new Watched(10);
    const producer = fromIterable(source);
    const staying = new RawConsumer(producer);
    staying.ask(1);
    const left = record(producer.pipe(consume({ maxDemand: 6, minDemand: 0 }), take(2)));
    expect(left.values).toEqual([1, 2]);
    staying.ask(5);
    expect(staying.events).toEqual([0, 3, 4, 5, 6, 7]);
    expect(source.pulled).toBe(8);
  });

  it('gives all events to all under broadcast', () => {
    const producer = fromIterable(range(3), { dispatcher: broadcast() });
    const consumers = [new RawConsumer(producer), new RawConsumer(producer)];
    consumers[0]!.ask(Infinity);
    consumers[1]!.ask(2);
    expect(consumers.map(({ events }) => events)).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  describe('asked without end', () => {
    it('gives all there is', () => {
      const got = record(fromIterable(range(2500)).pipe(consume({ maxDemand: Infinity })));
      expect(got.values).toEqual(range(2500));
      expect(got.ended).toBe('complete');
    });

    it('can be left in the middle of an iterable without an end', () => {
      const source = new Watched(Infinity);
      const got = record(fromIterable(source).pipe(consume({ maxDemand: Infinity }), take(5)));
      expect(got.values).toEqual(range(5));
      expect(got.ended).toBe('complete');
      expect(source.closed).toBe(1);
      expect(source.pulled).toBeLessThanOrEqual(1000);
    });

    it('serves who stays by its own demand when the endless demand is withdrawn', () => {
      const source = new Watched(Infinity);
      const producer = fromIterable(source);
      const staying = new RawConsumer(producer);
      const stop = new RawConsumer(producer, () => stop.unsubscribe());
      stop.ask(Infinity);
      const { pulled } = source;
      staying.ask(2);
      expect(staying.events).toHaveLength(2);
      staying.ask(1);
      expect(staying.events).toHaveLength(3);
      expect(source.pulled).toBeLessThanOrEqual(pulled + 3);
      staying.unsubscribe();
    });

    it('waits for the slowest under broadcast, also for one who comes later', () => {
      const producer = fromIterable(naturals(), { dispatcher: broadcast() });
      const slow = new RawConsumer(producer);
      const fast = new RawConsumer(producer);
      fast.ask(Infinity);
      slow.ask(2);
      slow.ask(1);
      expect(slow.events).toEqual([0, 1, 2]);
      expect(fast.events).toEqual([0, 1, 2]);
      fast.unsubscribe();
      slow.unsubscribe();
    });

    it('gives nothing while its gate is closed', () => {
      const gate = new Subject<'forward' | 'accumulate'>();
      const source = new Watched(Infinity);
      const consumer = new RawConsumer(fromIterable(source, { demand: gate }), (batch) => {
        if (batch.includes(1500)) gate.next('accumulate');
        if (batch.includes(3500)) consumer.unsubscribe();
      });
      consumer.ask(Infinity);
      expect(source.pulled).toBe(0);
      gate.next('forward');
      expect(consumer.events).toEqual(range(2000));
      gate.next('forward');
      expect(source.closed).toBe(1);
    });
  });

  it('gives 100,000 events one by one without growing the stack', () => {
    const got = record(
      fromIterable(naturals()).pipe(
        handleEvents(([n = 0]) => n, { maxDemand: 1 }),
        take(100_000),
      ),
    );
    expect(got.values).toEqual(range(100_000));
  });

  it('is pulled at the pace of a pool', () => {
    marbles(({ expectObservable, flush, scheduler }) => {
      const pulls: string[] = [];
      const events = function* () {
        for (const event of ['a', 'b', 'c']) {
          pulls.push(`${event} at ${scheduler.now()}`);
          yield event;
        }
      };
      const expected = '--(ab)(c|)';
      const work = (event: string) => of(event).pipe(delay(event === 'c' ? 4 : 2));
      expectObservable(fromIterable(events()).pipe(demandMap(work, { maxDemand: 2 }))).toBe(expected);
      flush();
      expect(pulls).toEqual(['a at 0', 'b at 0', 'c at 2']);
    });
  });
});
