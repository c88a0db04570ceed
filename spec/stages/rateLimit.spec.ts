import { delay, of } from 'rxjs';
import { consume, demandMap, rateLimit } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';

const limits = { limit: 2, intervalMs: 5 };

describe('rateLimit', () => {
  it('lets at most limit events pass in any span of intervalMs', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  (abcde)----------');
      const asked = '       2----2----2----1';
      const expected = '    (ab)-(cd)-e-----';
      expectObservable(jobs.pipe(rateLimit(limits), consume())).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('lets no burst pass across the edge of an interval', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  ----(abcd)-------');
      const asked = '       2--------2----2--';
      const expected = '    ----(ab)-(cd)----';
      expectObservable(jobs.pipe(rateLimit(limits), consume())).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('lets an event pass as soon as the one that went limit events before is intervalMs old', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  ab-c-d-e--------');
      const asked = '       2----11---11---1';
      const expected = '    ab---cd---e-----';
      expectObservable(jobs.pipe(rateLimit(limits), consume())).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('asks for no more than it is asked for, and gives no more', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  (abcdef)-----');
      const asked = '       -1-1-----1---';
      const expected = '    -a-b-----c---';
      const batches = { a: ['a'], b: ['b'], c: ['c'] };
      expectObservable(jobs.pipe(rateLimit(limits)).events(demand(asked))).toBe(expected, batches);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('asks again when more may pass, without being asked again', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  (abcdef)-----');
      const asks = '        3------------';
      const asked = '       2----1-------';
      const expected = '    x----y-------';
      const batches = { x: ['a', 'b'], y: ['c'] };
      expectObservable(jobs.pipe(rateLimit(limits)).events(demand(asks))).toBe(expected, batches);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('asks only for what may pass if it is asked for all', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  (abc)-----');
      const asks = '        ∞---------';
      const asked = '       2----2----1';
      const expected = '    x----y----';
      const batches = { x: ['a', 'b'], y: ['c'] };
      expectObservable(jobs.pipe(rateLimit(limits)).events(demand(asks))).toBe(expected, batches);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('leaves to others what may not pass yet', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  (abcdef)');
      const sub1 = '        ^---!   ';
      const expected1 = '   (ab)----';
      const sub2 = '        --^-----';
      const expected2 = '   --(cdef)';
      expectObservable(jobs.pipe(rateLimit(limits), consume()), sub1).toBe(expected1);
      expectObservable(jobs.pipe(consume()), sub2).toBe(expected2);
    });
  });

  it('asks in advance for what may pass when it comes', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  -----a-b--c');
      const sub = '         ^----------!';
      const asked = '       2---------1';
      const expected = '    -----a-b--c';
      expectObservable(jobs.pipe(rateLimit(limits), consume()), sub).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('asks for at most maxDemand at a time', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  ---(abc)--');
      const sub = '         ^--------!';
      const asked = '       1--1----(11)';
      const expected = '    ---(ab)-c-';
      expectObservable(jobs.pipe(rateLimit({ ...limits, maxDemand: 1 }), consume()), sub).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('passes whatever comes if there is no limit', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  a-(bcd)--e-|');
      const expected = '    a-(bcd)--e-|';
      expectObservable(jobs.pipe(rateLimit({ limit: Infinity, intervalMs: 5 }), consume())).toBe(expected);
    });
  });

  it('lets a pool begin jobs at its rate, in their order', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  (abc)|             ');
      const asked = '       1----1----1        ';
      const expected = '    -------a----b----(c|)';
      const work = (job: string) => of(job).pipe(delay(7));
      const limited = jobs.pipe(rateLimit({ limit: 1, intervalMs: 5 }), demandMap(work, { maxDemand: 2 }));
      expectObservable(limited).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('does not carry what was not used over to the next interval', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  --------------------(abcde)------');
      const expected = '    --------------------(ab)-(cd)-e--';
      expectObservable(jobs.pipe(rateLimit(limits), consume())).toBe(expected);
    });
  });
});
