import { Readable } from 'node:stream';
import { VirtualTimeScheduler } from 'rxjs';
import {
  DemandQueue,
  fromAsyncIterable,
  fromIterable,
  stage,
  tapDemand,
  toAsyncIterable,
  type ProducerSubscription,
} from '../../src/index.ts';
import { naturals, range, settled } from '../support/record.ts';

const boom = new Error('boom');

/** Reads with a body that does something for each event. */
async function read<T>(source: AsyncIterable<T>, body: (event: T) => unknown = () => {}): Promise<T[]> {
  const events: T[] = [];
  for await (const event of source) {
    events.push(event);
    if ((await body(event)) === 'break') break;
  }
  return events;
}

const iterator = <T>(source: AsyncIterable<T>): AsyncIterator<T> => source[Symbol.asyncIterator]();

describe('toAsyncIterable', () => {
  it('gives the events in order, and ends with the producer', async () => {
    const queue = new DemandQueue<number>();
    queue.enqueue(range(5));
    queue.complete();
    expect(await read(toAsyncIterable(queue))).toEqual(range(5));
    expect(await read(toAsyncIterable(queue))).toEqual([]);
    expect(await read(toAsyncIterable(fromIterable([])))).toEqual([]);
  });

  it('asks for one event at a time, and only when it is read', async () => {
    const asked: number[] = [];
    const source = fromIterable(naturals()).pipe(tapDemand((demand) => asked.push(demand)));
    const events = iterator(toAsyncIterable(source));
    expect(asked).toEqual([]);
    expect(await events.next()).toEqual({ done: false, value: 0 });
    expect(asked).toEqual([1]);
    await settled();
    expect(asked).toEqual([1]);
    expect(await events.next()).toEqual({ done: false, value: 1 });
    expect(asked).toEqual([1, 1]);
    await events.return?.();
  });

  it('asks ahead by maxDemand and minDemand', async () => {
    const asked: number[] = [];
    const source = fromIterable(naturals()).pipe(tapDemand((demand) => asked.push(demand)));
    const events = await read(
      toAsyncIterable(source, { maxDemand: 4, minDemand: 2 }),
      (n) => n === 8 && 'break',
    );
    expect(events).toEqual(range(9));
    expect(asked).toEqual([4, 2, 2, 2, 2]);
  });

  it('waits for events that come later', async () => {
    const queue = new DemandQueue<number>();
    const events = iterator(toAsyncIterable(queue));
    const first = events.next();
    await settled();
    queue.enqueue([1, 2]);
    expect(await first).toEqual({ done: false, value: 1 });
    expect(queue.peek()).toEqual([2]);
  });

  it.each([1, 2, 10])(
    'gives back what has not been read when the loop is left; maxDemand %d',
    async (maxDemand) => {
      const queue = new DemandQueue<number>();
      queue.enqueue(range(8));
      const events = await read(toAsyncIterable(queue, { maxDemand }), (n) => n === 2 && 'break');
      expect(events).toEqual([0, 1, 2]);
      expect(queue.peek()).toEqual([3, 4, 5, 6, 7]);
      expect(queue.demand).toBe(0);
    },
  );

  it('gives back what has not been read when the loop throws', async () => {
    const queue = new DemandQueue<number>();
    queue.enqueue(range(4));
    const reading = read(toAsyncIterable(queue, { maxDemand: 4 }), () => Promise.reject(boom));
    await expect(reading).rejects.toBe(boom);
    expect(queue.peek()).toEqual([1, 2, 3]);
  });

  it('throws the error of its producer, once and at once', async () => {
    const queue = new DemandQueue<number>();
    queue.discarded.subscribe();
    const events = iterator(toAsyncIterable(queue, { maxDemand: 3 }));
    queue.enqueue([1, 2]);
    expect(await events.next()).toEqual({ done: false, value: 1 });
    queue.error(boom);
    await expect(events.next()).rejects.toBe(boom);
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('throws what a stage before it throws', async () => {
    const source = fromIterable(range(3)).pipe(
      stage((n) => {
        if (n === 1) throw boom;
        return n;
      }),
    );
    const seen: number[] = [];
    await expect(read(toAsyncIterable(source), (n) => seen.push(n))).rejects.toBe(boom);
    expect(seen).toEqual([0]);
  });

  describe('with several reads at a time', () => {
    it('answers them in order', async () => {
      const queue = new DemandQueue<number>();
      const events = iterator(toAsyncIterable(queue));
      const reads = range(4).map(() => events.next());
      queue.enqueue([1, 2]);
      queue.next(3);
      queue.complete();
      expect(await Promise.all(reads)).toEqual([
        { done: false, value: 1 },
        { done: false, value: 2 },
        { done: false, value: 3 },
        { done: true, value: undefined },
      ]);
    });

    it.each([1, 7, 1000])(
      'answers 100,000 of them without growing the stack; maxDemand %d',
      async (maxDemand) => {
        const queue = new DemandQueue<number>({ bufferSize: Infinity });
        const events = iterator(toAsyncIterable(queue, { maxDemand }));
        const reads = range(100_000).map(() => events.next());
        queue.enqueue(range(100_000));
        const results = await Promise.all(reads);
        expect(results.map(({ value }) => value as number)).toEqual(range(100_000));
      },
    );

    it('ends all that wait when it is left, and errors the first', async () => {
      const left = iterator(toAsyncIterable(new DemandQueue<number>()));
      const reads = range(3).map(() => left.next());
      expect(await left.return?.()).toEqual({ done: true, value: undefined });
      expect(await Promise.all(reads)).toEqual(range(3).map(() => ({ done: true, value: undefined })));
      const queue = new DemandQueue<number>();
      const failing = iterator(toAsyncIterable(queue));
      const failed = range(2).map(() => failing.next());
      queue.error(boom);
      await expect(failed[0]).rejects.toBe(boom);
      expect(await failed[1]).toEqual({ done: true, value: undefined });
    });
  });

  it('can be left before it is read, twice, and while it is read', async () => {
    const queue = new DemandQueue<number>();
    queue.enqueue([1]);
    const events = iterator(toAsyncIterable(queue));
    await events.return?.();
    await events.return?.();
    expect(await events.next()).toEqual({ done: true, value: undefined });
    expect(queue.peek()).toEqual([1]);
    const waiting = iterator(toAsyncIterable(new DemandQueue<number>()));
    const first = waiting.next();
    await waiting.return?.();
    expect(await first).toEqual({ done: true, value: undefined });
  });

  it('lets two loops share a queue', async () => {
    const queue = new DemandQueue<number>();
    const shared = toAsyncIterable(queue);
    const loops = [read(shared, settled), read(shared, settled)];
    queue.enqueue(range(10));
    queue.complete();
    const [first = [], second = []] = await Promise.all(loops);
    expect([...first, ...second].sort((a, b) => a - b)).toEqual(range(10));
    expect([first.length, second.length]).toEqual([5, 5]);
  });

  it('gives the rest to another loop when one leaves', async () => {
    const queue = new DemandQueue<number>();
    const leaving = read(toAsyncIterable(queue, { maxDemand: 4 }), () => 'break');
    const staying = read(toAsyncIterable(queue, { maxDemand: 4 }));
    queue.enqueue(range(8));
    await leaving;
    queue.complete();
    const seen = [...(await leaving), ...(await staying)];
    expect(seen.sort((a, b) => a - b)).toEqual(range(8));
  });

  it('lets the body of the loop enqueue', async () => {
    const queue = new DemandQueue<number>();
    queue.next(0);
    const events = await read(toAsyncIterable(queue), (n) => {
      if (n < 50) queue.next(n + 1);
      else queue.complete();
    });
    expect(events).toEqual(range(51));
  });

  it('goes through Readable.from and back', async () => {
    const stream = Readable.from(toAsyncIterable(fromIterable(range(40)), { maxDemand: 10 }));
    expect(await read(toAsyncIterable(fromAsyncIterable<number>(stream)))).toEqual(range(40));
  });

  it('tells its hooks, survives and subscribes again as it is told', async () => {
    const scheduler = new VirtualTimeScheduler();
    const told: unknown[] = [];
    const source = toAsyncIterable(fromIterable([1, 2]), {
      cancel: 'transient',
      resubscribeAfterMs: 10,
      scheduler,
      handleSubscribe: (subscription: ProducerSubscription) => told.push(subscription.to),
      handleCancel: (kind, reason) => told.push([kind, reason]),
    });
    const events = iterator(source);
    const values: unknown[] = [];
    while (values.length < 4) {
      const next = events.next();
      scheduler.flush();
      values.push((await next).value);
    }
    expect(values).toEqual([1, 2, 1, 2]);
    expect(told).toEqual(['producer', ['down', 'normal'], 'producer']);
    await events.return?.();
  });

  it.each<[string, () => unknown]>([
    [
      'TypeError: Expected `source` to be a Producer (of an Observable, make one by `fromObservable`), got an array of 1',
      () => toAsyncIterable([1] as never),
    ],
    [
      'RangeError: Expected `maxDemand` to be a positive integer or Infinity, got 0',
      () => toAsyncIterable(new DemandQueue(), { maxDemand: 0 }),
    ],
    [
      'TypeError: Expected `options` to be an object, got null',
      () => toAsyncIterable(new DemandQueue(), null as never),
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
