import { EMPTY, NEVER, Subject, concat, defer, of, throwError } from 'rxjs';
import { DemandQueue, consume, rateLimit } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

const values = { 0: 0, 1: 1, 2: 2, 3: 3, '∞': Infinity };
const intervalMs = 5;
const noLimit = new Error('no limit');

describe('rateLimit with a limit that changes', () => {
  it('goes by a bigger limit at once, and counts what has passed', () => {
    marbles(({ cold, queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('       (abcdef)-----');
      const limit = cold('       1-3----------', values);
      const asks = demand('      ∞------------');
      const asked = '            1-2--1-2--1-2';
      const expected = '         a-x--d-y-----';
      const batches = { a: ['a'], x: ['b', 'c'], d: ['d'], y: ['e', 'f'] };
      expectObservable(jobs.pipe(rateLimit({ limit, intervalMs })).events(asks)).toBe(expected, batches);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('goes by a smaller limit at once, and counts what has passed', () => {
    marbles(({ cold, queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('       (abcdefg)-------');
      const limit = cold('       3--1------------', values);
      const asks = demand('      6---------------');
      const asked = '            3----1----1----1';
      const expected = '         x----d----e----f';
      const batches = { x: ['a', 'b', 'c'], d: ['d'], e: ['e'], f: ['f'] };
      expectObservable(jobs.pipe(rateLimit({ limit, intervalMs })).events(asks)).toBe(expected, batches);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('holds what it has asked for and may not pass any more', () => {
    marbles(({ cold, queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('       --------(abc)-----------');
      const limit = cold('       3---1-------------------', values);
      const asks = demand('      4-----------------------');
      const asked = '            3----------------------1';
      const expected = '         --------a----b----c-----';
      const batches = { a: ['a'], b: ['b'], c: ['c'] };
      expectObservable(jobs.pipe(rateLimit({ limit, intervalMs })).events(asks)).toBe(expected, batches);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('pauses at 0, and asks for nothing', () => {
    marbles(({ cold, queue, expectObservable, expectDemand }) => {
      const jobs = queue('       -a-b--c-d------------');
      const limit = cold('       ∞---0-----1----------', values);
      const asked = '            21-1----------------1';
      const expected = '         -a-b------c----d-----';
      expectObservable(jobs.pipe(rateLimit({ limit, intervalMs, maxDemand: 2 }), consume())).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('pauses at 0 for all keys', () => {
    marbles(({ cold, queue, expectObservable, expectDemand }) => {
      const jobs = queue('       -a-b---c-d------');
      const limit = cold('       1---0-------1---', values);
      const asked = '            21-1--------2---';
      const expected = '         -a-b--------(cd)';
      const key = (job: string) => job;
      expectObservable(jobs.pipe(rateLimit({ limit, intervalMs, key, maxDemand: 2 }), consume())).toBe(
        expected,
      );
      expectDemand(jobs).toBe(asked);
    });
  });

  it('asks for nothing during a pause, whoever asks meanwhile', () => {
    marbles(({ cold, queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('       (ab)----------');
      const limit = cold('       1---0-------1-', values);
      const asks = demand('      1-----1-------');
      const asked = '            1-----------1-';
      const expected = '         a-----------b-';
      const batches = { a: ['a'], b: ['b'] };
      const limited = jobs.pipe(rateLimit({ limit, intervalMs, key: (job) => job }));
      expectObservable(limited.events(asks)).toBe(expected, batches);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('is closed until its first limit comes', () => {
    marbles(({ cold, queue, expectObservable, expectDemand }) => {
      const jobs = queue('       (abc)---------');
      const limit = cold('       ---2----------', values);
      const asked = '            ---2----2----1';
      const expected = '         ---(ab)-c-----';
      expectObservable(jobs.pipe(rateLimit({ limit, intervalMs }), consume())).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('keeps the last limit when there will be no other', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('       (abc)|');
      const expected = '         (ab)-(c|)';
      expectObservable(jobs.pipe(rateLimit({ limit: of(1, 2), intervalMs }), consume())).toBe(expected);
    });
  });

  it('stays closed if there will be no limit at all', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('       a-----');
      expectObservable(jobs.pipe(rateLimit({ limit: EMPTY, intervalMs }), consume())).toBe('------');
      expectDemand(jobs).toBe('------');
    });
  });

  it('follows the limit from the first ask to the end', () => {
    marbles(({ cold, queue, demand, expectObservable, expectSubscriptions }) => {
      const jobs = queue('       (abc)-------');
      const limit = cold('       1-----------', values);
      const asks = demand('      --2---------');
      const sub = '              ^--------!  ';
      const followed = '         --^------!  ';
      const expected = '         --a----b----';
      const batches = { a: ['a'], b: ['b'] };
      const limited = jobs.pipe(rateLimit({ limit, intervalMs }));
      expectObservable(limited.events(asks), sub).toBe(expected, batches);
      expectSubscriptions(limit.subscriptions).toBe(followed);
    });
  });

  it('is closed again for those who come after the last has left, until it has a limit', () => {
    const limits = [of(3), NEVER];
    const queue = new DemandQueue<string>();
    queue.enqueue(['a', 'b']);
    const limited = queue.pipe(rateLimit({ limit: defer(() => limits.shift()!), intervalMs }));
    const [first, second] = [1, 2].map(() => {
      const consumer = new RawConsumer(limited);
      consumer.ask(1);
      consumer.unsubscribe();
      return consumer;
    });
    expect([first!.events, second!.events]).toEqual([['a'], []]);
  });

  it('errors if its limit does, and gives back what it holds', () => {
    const limit = new Subject<number>();
    const queue = new DemandQueue<string>();
    const consumer = new RawConsumer(
      queue.pipe(rateLimit({ limit, intervalMs, key: () => 1, maxDemand: 2 })),
    );
    consumer.ask(3);
    limit.next(1);
    queue.enqueue(['a', 'b', 'c', 'd']);
    expect([consumer.events, queue.peek()]).toEqual([['a'], ['d']]);
    limit.error(noLimit);
    expect([consumer.ended, queue.peek()]).toEqual([noLimit, ['b', 'c', 'd']]);
  });

  it('errors if its limit cannot be subscribed to', () => {
    const consumer = new RawConsumer(
      new DemandQueue<string>().pipe(rateLimit({ limit: {} as never, intervalMs })),
    );
    consumer.ask(1);
    expect(consumer.ended).toBeInstanceOf(TypeError);
  });

  it.each([-1, 1.5, NaN, -Infinity, '2', null])('errors if its limit becomes %p', (bad) => {
    const consumer = new RawConsumer(
      new DemandQueue<string>().pipe(rateLimit({ limit: concat(of(1, bad as number), NEVER), intervalMs })),
    );
    consumer.ask(1);
    expect(consumer.ended).toBeInstanceOf(RangeError);
    expect(String(consumer.ended)).toMatch(
      'Expected `limit` to be an integer of at least 0, or Infinity, got ',
    );
  });

  it('errors once with an Observable that errors at once', () => {
    const consumer = new RawConsumer(
      new DemandQueue<string>().pipe(rateLimit({ limit: throwError(() => noLimit), intervalMs })),
    );
    expect(consumer.ended).toBeUndefined();
    consumer.ask(1);
    expect(consumer.ended).toBe(noLimit);
  });

  it('takes a promise of a limit', async () => {
    const queue = new DemandQueue<string>();
    queue.enqueue(['a', 'b']);
    const consumer = new RawConsumer(
      queue.pipe(rateLimit({ limit: Promise.resolve(1), intervalMs: 60_000 })),
    );
    consumer.ask(2);
    expect(consumer.events).toEqual([]);
    await Promise.resolve();
    await Promise.resolve();
    expect(consumer.events).toEqual(['a']);
    consumer.unsubscribe();
  });

  it('may be changed from inside a delivery', () => {
    const limit = new Subject<number>();
    const queue = new DemandQueue<string>();
    queue.enqueue(['a', 'b', 'c', 'd']);
    const limited = queue.pipe(rateLimit({ limit, intervalMs: 60_000 }));
    const consumer = new RawConsumer(limited, (batch) => {
      if (batch.includes('a')) limit.next(3);
    });
    consumer.ask(4);
    limit.next(1);
    expect([consumer.events, queue.peek()]).toEqual([['a', 'b', 'c'], ['d']]);
    consumer.unsubscribe();
  });
});
