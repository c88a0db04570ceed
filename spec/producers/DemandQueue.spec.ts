import { asapScheduler, merge, of, scheduled } from 'rxjs';
import { DemandQueue } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

/** Batches of one event, by its letter. */
const a = ['a'];
const b = ['b'];
const c = ['c'];
const d = ['d'];

describe('DemandQueue, between events and demand', () => {
  it('is an Observer: an Observable feeds and completes it', () => {
    marbles(({ hot, queue, demand, expectObservable, expectDemand }) => {
      const source = hot(' -a-b|');
      const asked = '      3    ';
      const expected = '   -a-b|';
      const jobs = queue();
      source.subscribe(jobs);
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a, b });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('is an Observer: the error of an Observable is its own', () => {
    marbles(({ hot, queue, demand, expectObservable, expectDemand }) => {
      const source = hot(' -a-#');
      const asked = '      3   ';
      const expected = '   -a-#';
      const jobs = queue();
      source.subscribe(jobs);
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('keeps demand that comes first, and serves it the moment events come', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const asked = '       -2------';
      const jobs = queue('  ---a--b-|');
      const expected = '    ---a--b-|';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a, b });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('keeps events that come first, and serves them the moment demand comes', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  (abc)---|    ');
      const asked = '       ------2---1  ';
      const expected = '    ------x---(c|)';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { x: ['a', 'b'], c });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('answers demand in parts when it cannot be answered at once', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const asked = '       3------------';
      const jobs = queue('  -(ab)--(cd)--');
      const expected = '    -x-----c-----';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { x: ['a', 'b'], c });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('answers with no more than it was asked for', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  -(abcd)---');
      const asked = '       --1------1';
      const expected = '    --a------b';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a, b });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('adds up demand over several asks', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const asked = '       1-2-1-------';
      const jobs = queue('  ------(abcd)');
      const expected = '    ------x     ';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { x: ['a', 'b', 'c', 'd'] });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('takes several asks in one frame', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const asked = '       -(12)-----';
      const jobs = queue('  ------(ab)');
      const expected = '    ------x---';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { x: ['a', 'b'] });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('takes a synchronous and an asynchronous ask in one frame', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  (abcd)    ');
      const asked = '       (12)      ';
      const expected = '    (ax)      ';
      const asks = merge(of(1), scheduled([2], asapScheduler));
      expectObservable(jobs.events(asks)).toBe(expected, { a, x: ['b', 'c'] });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('takes an ask in the frame of the event, whichever is first', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  --a--b');
      const asked = '       --1--1';
      const expected = '    --a--b';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a, b });
      expectDemand(jobs).toBe(asked);
    });
    const queue = new DemandQueue<string>();
    const consumer = new RawConsumer(queue);
    consumer.ask(1);
    queue.next('a');
    queue.next('b');
    consumer.ask(1);
    expect(consumer.batches).toEqual([a, b]);
  });

  it('takes demand without end', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  (ab)--c-d|');
      const asked = '       ---∞------';
      const expected = '    ---x--c-d|';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { x: ['a', 'b'], c, d });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('withdraws what was owed when a consumer unsubscribes', () => {
    marbles(({ queue, demand, expectObservable, expectDemand, flush }) => {
      const jobs = queue('  a---b');
      const asked = '       -3   ';
      const unsub = '       --!  ';
      const expected = '    -a   ';
      expectObservable(jobs.events(demand(asked)), unsub).toBe(expected, { a });
      expectDemand(jobs).toBe(asked);
      flush();
      expect([jobs.size, jobs.demand]).toEqual([1, 0]);
    });
  });

  it('lets two consumers share by their demand, the bigger first', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const asked1 = '     1---------';
      const asked2 = '     2---------';
      const asked = '      (12)      ';
      const jobs = queue(' ----(abcd)');
      const expected1 = '  ----c-----';
      const expected2 = '  ----x-----';
      expectObservable(jobs.events(demand(asked1))).toBe(expected1, { c });
      expectObservable(jobs.events(demand(asked2))).toBe(expected2, { x: ['a', 'b'] });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('serves equal demand in the order it was asked', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const asked1 = '     --1------';
      const asked2 = '     -1--1----';
      const asked = '      -11-1----';
      const jobs = queue(' ---a--b-c');
      const expected1 = '  ------b--';
      const expected2 = '  ---a----c';
      expectObservable(jobs.events(demand(asked1))).toBe(expected1, { b });
      expectObservable(jobs.events(demand(asked2))).toBe(expected2, { a, c });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('may be fed by several Observables', () => {
    marbles(({ cold, queue, demand, expectObservable, expectDemand }) => {
      const source1 = cold(' -a-b-|  ');
      const source2 = cold(' --c-d-| ');
      const asked = '        ∞       ';
      const expected = '     -acbd-| ';
      const jobs = queue();
      merge(source1, source2).subscribe(jobs);
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a, b, c, d });
      expectDemand(jobs).toBe(asked);
    });
  });
});
