import { delay, of } from 'rxjs';
import { DemandQueue, demandMap, fair, fromIterable, handleEvents } from '../../src/index.ts';
import { RecordedQueue, marbles } from '../../src/testing/index.ts';

const takes = (frames: number) => (letter: string) => of(letter).pipe(delay(frames));

describe('Pools on a queue with fair()', () => {
  it('get one event each in turn, however many workers they have', () => {
    marbles(({ hot, expectObservable }) => {
      const jobs = new RecordedQueue<string>({ dispatcher: fair() });
      hot('           --(abcdef|)').subscribe(jobs);
      const big = '   ---(acef|)';
      const small = ' ---(bd|)';
      expectObservable(jobs.pipe(demandMap(takes(1), { maxDemand: 9 }))).toBe(big);
      expectObservable(jobs.pipe(demandMap(takes(1), { maxDemand: 2 }))).toBe(small);
    });
  });

  it('get what waits as they ask, in its order', () => {
    marbles(({ hot, expectObservable }) => {
      const jobs = new RecordedQueue<string>({ dispatcher: fair() });
      hot('          --(abcdef)----|').subscribe(jobs);
      const slow = ' -----a--e-----|';
      const fast = ' ---bcdf-------|';
      expectObservable(jobs.pipe(demandMap(takes(3)))).toBe(slow);
      expectObservable(jobs.pipe(demandMap(takes(1)))).toBe(fast);
    });
  });
});

describe('fair(), wherever events come from', () => {
  it('shares the events of a producer', () => {
    const got: Record<string, number> = { big: 0, small: 0 };
    const shared = fromIterable(
      Array.from({ length: 1000 }, (_, n) => n),
      { dispatcher: fair(), demand: Promise.resolve('forward' as const) },
    );
    const counts = (name: string) => (events: readonly number[]) => {
      got[name]! += events.length;
    };
    shared.pipe(handleEvents(counts('big'), { maxDemand: 100 })).subscribe();
    shared.pipe(handleEvents(counts('small'), { maxDemand: 10 })).subscribe();
    return Promise.resolve().then(() => {
      expect(got['big']! + got['small']!).toBe(1000);
      expect(got['small']).toBeGreaterThan(50);
    });
  });

  it('does 100,000 jobs in three pools, in order for each', () => {
    const queue = new DemandQueue<number>({ bufferSize: Infinity, dispatcher: fair() });
    const done: number[][] = [[], [], []];
    for (const [i, maxDemand] of [1, 10, 100].entries()) {
      queue.pipe(demandMap((n) => n, { maxDemand })).subscribe((n) => done[i]!.push(n));
    }
    for (let i = 0; i < 100; i++) queue.enqueue(Array.from({ length: 1000 }, (_, j) => i * 1000 + j));
    expect(done.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 100_000 }, (_, n) => n));
    for (const mine of done) expect(mine).toEqual([...mine].sort((a, b) => a - b));
  });
});
