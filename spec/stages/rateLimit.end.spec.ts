import { Subscription, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { DemandQueue, consume, demandMap, rateLimit, type Producer } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

const limits = { limit: 1, intervalMs: 5 };
const forEver = { limit: 1, intervalMs: 60_000 };

describe('rateLimit over a queue that ends', () => {
  it('never emits and never completes over a queue that does neither', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  ------');
      const asked = '       1-----';
      const expected = '    ------';
      expectObservable(jobs.pipe(rateLimit(limits), consume())).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('completes with an empty queue', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  --|');
      const expected = '    --|';
      expectObservable(jobs.pipe(rateLimit(limits), consume())).toBe(expected);
    });
  });

  it('completes after the last event of the queue has passed', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  (abc)|');
      const expected = '    a----b----(c|)';
      expectObservable(jobs.pipe(rateLimit(limits), consume())).toBe(expected);
    });
  });

  it('completes after the last event that it holds has passed', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  (aab|)');
      const expected = '    (ab)-(a|)';
      const limited = jobs.pipe(rateLimit({ ...limits, key: (job) => job }), consume());
      expectObservable(limited).toBe(expected);
    });
  });

  it('completes when the last event that it holds is asked for', () => {
    marbles(({ queue, demand, expectObservable }) => {
      const jobs = queue('  (aab|)          ');
      const asks = '        2---------1     ';
      const expected = '    (ab)------(c|) ';
      const batches = { a: ['a'], b: ['b'], c: ['a'] };
      const limited = jobs.pipe(rateLimit({ ...limits, key: (job) => job }));
      expectObservable(limited.events(demand(asks))).toBe(expected, batches);
    });
  });

  it('errors at once, though it holds events, and gives them back', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  (aaa)--#');
      const expected = '    a----a-#';
      const dropped = '     -------(x|)';
      const limited = jobs.pipe(rateLimit({ ...limits, key: (job) => job }), consume());
      expectObservable(limited).toBe(expected);
      expectObservable(jobs.discarded).toBe(dropped, { x: ['a'] });
    });
  });

  it('survives the end of a queue if it is told to, and goes on with the next', () => {
    marbles(({ queue, expectObservable, scheduler }) => {
      const queues = [queue('(aaa|)'), queue('b')];
      const expected = '    a----a----a----b-';
      // A producer of another making, which is another queue each time.
      const source: Producer<string> = {
        events: (demand: Observable<number>) => queues.shift()!.events(demand),
        pipe: queues[0]!.pipe,
      };
      const options = { ...limits, cancel: 'transient', resubscribeAfterMs: 1, scheduler } as const;
      expectObservable(rateLimit<string>(options)(source).pipe(consume())).toBe(expected);
    });
  });
});

describe('rateLimit that survives', () => {
  it('asks the next queue anew for what the last one has left open', () => {
    marbles(({ queue, expectObservable, scheduler }) => {
      const queues = [queue('--|'), queue('b')];
      const expected = '     ---b';
      const source: Producer<string> = {
        events: (demand: Observable<number>) => queues.shift()!.events(demand),
        pipe: queues[0]!.pipe,
      };
      const options = { ...limits, cancel: 'transient', resubscribeAfterMs: 1, scheduler } as const;
      expectObservable(rateLimit<string>(options)(source).pipe(consume())).toBe(expected);
    });
  });
});

