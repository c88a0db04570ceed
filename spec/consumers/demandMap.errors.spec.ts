import { concat, map, retry, throwError, timer } from 'rxjs';
import { DemandQueue, demandMap, type JobContext } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

const error = new Error('broken');

/** Jobs that fail, each in its way. */
const failing: [string, (event: number, context: JobContext) => unknown][] = [
  [
    'project throws',
    () => {
      throw error;
    },
  ],
  ['a promise rejects', () => Promise.reject(error)],
  ['an async function throws', async () => Promise.reject(error)],
  ['a thenable rejects', () => ({ then: (_: unknown, reject: (reason: unknown) => void) => reject(error) })],
  [
    'a thenable throws',
    () => ({
      then: () => {
        throw error;
      },
    }),
  ],
  [
    'the getter of `then` throws',
    () => ({
      get then() {
        throw error;
      },
    }),
  ],
  ['an Observable errors at once', () => throwError(() => error)],
  [
    'an Observable errors later',
    () =>
      concat(
        timer(0).pipe(map(() => 'partial')),
        throwError(() => error),
      ),
  ],
  [
    'an iterable throws',
    function* () {
      yield 'partial';
      throw error;
    },
  ],
  [
    'an async iterable throws',
    async function* () {
      yield 'partial';
      throw error;
    },
  ],
];

describe('demandMap, when a job fails', () => {
  it.each(failing)('errors with the error itself: %s', async (_, job) => {
    const queue = new DemandQueue<number>();
    const pool = queue.pipe(demandMap(job));
    const outcome = new Promise((resolve) => pool.subscribe({ error: resolve }));
    queue.enqueue([1, 2]);
    await expect(outcome).resolves.toBe(error);
    expect(queue.peek()).toEqual([2]);
    expect(queue.demand).toBe(0);
  });

  it('tears down the other jobs, withdraws its demand and leaves the rest in the queue', () => {
    marbles(({ cold, queue, expectObservable, expectDemand, expectSubscriptions, flush }) => {
      const good = cold('   --x--x--x      ');
      const bad = cold('    ---#           ');
      const jobs = queue('  -a-b-----(cdef)', { a: good, b: bad, c: good, d: good, e: good, f: good });
      const asked = '       3              ';
      const expected = '    ---x--(x#)     ';
      const goodSubs = '    -^----!        ';
      expectObservable(jobs.pipe(demandMap((job) => job, { maxDemand: 3 }))).toBe(expected);
      expectSubscriptions(good.subscriptions).toBe(goodSubs);
      expectDemand(jobs).toBe(asked);
      flush();
      expect([jobs.size, jobs.demand]).toEqual([4, 0]);
    });
  });

  it('aborts the signals of the other jobs, not its own', () => {
    const queue = new DemandQueue<number>();
    const jobs = new ManualJobs<number>();
    queue.pipe(demandMap(jobs.project, { maxDemand: 3 })).subscribe({ error: () => {} });
    queue.enqueue([1, 2, 3]);
    const signals = [1, 2, 3].map((event) => jobs.context(event).signal);
    jobs.fail(2, error);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false, true]);
    expect(jobs.running).toEqual([]);
  });

  it('leaves the queue to other consumers', () => {
    const queue = new DemandQueue<number>();
    const jobs = new ManualJobs<number>();
    queue.pipe(demandMap(jobs.project, { maxDemand: 2 })).subscribe({ error: () => {} });
    queue.enqueue([1, 2, 3, 4]);
    jobs.fail(1, error);
    expect(queue.closed).toBe(false);
    const consumer = new RawConsumer(queue);
    consumer.ask(3);
    queue.next(5);
    expect(consumer.events).toEqual([3, 4, 5]);
  });

  it('gives the events of a batch that it has not begun back, in their order', () => {
    const queue = new DemandQueue<number>();
    const begun: number[] = [];
    const job = (event: number) => {
      begun.push(event);
      if (event === 2) throw error;
    };
    queue.pipe(demandMap(job, { maxDemand: 4 })).subscribe({ error: () => {} });
    queue.enqueue([1, 2, 3, 4, 5]);
    expect(begun).toEqual([1, 2]);
    expect(queue.peek()).toEqual([3, 4, 5]);
  });

  it('goes on with the rest after retry()', () => {
    marbles(({ cold, queue, expectObservable, expectDemand }) => {
      const good = cold('   --(x|)           ');
      const bad = cold('    --#              ');
      const jobs = queue('  (abc)--d--|      ', { a: good, b: bad, c: good, d: good });
      const asked = '       1-1-1-1--1-      ';
      const expected = '    --x---x--x|      ';
      expectObservable(
        jobs.pipe(
          demandMap((job) => job),
          retry(),
        ),
      ).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('goes on with the rest in order after retry(), in the middle of a batch', () => {
    const queue = new DemandQueue<number>();
    const begun: number[] = [];
    const results: number[] = [];
    const job = (event: number) => {
      begun.push(event);
      if (event % 2 === 0) throw error;
      return event;
    };
    queue.pipe(demandMap(job, { maxDemand: 3 }), retry()).subscribe((result) => results.push(result));
    queue.enqueue([1, 2, 3, 4, 5, 6, 7]);
    expect(begun).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(results).toEqual([1, 3, 5, 7]);
    expect([queue.size, queue.demand]).toEqual([0, 3]);
  });

  it('goes on with the rest in order after retry(), when a job fails in the frame of a result', async () => {
    const queue = new DemandQueue<number>();
    const begun: number[] = [];
    const job = (event: number) => {
      begun.push(event);
      if (event === 2) throw error;
      return event === 1 ? Promise.resolve(event) : undefined;
    };
    queue.pipe(demandMap(job, { maxDemand: 3 }), retry()).subscribe((result) => {
      if (result === 1) queue.enqueue([2, 3, 4, 5, 6]);
    });
    queue.next(1);
    await Promise.resolve();
    expect(begun).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('errors once, with the first error', () => {
    const queue = new DemandQueue<number>();
    const jobs = new ManualJobs<number>();
    const errors: unknown[] = [];
    queue.pipe(demandMap(jobs.project, { maxDemand: 2 })).subscribe({
      error: (reason: unknown) => {
        errors.push(reason);
        jobs.fail(2, 'second');
      },
    });
    queue.enqueue([1, 2]);
    jobs.fail(1, 'first');
    expect(errors).toEqual(['first']);
  });
});

describe('demandMap, when the queue errors', () => {
  it('errors at once and tears down its jobs', () => {
    marbles(({ cold, queue, expectObservable, expectDemand, expectSubscriptions }) => {
      const job = cold('    --x---x   ');
      const jobs = queue('  -(ab)--#  ');
      const asked = '       2         ';
      const expected = '    ---(xx)#  ';
      const jobSubs = '     -^-----!  ';
      expectObservable(jobs.pipe(demandMap(() => job, { maxDemand: 2 }))).toBe(expected);
      expectSubscriptions(job.subscriptions).toBe([jobSubs, jobSubs]);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('errors over a queue that has errored', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('#');
      expectObservable(jobs.pipe(demandMap((job) => job)), '--^').toBe('--#');
      expectDemand(jobs).toBe('');
    });
  });
});
