import { DemandQueue, consume, keySerial, rateLimit } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

/** A large letter belongs to the same key as the small one. */
const key = (event: string) => event.toLowerCase();
const limits = { limit: 1, intervalMs: 5, key };

describe('rateLimit with a key', () => {
  it('holds the limit for each key, and lets no key wait for another', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  (aAabBc)---');
      const expected = '    (abc)(AB)-a';
      expectObservable(jobs.pipe(rateLimit(limits), consume())).toBe(expected);
    });
  });

  it('looks ahead as long as it is owed events', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  (aAabc)-');
      const asks = '        1-1-----';
      const asked = '       1-(111)-';
      const expected = '    a-b-----';
      const batches = { a: ['a'], b: ['b'] };
      expectObservable(jobs.pipe(rateLimit(limits)).events(demand(asks))).toBe(expected, batches);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('holds what comes when nobody is owed it any more', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  aA-----b----');
      const asks = '        11-------1--';
      const asked = '       1(11)-------';
      const expected = '    a----A---b--';
      const batches = { a: ['a'], A: ['A'], b: ['b'] };
      expectObservable(jobs.pipe(rateLimit(limits)).events(demand(asks))).toBe(expected, batches);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('holds at most maxDemand events, and leaves the others to the producer', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  (aAaAab)------');
      const asked = '       (31)-1----(11)';
      const expected = '    a----A----(ab)';
      const sub = '         ^-------------!';
      expectObservable(jobs.pipe(rateLimit({ ...limits, maxDemand: 3 }), consume()), sub).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('keeps the order of each key, whatever is owed', () => {
    marbles(({ queue, demand, expectObservable }) => {
      const jobs = queue('  (abABab)--------');
      const asks = '        1---1--2------2-';
      const expected = '    a---b--A-B----x-';
      const batches = { a: ['a'], b: ['b'], A: ['A'], B: ['B'], x: ['a', 'b'] };
      expectObservable(jobs.pipe(rateLimit(limits)).events(demand(asks))).toBe(expected, batches);
    });
  });

  it('gives the oldest event that may pass first', () => {
    marbles(({ queue, demand, expectObservable }) => {
      const jobs = queue('  (abABc)---------');
      const asks = '        3-----------11--';
      const expected = '    (xc)--------AB--';
      const batches = { x: ['a', 'b'], c: ['c'], A: ['A'], B: ['B'] };
      expectObservable(jobs.pipe(rateLimit(limits)).events(demand(asks))).toBe(expected, batches);
    });
  });

  it('compares keys as a Map does', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  (abc)-');
      const expected = '    (ac)-b';
      const keys: Record<string, unknown> = { a: NaN, b: NaN, c: undefined };
      const limited = jobs.pipe(rateLimit({ ...limits, key: (job) => keys[job] }), consume());
      expectObservable(limited).toBe(expected);
    });
  });

  it('calls the function as a method of the options', () => {
    const options = {
      ...limits,
      keys: ['x', 'x', 'y'],
      key(): unknown {
        return this.keys.shift();
      },
    };
    const queue = new DemandQueue<string>();
    queue.enqueue(['a', 'b', 'c']);
    const consumer = new RawConsumer(queue.pipe(rateLimit<string>(options)));
    consumer.ask(3);
    expect(consumer.events).toEqual(['a', 'c']);
    consumer.unsubscribe();
  });

  it('tells a dispatcher above that an event is done when it has passed', () => {
    marbles(({ expectObservable, scheduler }) => {
      const queue = new DemandQueue<string>({ dispatcher: keySerial({ key }) });
      queue.enqueue(['a', 'b', 'A', 'B']);
      const one = { ...limits, key: () => 'all' };
      // `b` is held, so `B` has to wait for it; `a` is not, so `A` has come.
      scheduler.schedule(() => expect(queue.peek()).toEqual(['B']), 1);
      scheduler.schedule(() => expect(queue.peek()).toEqual([]), 6);
      expectObservable(queue.pipe(rateLimit(one), consume())).toBe('a----b----A----B');
    });
  });
});