describe('rateLimit that is left', () => {
  it('gives the events that it holds back, in their old order', () => {
    const queue = new DemandQueue<string>();
    const limited = queue.pipe(rateLimit({ ...forEver, key: (event) => event[0] }));
    const consumer = new RawConsumer(limited);
    consumer.ask(4);
    queue.enqueue(['a1', 'b1', 'b2', 'a2', 'b3', 'c1', 'a3', 'd1', 'e1']);
    expect(consumer.events).toEqual(['a1', 'b1', 'c1', 'd1']);
    expect(queue.peek()).toEqual(['e1']);
    consumer.unsubscribe();
    expect(queue.peek()).toEqual(['b2', 'a2', 'b3', 'a3', 'e1']);
    expect(queue.demand).toBe(0);
  });

  it('gives back what its consumer has not begun', () => {
    const queue = new DemandQueue<string>();
    const done: string[] = [];
    const pool = new Subscription();
    const job = (event: string) => {
      done.push(event);
      if (event === 'b') pool.unsubscribe();
    };
    pool.add(queue.pipe(rateLimit({ ...forEver, limit: 3 }), demandMap(job, { maxDemand: 3 })).subscribe());
    queue.enqueue(['a', 'b', 'c', 'd']);
    expect([done, queue.peek()]).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('hands out what it holds if the queue has completed', () => {
    const queue = new DemandQueue<string>();
    const lost: string[] = [];
    const options = { ...forEver, key: (event: string) => event[0] };
    const limited = queue.pipe(
      rateLimit({ ...options, discarded: (events, cause) => lost.push(cause, ...events) }),
    );
    const consumer = new RawConsumer(limited);
    consumer.ask(4);
    queue.enqueue(['a1', 'a2', 'b1', 'b2']);
    queue.complete();
    expect(consumer.ended).toBeUndefined();
    consumer.unsubscribe();
    expect([consumer.events, lost]).toEqual([
      ['a1', 'b1'],
      ['stopped', 'a2', 'b2'],
    ]);
  });

  it('leaves no timer behind, however it ends', () => {
    const ends: ((queue: DemandQueue<string>, consumer: RawConsumer<string>) => void)[] = [
      (_, consumer) => consumer.unsubscribe(),
      (queue) => queue.error('gone'),
    ];
    for (const end of ends) {
      const scheduler = new TestScheduler(() => undefined);
      const queue = new DemandQueue<string>();
      const consumer = new RawConsumer(queue.pipe(rateLimit({ ...forEver, scheduler })));
      queue.enqueue(['a', 'b']);
      consumer.ask(2);
      expect(scheduler.actions).toHaveLength(1);
      queue.clear();
      end(queue, consumer);
      expect(scheduler.actions.filter(({ closed }) => !closed)).toEqual([]);
    }
  });

  it('waits for nothing when it is owed nothing', () => {
    const scheduler = new TestScheduler(() => undefined);
    const queue = new DemandQueue<string>();
    const consumer = new RawConsumer(queue.pipe(rateLimit({ ...forEver, scheduler })));
    queue.enqueue(['a', 'b']);
    consumer.ask(1);
    expect(scheduler.actions).toEqual([]);
    consumer.unsubscribe();
  });

  it('waits for nothing when it is owed nothing, though it holds events', () => {
    const scheduler = new TestScheduler(() => undefined);
    const queue = new DemandQueue<string>();
    const consumer = new RawConsumer(queue.pipe(rateLimit({ ...forEver, scheduler, key: (event) => event })));
    queue.enqueue(['a', 'a', 'b']);
    consumer.ask(2);
    expect(consumer.events).toEqual(['a', 'b']);
    expect(scheduler.actions.filter(({ closed }) => !closed)).toEqual([]);
    consumer.unsubscribe();
  });

  it('counts what has passed for those who come later too', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  (abcdef)');
      const sub1 = '        ^---!              ';
      const expected1 = '   (ab)               ';
      const sub2 = '        ------^--!         ';
      const expected2 = '   ------             ';
      const sub3 = '        ---------^---------';
      const expected3 = '   ----------(cd)------(ef)';
      const limited = jobs.pipe(rateLimit({ limit: 2, intervalMs: 10 }));
      expectObservable(limited.pipe(consume()), sub1).toBe(expected1);
      expectObservable(limited.pipe(consume()), sub2).toBe(expected2);
      expectObservable(limited.pipe(consume()), sub3).toBe(expected3);
    });
  });

  it('shares no limit with another that is made of the same operator', () => {
    const queue = new DemandQueue<string>();
    queue.enqueue(['a', 'b', 'c']);
    const once = rateLimit<string>(forEver);
    const consumers = [queue.pipe(once), queue.pipe(once)].map((limited) => new RawConsumer(limited));
    for (const consumer of consumers) consumer.ask(2);
    expect(consumers.map(({ events }) => events)).toEqual([['a'], ['b']]);
    for (const consumer of consumers) consumer.unsubscribe();
  });
});

describe('rateLimit with a key that throws', () => {
  it('errors, loses nothing but the event that it throws for, and gives the others back', () => {
    const error = new Error('no key');
    const queue = new DemandQueue<string>();
    const key = (event: string): string => {
      if (event === 'bad') throw error;
      return 'one key';
    };
    const consumer = new RawConsumer(queue.pipe(rateLimit({ ...forEver, key })));
    consumer.ask(5);
    queue.enqueue(['a', 'b']);
    queue.enqueue(['c', 'bad', 'd', 'e', 'f']);
    expect([consumer.ended, consumer.events]).toEqual([error, ['a']]);
    expect(queue.peek()).toEqual(['b', 'c', 'd', 'e', 'f']);
  });

  it('loses nothing if the function leaves the stage, and nothing comes twice', () => {
    const queue = new DemandQueue<string>();
    const key = (event: string) => {
      if (event === 'leave') consumer.unsubscribe();
      return event;
    };
    const limited = queue.pipe(rateLimit({ ...forEver, key }));
    const consumer = new RawConsumer(limited);
    consumer.ask(5);
    queue.enqueue(['a', 'leave', 'b']);
    expect([consumer.events, queue.peek()]).toEqual([[], ['a', 'leave', 'b']]);
    const next = new RawConsumer(limited);
    next.ask(1);
    expect([next.events, queue.peek()]).toEqual([['a'], ['leave', 'b']]);
    next.unsubscribe();
  });
});
