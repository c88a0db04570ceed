import { Subscription, take } from 'rxjs';
import { DemandQueue, demandMap } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';

describe('demandMap, when it is unsubscribed from', () => {
  it('tears down the jobs and withdraws the demand', () => {
    marbles(({ cold, queue, expectObservable, expectDemand, expectSubscriptions, flush }) => {
      const job = cold('     --x--y--z');
      const jobs = queue('  -a---b----');
      const unsub = '       -------!  ';
      const asked = '       3         ';
      const expected = '    ---x--y---';
      const subOfA = '      -^-----!  ';
      const subOfB = '      -----^-!  ';
      expectObservable(jobs.pipe(demandMap(() => job, { maxDemand: 3 })), unsub).toBe(expected);
      expectSubscriptions(job.subscriptions).toBe([subOfA, subOfB]);
      expectDemand(jobs).toBe(asked);
      flush();
      expect([jobs.size, jobs.demand]).toEqual([0, 0]);
    });
  });

  it('leaves what waits to the next pool', () => {
    marbles(({ cold, queue, expectObservable, expectDemand }) => {
      const job = cold('    --(x|)        ');
      const jobs = queue('  (abc)--|      ');
      const unsub = '       -!            ';
      const sub = '         ------^       ';
      const asked = '       1-----1-1-----';
      const expected = '    --------x-(x|)';
      const pool = jobs.pipe(demandMap(() => job));
      expectObservable(pool, unsub).toBe('');
      expectObservable(pool, sub).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('gives the events of a batch that it has not begun back, in their order', () => {
    const queue = new DemandQueue<number>();
    const pool = new Subscription();
    const begun: number[] = [];
    const job = (event: number) => {
      begun.push(event);
      if (event === 2) pool.unsubscribe();
    };
    pool.add(queue.pipe(demandMap(job, { maxDemand: 4 })).subscribe());
    queue.enqueue([1, 2, 3, 4, 5]);
    expect(begun).toEqual([1, 2]);
    expect(queue.peek()).toEqual([3, 4, 5]);
    expect(queue.demand).toBe(0);
  });

  it('gives the events of a batch that it has not begun back when a result ends it', () => {
    const queue = new DemandQueue<number>();
    const results: number[] = [];
    queue
      .pipe(
        demandMap((event) => event, { maxDemand: 4 }),
        take(2),
      )
      .subscribe((result) => results.push(result));
    queue.enqueue([1, 2, 3, 4, 5]);
    expect(results).toEqual([1, 2]);
    expect(queue.peek()).toEqual([3, 4, 5]);
  });

  it('gives what has come with a result back before another pool asks', async () => {
    const queue = new DemandQueue<number>();
    const begun: number[] = [];
    const other: number[] = [];
    const job = async (event: number) => {
      begun.push(event);
    };
    const pool = queue.pipe(demandMap(job, { maxDemand: 3 })).subscribe(() => {
      // The first two are for the idle workers of this pool, the others wait.
      queue.enqueue([2, 3, 4, 5]);
      pool.unsubscribe();
      queue.pipe(demandMap((event) => other.push(event))).subscribe();
    });
    queue.next(1);
    await Promise.resolve();
    expect(begun).toEqual([1]);
    expect(other).toEqual([2, 3, 4, 5]);
  });

  it('hands what has come with a result out as discarded when the queue errors there', async () => {
    const queue = new DemandQueue<number>();
    const discarded: unknown[] = [];
    const errors: unknown[] = [];
    queue.discarded.subscribe((events) => discarded.push(...events));
    queue.pipe(demandMap(async () => {}, { maxDemand: 3 })).subscribe({
      next: () => {
        queue.enqueue([2, 3, 4, 5]);
        queue.error('gone');
      },
      error: (error: unknown) => errors.push(error),
    });
    queue.next(1);
    await Promise.resolve();
    expect(errors).toEqual(['gone']);
    expect(discarded).toEqual([2, 3, 4, 5]);
  });

  it('begins no job once it is closed, whatever was on its way', () => {
    const queue = new DemandQueue<number>();
    const first: number[] = [];
    const second: number[] = [];
    const pools = new Subscription();
    const job = (log: number[]) => (event: number) => {
      log.push(event);
      pools.unsubscribe();
    };
    pools.add(queue.pipe(demandMap(job(first), { maxDemand: 3 })).subscribe());
    pools.add(queue.pipe(demandMap(job(second), { maxDemand: 2 })).subscribe());
    queue.enqueue([1, 2, 3, 4, 5, 6]);
    expect([first, second]).toEqual([[1], []]);
    expect(queue.peek()).toEqual([2, 3, 4, 5, 6]);
    expect(queue.demand).toBe(0);
  });

  it('hands what it gives back to a pool that is owed it', () => {
    const queue = new DemandQueue<number>();
    const other: number[] = [];
    const pool = queue
      .pipe(
        demandMap((event) => event, { maxDemand: 3 }),
        take(1),
      )
      .subscribe();
    queue.pipe(demandMap((event) => other.push(event))).subscribe();
    queue.enqueue([1, 2, 3]);
    expect(pool.closed).toBe(true);
    expect(other).toEqual([2, 3]);
  });

  it('warns of what it cannot give back, for the queue has ended meanwhile', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const queue = new DemandQueue<number>();
    const pool = queue.pipe(demandMap(async () => {}, { maxDemand: 3 })).subscribe(() => {
      queue.enqueue([2, 3]);
      queue.complete();
      pool.unsubscribe();
    });
    queue.next(1);
    await Promise.resolve();
    const told = String(warn.mock.calls);
    warn.mockRestore();
    expect(told).toMatch(/^DemandQueue dropped 2 event/);
  });

  it('ignores a promise that settles later', async () => {
    const queue = new DemandQueue<number>();
    const results: number[] = [];
    const pool = queue
      .pipe(
        demandMap(async (event) => (event === 1 ? event : Promise.reject(new Error('late'))), {
          maxDemand: 2,
        }),
      )
      .subscribe((result) => results.push(result));
    queue.enqueue([1, 2, 3]);
    pool.unsubscribe();
    await Promise.resolve();
    expect(results).toEqual([]);
    expect(queue.peek()).toEqual([3]);
  });

  it('swallows what a job throws after it has closed the pool itself', () => {
    const queue = new DemandQueue<number>();
    const errors: unknown[] = [];
    const pool = queue
      .pipe(
        demandMap(() => {
          pool.unsubscribe();
          throw new Error('late');
        }),
      )
      .subscribe({ error: (error: unknown) => errors.push(error) });
    queue.enqueue([1, 2]);
    expect(errors).toEqual([]);
    expect(queue.peek()).toEqual([2]);
  });
});

describe('Two pools on one queue', () => {
  it('share the jobs by their demand', () => {
    marbles(({ cold, queue, expectObservable, expectDemand }) => {
      const x = cold('     ---(x|)         ');
      const y = cold('     -----(y|)       ');
      const jobs = queue(' -abcdef|        ');
      const asked = '      (21)1-11        ';
      const expected1 = '  ----x-xx-(x|)   ';
      const expected2 = '  -------y----(y|)';
      expectObservable(jobs.pipe(demandMap(() => x, { maxDemand: 2 }))).toBe(expected1);
      expectObservable(jobs.pipe(demandMap(() => y))).toBe(expected2);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('do every job once', () => {
    const queue = new DemandQueue<number>();
    const left = new ManualJobs<number>();
    const right = new ManualJobs<number>();
    queue.pipe(demandMap(left.project, { maxDemand: 2 })).subscribe();
    queue.pipe(demandMap(right.project, { maxDemand: 3 })).subscribe();
    queue.enqueue([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([left.running, right.running]).toEqual([
      [4, 5],
      [1, 2, 3],
    ]);
    for (let event = 1; event <= 8; event++) {
      left.finish(event);
      right.finish(event);
    }
    expect([...left.begun, ...right.begun].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(queue.demand).toBe(5);
  });

  it('end apart from each other', () => {
    const queue = new DemandQueue<number>();
    const left = new ManualJobs<number>();
    const right = new ManualJobs<number>();
    const errors: unknown[] = [];
    queue.pipe(demandMap(left.project)).subscribe({ error: (error: unknown) => errors.push(error) });
    queue.pipe(demandMap(right.project)).subscribe();
    queue.enqueue([1, 2, 3, 4]);
    left.fail(1, 'broken');
    expect(errors).toEqual(['broken']);
    right.finish(2);
    right.finish(3);
    expect(right.begun).toEqual([2, 3, 4]);
  });
});

describe('demandMap, subscribed to twice', () => {
  it('is two pools that share nothing', () => {
    const queue = new DemandQueue<number>();
    const jobs = new ManualJobs<number>();
    const pool = queue.pipe(demandMap(jobs.project, { maxDemand: 2 }));
    const first = pool.subscribe();
    pool.subscribe();
    expect(queue.demand).toBe(4);
    queue.enqueue([1, 2, 3]);
    expect([1, 2, 3].map((event) => [jobs.context(event).index, jobs.context(event).worker])).toEqual([
      [0, 0],
      [1, 1],
      [0, 0],
    ]);
    first.unsubscribe();
    expect(jobs.running).toEqual([3]);
    expect(queue.demand).toBe(1);
  });
});
