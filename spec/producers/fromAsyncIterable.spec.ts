import { take } from 'rxjs';
import { consume, demandMap, fromAsyncIterable, type DiscardCause } from '../../src/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { range, record, settled } from '../support/record.ts';

/** An async iterable of 0, 1, ... whose every step waits for `step`, and that counts what is done with it. */
class Watched implements AsyncIterable<number> {
  opened = 0;
  closed = 0;
  /** The steps that wait. */
  readonly waiting: ((result: IteratorResult<number> | Error) => void)[] = [];
  #next = 0;

  [Symbol.asyncIterator](): AsyncIterator<number> {
    this.opened++;
    return {
      next: () =>
        new Promise((resolve, reject) => {
          this.waiting.push((result) => (result instanceof Error ? reject(result) : resolve(result)));
        }),
      return: async () => {
        this.closed++;
        return { done: true, value: undefined };
      },
    };
  }

  async give(): Promise<void> {
    this.waiting.shift()!({ done: false, value: this.#next++ });
    await settled();
  }

  async end(error?: Error): Promise<void> {
    this.waiting.shift()!(error ?? { done: true, value: undefined });
    await settled();
  }
}

async function* naturals(): AsyncGenerator<number, void> {
  for (let n = 0; ; n++) yield n;
}

describe('fromAsyncIterable', () => {
  it('pulls one event after the other, and no further than it is asked', async () => {
    const source = new Watched();
    const consumer = new RawConsumer(fromAsyncIterable(source));
    expect(source.opened).toBe(0);
    consumer.ask(2);
    expect(source.waiting).toHaveLength(1);
    await source.give();
    expect(consumer.batches).toEqual([[0]]);
    expect(source.waiting).toHaveLength(1);
    await source.give();
    expect(consumer.batches).toEqual([[0], [1]]);
    expect(source.waiting).toHaveLength(0);
    consumer.ask(1);
    expect(source.waiting).toHaveLength(1);
    expect(source.opened).toBe(1);
  });

  it('counts demand that comes while it pulls', async () => {
    const source = new Watched();
    const consumer = new RawConsumer(fromAsyncIterable(source));
    consumer.ask(1);
    consumer.ask(1);
    expect(source.waiting).toHaveLength(1);
    await source.give();
    await source.give();
    expect(consumer.events).toEqual([0, 1]);
    expect(source.waiting).toHaveLength(0);
  });

  it('completes with its source, which is not closed then', async () => {
    const source = new Watched();
    const consumer = new RawConsumer(fromAsyncIterable(source));
    consumer.ask(5);
    await source.give();
    await source.end();
    expect(consumer.events).toEqual([0]);
    expect(consumer.ended).toBe('complete');
    expect(source.closed).toBe(0);
  });

  it('errors with its source, after the events before', async () => {
    const source = new Watched();
    const consumer = new RawConsumer(fromAsyncIterable(source));
    consumer.ask(5);
    await source.give();
    await source.end(new Error('boom'));
    expect(consumer.events).toEqual([0]);
    expect((consumer.ended as Error).message).toBe('boom');
    expect(source.closed).toBe(0);
  });

  it.each<[string, () => AsyncIterator<number>]>([
    [
      'gives no iterator',
      () => {
        throw new Error('broken');
      },
    ],
    [
      'throws in next',
      () => ({
        next: () => {
          throw new Error('broken');
        },
      }),
    ],
  ])('errors if its source %s', async (_, open) => {
    const got = record(fromAsyncIterable({ [Symbol.asyncIterator]: open }).pipe(consume()));
    await settled();
    expect((got.ended as Error).message).toBe('broken');
  });

  it('closes the iterator exactly once when its last consumer leaves', async () => {
    const source = new Watched();
    const producer = fromAsyncIterable(source);
    const first = new RawConsumer(producer);
    const second = new RawConsumer(producer);
    first.ask(1);
    second.ask(1);
    await source.give();
    first.unsubscribe();
    expect(source.closed).toBe(0);
    second.unsubscribe();
    expect([source.opened, source.closed]).toEqual([1, 1]);
    await source.give();
    expect([source.opened, source.closed]).toEqual([1, 1]);
  });

  it('hands out the event that was on its way when the last consumer left', async () => {
    const source = new Watched();
    const dropped: unknown[] = [];
    const discarded = (events: readonly number[], cause: DiscardCause) => void dropped.push([events, cause]);
    const consumer = new RawConsumer(fromAsyncIterable(source, { discarded }));
    consumer.ask(2);
    await source.give();
    consumer.unsubscribe();
    await source.give();
    expect(dropped).toEqual([[[1], 'stopped']]);
    expect(consumer.events).toEqual([0]);
  });

  it('takes no notice of an error that comes after it was left', async () => {
    const source = new Watched();
    const producer = fromAsyncIterable(source);
    const consumer = new RawConsumer(producer);
    consumer.ask(1);
    consumer.unsubscribe();
    await source.end(new Error('late'));
    expect(consumer.ended).toBeUndefined();
  });

  it('begins anew for the next consumer, while the last step of the old iterator is still awaited', async () => {
    const source = new Watched();
    const producer = fromAsyncIterable(source);
    const first = new RawConsumer(producer);
    first.ask(1);
    first.unsubscribe();
    const second = new RawConsumer(producer);
    second.ask(1);
    expect(source.opened).toBe(2);
    await source.give();
    expect(second.events).toEqual([]);
    await source.give();
    expect([first.events, second.events]).toEqual([[], [1]]);
  });

  it('shares one iterator among those who come while it runs', async () => {
    const producer = fromAsyncIterable(naturals());
    const consumers = [new RawConsumer(producer), new RawConsumer(producer)];
    consumers[0]!.ask(2);
    consumers[1]!.ask(2);
    await settled();
    expect(consumers.flatMap(({ events }) => events).sort()).toEqual([0, 1, 2, 3]);
  });

  it('lets a pool take its time, and keeps the order', async () => {
    const seen: number[] = [];
    const got = record(
      fromAsyncIterable(naturals()).pipe(
        demandMap(
          async (n) => {
            seen.push(n);
            await settled();
            return n;
          },
          { maxDemand: 3 },
        ),
        take(10),
      ),
    );
    for (let i = 0; i < 20; i++) await settled();
    expect(seen.slice(0, 10)).toEqual(range(10));
    expect(got.values).toHaveLength(10);
    expect(got.ended).toBe('complete');
  });

  describe('asked without end', () => {
    it('gives all there is, until it is left', async () => {
      let closed = 0;
      const source = async function* () {
        try {
          yield* naturals();
        } finally {
          closed++;
        }
      };
      const got = record(fromAsyncIterable(source()).pipe(consume({ maxDemand: Infinity }), take(100)));
      await settled();
      expect(got.values).toEqual(range(100));
      expect(got.ended).toBe('complete');
      await settled();
      expect(closed).toBe(1);
    });

    it('serves who stays by its own demand when the endless demand is withdrawn', async () => {
      const source = new Watched();
      const producer = fromAsyncIterable(source);
      const staying = new RawConsumer(producer);
      const leaving = new RawConsumer(producer);
      leaving.ask(Infinity);
      await source.give();
      leaving.unsubscribe();
      // One was on its way.
      await source.give();
      expect(source.waiting).toHaveLength(0);
      staying.ask(2);
      expect(staying.events).toEqual([1]);
      await source.give();
      expect(staying.events).toEqual([1, 2]);
      expect(source.waiting).toHaveLength(0);
    });
  });

  it.each<[string, unknown]>([
    ['an array of 1', [1]],
    ["'abc'", 'abc'],
    ['undefined', undefined],
    ['null', null],
    ['an object', {}],
  ])('refuses %s', (shown, source) => {
    expect(() => fromAsyncIterable(source as never)).toThrow(
      new TypeError(
        `Expected \`source\` to be an async iterable, a Node stream or a web stream, got ${shown}`,
      ),
    );
  });

  it('refuses options that are out of their range', () => {
    expect(() => fromAsyncIterable(naturals(), { bufferKeep: 'none' as never })).toThrow(
      new RangeError("Expected `bufferKeep` to be one of 'first', 'last', got 'none'"),
    );
  });
});
