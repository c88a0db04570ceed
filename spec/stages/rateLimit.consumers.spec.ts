import { Subject, Subscription, delay, of } from 'rxjs';
import {
  DemandQueue,
  broadcast,
  consume,
  demandMap,
  fromIterable,
  keySerial,
  partition,
  rateLimit,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

const limits = { limit: 2, intervalMs: 5 };
const values = { a: ['a'], b: ['b'], c: ['c'], d: ['d'], e: ['e'], f: ['f'] };

describe('rateLimit with two consumers', () => {
  it('holds one limit for both', () => {
    marbles(({ queue, demand, expectObservable }) => {
      const jobs = queue('    (abcdef)----');
      const asks1 = '         1--1--------';
      const expected1 = '     a-----d-----';
      const asks2 = '         -3----------';
      const expected2 = '     -b---c----e-';
      const limited = jobs.pipe(rateLimit(limits));
      expectObservable(limited.events(demand(asks1))).toBe(expected1, values);
      expectObservable(limited.events(demand(asks2))).toBe(expected2, values);
    });
  });

  it('takes over for the second what the first was owed', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  ------(abc)-----');
      const asked = '       2----------1----';
      const asks1 = '       2----           ';
      const sub1 = '        ^--!            ';
      const asks2 = '        ----3          ';
      const expected2 = '   ------x----c----';
      const batches = { x: ['a', 'b'], c: ['c'] };
      const limited = jobs.pipe(rateLimit(limits));
      expectObservable(limited.events(demand(asks1)), sub1).toBe('');
      expectObservable(limited.events(demand(asks2))).toBe(expected2, batches);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('limits again what one of them gives back', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  -(abcd)----------');
      const begun = '       -a---------------';
      const expected2 = '   ------(bc)-d-----';
      const limited = jobs.pipe(rateLimit(limits));
      const first = new Subscription();
      const firstJobs = new Subject<string>();
      const leave = (job: string) => {
        firstJobs.next(job);
        first.unsubscribe();
      };
      expectObservable(firstJobs).toBe(begun);
      first.add(limited.pipe(demandMap(leave, { maxDemand: 2 })).subscribe());
      expectObservable(limited.pipe(demandMap((job) => job))).toBe(expected2);
    });
  });

  it('counts an event that goes to both once', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('   -(abc)-');
      const expected = '     -(ab)-c';
      const limited = jobs.pipe(rateLimit({ ...limits, dispatcher: broadcast() }));
      expectObservable(limited.pipe(consume())).toBe(expected);
      expectObservable(limited.pipe(consume())).toBe(expected);
    });
  });

  it('gives the events of a key one at a time if its dispatcher does', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('   (aAb)------');
      const expected = '     -----(ab)-A';
      const dispatcher = keySerial({ key: (job: string) => job.toLowerCase() });
      const work = (job: string) => of(job).pipe(delay(5));
      const limited = jobs.pipe(rateLimit({ ...limits, limit: 3, dispatcher }));
      expectObservable(limited.pipe(demandMap(work, { maxDemand: 3 }))).toBe(expected);
    });
  });

  it('gives each partition its own', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('   (aBcD)');
      const expected1 = '    a----c';
      const expected2 = '    B----D';
      const which = (job: string) => (job === job.toLowerCase() ? 'small' : 'large');
      const dispatcher = partition({
        partitions: ['small', 'large'],
        hash: (job: string) => [job, which(job)],
      });
      const limited = jobs.pipe(rateLimit({ ...limits, dispatcher }));
      expectObservable(limited.pipe(consume({ partition: 'small' }))).toBe(expected1);
      expectObservable(limited.pipe(consume({ partition: 'large' }))).toBe(expected2);
    });
  });
});

describe('rateLimit, whatever its consumers do', () => {
  it('takes events that are enqueued from inside a delivery', () => {
    const queue = new DemandQueue<number>();
    const limited = queue.pipe(rateLimit({ limit: 4, intervalMs: 60_000 }));
    const consumer = new RawConsumer(limited, ([n]) => {
      queue.enqueue([n! + 1, n! + 2]);
    });
    consumer.ask(10);
    queue.enqueue([0]);
    expect(consumer.batches).toEqual([[0], [1, 2], [2]]);
    consumer.unsubscribe();
  });

  it('takes asks that are made from inside a delivery', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue([1, 2, 3, 4]);
    const limited = queue.pipe(rateLimit({ limit: 3, intervalMs: 60_000 }));
    const consumer: RawConsumer<number> = new RawConsumer(limited, () => {
      consumer.ask(1);
    });
    consumer.ask(1);
    expect([consumer.events, queue.peek()]).toEqual([[1, 2, 3], [4]]);
    consumer.unsubscribe();
  });

  it('stops in the middle of a delivery when it is left there', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue([1, 2, 3, 4]);
    const limited = queue.pipe(rateLimit({ limit: 3, intervalMs: 60_000 }));
    const consumer: RawConsumer<number> = new RawConsumer(limited, () => {
      consumer.unsubscribe();
    });
    consumer.ask(1);
    expect([consumer.events, queue.peek(), queue.demand]).toEqual([[1], [2, 3, 4], 0]);
  });

  const one = demandMap((n: number) => n);
  const many = consume<number>();

  it.each([
    ['one by one', {}, one],
    ['one by one, with a key', { key: (n: number) => n % 2 }, one],
    ['together, each with a key of its own', { key: (n: number) => n }, many],
  ])('passes 100,000 events that come at once without growing the stack, %s', (_, key, consumer) => {
    const got: number[] = [];
    fromIterable(Array.from({ length: 100_000 }, (__, n) => n))
      .pipe(rateLimit<number>({ limit: 100_001, intervalMs: 60_000, ...key }), consumer)
      .subscribe({ next: (n) => got.push(n), complete: () => got.push(-1) });
    // Each in its place, and then the end.
    expect(got.findIndex((n, i) => n !== i)).toBe(100_000);
    expect(got).toHaveLength(100_001);
  });
});
