import { once } from 'node:events';
import { Readable } from 'node:stream';
import { take } from 'rxjs';
import { consume, demandMap, fromAsyncIterable } from '../../src/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { record, settled } from '../support/record.ts';

const objects = (events: readonly unknown[]): Readable => Readable.from(events, { objectMode: true });

/** A stream that gives nothing by itself. */
const silent = (): Readable => new Readable({ objectMode: true, read: () => {} });

/** All that waits for streams, which take several turns of the event loop, has been done. */
const streamed = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await settled();
};

describe('fromAsyncIterable of a Node stream', () => {
  it('gives its events and completes with it', async () => {
    const got = record(fromAsyncIterable(objects([1, 2, 3])).pipe(consume()));
    await streamed();
    expect(got.values).toEqual([1, 2, 3]);
    expect(got.ended).toBe('complete');
  });

  it('reads no further than it is asked', async () => {
    const read: number[] = [];
    const stream = new Readable({
      objectMode: true,
      highWaterMark: 1,
      read() {
        read.push(read.length);
        this.push(read.length);
      },
    });
    const consumer = new RawConsumer(fromAsyncIterable(stream));
    consumer.ask(2);
    await streamed();
    expect(consumer.events).toEqual([1, 2]);
    expect(read.length).toBeLessThanOrEqual(4);
    consumer.unsubscribe();
  });

  it('errors with it', async () => {
    const stream = silent();
    const got = record(fromAsyncIterable(stream).pipe(consume()));
    stream.push('a');
    await streamed();
    stream.destroy(new Error('boom'));
    await streamed();
    expect(got.values).toEqual(['a']);
    expect((got.ended as Error).message).toBe('boom');
  });

  it('destroys it when it is left, also while it waits for data', async () => {
    for (const events of [[], ['a']]) {
      const stream = silent();
      for (const event of events) stream.push(event);
      const got = record(fromAsyncIterable(stream).pipe(consume()));
      await streamed();
      expect(got.values).toEqual(events);
      const closed = once(stream, 'close');
      got.unsubscribe();
      await closed;
      expect(stream.destroyed).toBe(true);
    }
  });

  it('destroys it when a pool has enough', async () => {
    const stream = objects([1, 2, 3, 4, 5]);
    const got = record(
      fromAsyncIterable<number>(stream).pipe(
        demandMap(async (n) => n * 10, { maxDemand: 2 }),
        take(2),
      ),
    );
    await streamed();
    expect(got.values).toEqual([10, 20]);
    expect(stream.destroyed).toBe(true);
  });
});

describe('fromAsyncIterable of a web stream', () => {
  /** A stream of events, and what was done with it; with or without an async iterator of its own. */
  function webStream(events: readonly unknown[], iterable: boolean, end?: 'close' | Error) {
    const cancelled = jest.fn();
    const stream = new ReadableStream<unknown>({
      start(controller) {
        for (const event of events) controller.enqueue(event);
        if (end === 'close') controller.close();
        else if (end) controller.error(end);
      },
      cancel: cancelled,
    });
    if (!iterable) Object.defineProperty(stream, Symbol.asyncIterator, { value: undefined });
    return { stream: stream as never, locked: () => stream.locked, cancelled };
  }

  describe.each([
    ['that can be iterated', true],
    ['that cannot', false],
  ])('%s', (_, iterable) => {
    it('gives its events and completes with it', async () => {
      const { stream, cancelled } = webStream([1, 2], iterable, 'close');
      const got = record(fromAsyncIterable<number>(stream).pipe(consume()));
      await streamed();
      expect(got.values).toEqual([1, 2]);
      expect(got.ended).toBe('complete');
      expect(cancelled).not.toHaveBeenCalled();
    });

    it('errors with it', async () => {
      const { stream } = webStream([], iterable, new Error('boom'));
      const got = record(fromAsyncIterable<number>(stream).pipe(consume()));
      await streamed();
      expect((got.ended as Error).message).toBe('boom');
    });

    it('cancels it when it is left, also while it waits for data', async () => {
      const { stream, locked, cancelled } = webStream([1], iterable);
      const got = record(fromAsyncIterable<number>(stream).pipe(consume()));
      await streamed();
      expect(locked()).toBe(true);
      got.unsubscribe();
      await streamed();
      expect(got.values).toEqual([1]);
      expect(cancelled).toHaveBeenCalledTimes(1);
      expect(locked()).toBe(false);
    });

    it('errors if it is locked already', async () => {
      const { stream } = webStream([1], iterable);
      record(fromAsyncIterable<number>(stream).pipe(consume()));
      const got = record(fromAsyncIterable<number>(stream).pipe(consume()));
      await streamed();
      expect((got.ended as Error).name).toBe('TypeError');
    });
  });
});
