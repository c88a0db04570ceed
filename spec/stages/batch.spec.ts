import { map } from 'rxjs';
import { batch, consume, type Batch } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';

const signs = { size: '', timeout: '~', flush: '!' };

/** A batch as the letters of its events, and a sign for what has ended it, if that is not its size. */
const drawn = map(({ events, trigger }: Batch<string, unknown>) => events.join('') + signs[trigger]);

/** The small letter of each letter. */
const key = (event: string) => event.toLowerCase();

describe('batch with a size', () => {
  it('lets a batch go when it is full', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  a-b-cd---e-f-g-');
      const asked = '       3-2--2-----2---';
      const expected = '    ----x------y---';
      expectObservable(jobs.pipe(batch({ size: 3 }), consume(), drawn)).toBe(expected, {
        x: 'abc',
        y: 'def',
      });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('tells the events, the key and the trigger', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  ab--');
      const expected = '    -x--';
      const x = { events: ['a', 'b'], key: undefined, trigger: 'size' };
      expectObservable(jobs.pipe(batch({ size: 2 }), consume())).toBe(expected, { x });
    });
  });

  it('makes several batches of what comes together', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  -(abcdefg)---');
      const asked = '       87-----------';
      const expected = '    -(xyz)-------';
      const batches = jobs.pipe(batch({ size: 2, maxDemand: 8, minDemand: 7 }), consume(), drawn);
      expectObservable(batches).toBe(expected, { x: 'ab', y: 'cd', z: 'ef' });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('fills a batch, however small maxDemand is', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  -a-b-cd--');
      const asked = '       11-1-11--';
      const expected = '    -----x---';
      expectObservable(jobs.pipe(batch({ size: 3, maxDemand: 1 }), consume(), drawn)).toBe(expected, {
        x: 'abc',
      });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('has a batch of its own for each key', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  (abABc)-B-C|   ');
      const expected = '    (xy)------z(b|)';
      const batches = jobs.pipe(batch({ size: 2, key }), consume());
      const of = (events: string) => ({ events: events.split(','), key: key(events[0]!), trigger: 'size' });
      expectObservable(batches).toBe(expected, {
        x: of('a,A'),
        y: of('b,B'),
        z: of('c,C'),
        b: { events: ['B'], key: 'b', trigger: 'flush' },
      });
    });
  });

  it('compares keys as a Map does', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  (abc)');
      const expected = '    x----';
      const keys: Record<string, unknown> = { a: NaN, b: 0, c: NaN };
      const batches = jobs.pipe(batch({ size: 2, key: (job) => keys[job] }), consume(), drawn);
      expectObservable(batches).toBe(expected, { x: 'ac' });
    });
  });
});

describe('batch with a timeout', () => {
  it('lets a batch go when its oldest event has been in it for so long', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  -a-b-----c--------');
      const expected = '    ------x-------y---';
      const batches = jobs.pipe(batch({ size: 3, timeoutMs: 5 }), consume(), drawn);
      expectObservable(batches).toBe(expected, { x: 'ab~', y: 'c~' });
    });
  });

  it('begins to wait anew with the first event after a full batch', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  a--b--c-------');
      const expected = '    ---x-------y--';
      const batches = jobs.pipe(batch({ size: 2, timeoutMs: 5 }), consume(), drawn);
      expectObservable(batches).toBe(expected, { x: 'ab', y: 'c~' });
    });
  });

  it('waits for each key by itself', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  a-b-AbcB------');
      const expected = '    ----xy-----zw-';
      const batches = jobs.pipe(batch({ size: 2, timeoutMs: 5, key }), consume(), drawn);
      expectObservable(batches).toBe(expected, { x: 'aA', y: 'bb', z: 'c~', w: 'B~' });
    });
  });

  it('takes batches of any size if it has a timeout only', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  (abc)--d-----');
      const asked = '       k------------';
      const expected = '    ----------x--';
      const batches = jobs.pipe(batch({ size: Infinity, timeoutMs: 10 }), consume(), drawn);
      expectObservable(batches).toBe(expected, { x: 'abcd~' });
      expectDemand(jobs).toBe(asked, { k: 1000 });
    });
  });
});

describe('batch with flushOn', () => {
  it('lets a batch go with the event that says so', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  a-b-.--.-cd---');
      const expected = '    --w-x--y--z---';
      const batches = jobs.pipe(batch({ size: 2, flushOn: (job) => job === '.' }), consume(), drawn);
      expectObservable(batches).toBe(expected, { w: 'ab', x: '.!', y: '.!', z: 'cd' });
    });
  });
});
