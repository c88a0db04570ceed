import { Subject, finalize, of, take, takeUntil } from 'rxjs';
import { DemandQueue, demandMap, type JobContext } from '../../src/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';

/** A queue with a pool of manual jobs on it. */
function poolOf(maxDemand: number) {
  const queue = new DemandQueue<number>();
  const jobs = new ManualJobs<number>();
  const subscription = queue
    .pipe(demandMap(jobs.project, { maxDemand }))
    .subscribe({ error: () => {}, complete: () => {} });
  return { queue, jobs, subscription };
}

describe('The index in the context of a job', () => {
  it('counts the jobs of the subscription', () => {
    const { queue, jobs } = poolOf(2);
    queue.enqueue([10, 11, 12, 13]);
    for (const event of [11, 10, 12, 13]) jobs.finish(event);
    expect([10, 11, 12, 13].map((event) => jobs.context(event).index)).toEqual([0, 1, 2, 3]);
  });

  it('counts jobs that are begun inside others in the order they are begun', () => {
    const queue = new DemandQueue<string>();
    const indices: [string, number][] = [];
    const job = (event: string, { index }: JobContext) => {
      indices.push([event, index]);
      if (event.length < 2) queue.enqueue([`${event}1`, `${event}2`]);
    };
    queue.pipe(demandMap(job, { maxDemand: 2 })).subscribe();
    queue.enqueue(['a', 'b', 'c']);
    expect(indices.map(([, index]) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(indices.map(([event]) => event)).toEqual(['a', 'b', 'c', 'a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
  });
});

describe('The worker in the context of a job', () => {
  it('is a number below maxDemand that no other running job has', () => {
    const { queue, jobs } = poolOf(3);
    queue.enqueue([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const event of [1, 0, 3, 2, 5, 6, 4, 9, 7, 8]) {
      const workers = jobs.running.map((running) => jobs.context(running).worker);
      expect(new Set(workers).size).toBe(workers.length);
      expect(workers.every((worker) => worker >= 0 && worker < 3)).toBe(true);
      jobs.finish(event);
    }
  });

  it('is the worker whose job has ended, for the job that was waiting', () => {
    const { queue, jobs } = poolOf(3);
    queue.enqueue([0, 1, 2, 3, 4]);
    jobs.finish(1);
    jobs.finish(2);
    expect(jobs.context(3).worker).toBe(jobs.context(1).worker);
    expect(jobs.context(4).worker).toBe(jobs.context(2).worker);
  });

  it('stays the same while the job runs, and afterwards', () => {
    const { queue, jobs } = poolOf(2);
    queue.enqueue([0, 1, 2, 3]);
    jobs.finish(1);
    jobs.finish(2);
    expect([0, 1, 2, 3].map((event) => jobs.context(event).worker)).toEqual([0, 1, 1, 1]);
  });

  it('is a number of its own for each running job with demand without end', () => {
    const { queue, jobs } = poolOf(Infinity);
    queue.enqueue([0, 1, 2]);
    jobs.finish(1);
    queue.enqueue([3, 4]);
    expect([0, 1, 2, 3, 4].map((event) => jobs.context(event).worker)).toEqual([0, 1, 2, 1, 3]);
  });
});

describe('The signal in the context of a job', () => {
  it('is aborted when the pool is unsubscribed from', () => {
    const { queue, jobs, subscription } = poolOf(2);
    queue.enqueue([0, 1]);
    const signals = [0, 1].map((event) => jobs.context(event).signal);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    subscription.unsubscribe();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it('is aborted when the queue errors', () => {
    const { queue, jobs } = poolOf(1);
    queue.next(0);
    const { signal } = jobs.context(0);
    queue.error(new Error('gone'));
    expect(signal.aborted).toBe(true);
  });

  it('is the same whenever it is looked at, and another for each job', () => {
    const { queue, jobs } = poolOf(2);
    queue.enqueue([0, 1]);
    expect(jobs.context(0).signal).toBe(jobs.context(0).signal);
    expect(jobs.context(0).signal).not.toBe(jobs.context(1).signal);
  });

  it('is aborted already if it is first looked at after the end of the pool', () => {
    const { queue, jobs, subscription } = poolOf(1);
    queue.next(0);
    subscription.unsubscribe();
    expect(jobs.context(0).signal.aborted).toBe(true);
  });

  it('is not aborted once the job has ended', () => {
    const { queue, jobs, subscription } = poolOf(2);
    queue.enqueue([0, 1]);
    const { signal } = jobs.context(0);
    jobs.finish(0);
    queue.next(2);
    subscription.unsubscribe();
    expect(signal.aborted).toBe(false);
    expect(jobs.context(0).signal.aborted).toBe(false);
    expect(jobs.context(2).signal.aborted).toBe(true);
  });

  it('is not aborted when the pool completes', () => {
    const { queue, jobs, subscription } = poolOf(1);
    queue.next(0);
    queue.complete();
    const { signal } = jobs.context(0);
    jobs.finish(0);
    expect(subscription.closed).toBe(true);
    expect(signal.aborted).toBe(false);
  });

  it('is aborted although that of an earlier job of the worker is looked at meanwhile', () => {
    const { queue, jobs, subscription } = poolOf(1);
    queue.enqueue([0, 1]);
    jobs.finish(0);
    const { signal } = jobs.context(1);
    const old = jobs.context(0).signal;
    subscription.unsubscribe();
    expect([signal.aborted, old.aborted]).toEqual([true, false]);
  });

  it.each<[string, (event: number) => unknown]>([
    ['a promise', async (event) => event],
    ['a plain value', (event) => event],
  ])('is not aborted by whoever ends the pool with the result of the job: %s', async (_, result) => {
    const queue = new DemandQueue<number>();
    const signals: AbortSignal[] = [];
    const job = (event: number, { signal }: JobContext) => {
      signals.push(signal);
      return result(event);
    };
    queue.next(1);
    await new Promise((resolve) => queue.pipe(demandMap(job), take(1)).subscribe(resolve));
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });

  it('is not aborted by whoever ends the pool as the Observable of the job is torn down', () => {
    const queue = new DemandQueue<number>();
    const stop = new Subject<void>();
    const signals: AbortSignal[] = [];
    const job = (event: number, { signal }: JobContext) => {
      signals.push(signal);
      return of(event).pipe(finalize(() => stop.next()));
    };
    queue.pipe(demandMap(job), takeUntil(stop)).subscribe();
    queue.enqueue([1, 2]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    expect(queue.peek()).toEqual([2]);
  });

  it('is aborted by whoever ends the pool with a result while the job goes on', () => {
    const queue = new DemandQueue<number>();
    const signals: AbortSignal[] = [];
    const job = function* (_: number, { signal }: JobContext) {
      signals.push(signal);
      yield 1;
      yield 2;
    };
    queue.next(1);
    const results: number[] = [];
    queue.pipe(demandMap(job), take(1)).subscribe((result) => results.push(result));
    expect(results).toEqual([1]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});
