import { Observable, finalize } from 'rxjs';
import {
  DemandQueue,
  demandMap,
  handleEvents,
  supervise,
  type JobContext,
  type Producer,
  type RestartStrategy,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';
import { crashing } from '../support/crashing.ts';

const crash = new Error('crash');

/** Four workers that do a job each: 'a' to 'd'; what happens to them is in the log. */
function fourWorkers(strategy: RestartStrategy, options: { readonly maxRestarts?: number } = {}) {
  const queue = new DemandQueue<string>();
  const jobs = new ManualJobs<string>();
  const log: string[] = [];
  const worker = (name: string) => (source: Producer<string>) => {
    log.push(`+${name}`);
    const results = source.pipe(demandMap(jobs.project));
    return new Observable<string>((subscriber) => {
      subscriber.add(() => log.push(`-${name}`));
      return results.subscribe(subscriber);
    });
  };
  const subscription = queue
    .pipe(
      supervise(['A', 'B', 'C', 'D'].map(worker), {
        strategy,
        ...options,
        crashed: ({ worker: index, events }) => log.push(`${index} held ${events.join()}`),
      }),
    )
    .subscribe({
      next: (result) => log.push(result),
      error: (error: unknown) => log.push((error as Error).name),
    });
  queue.enqueue(['a', 'b', 'c', 'd', 'e']);
  log.length = 0;
  return { queue, jobs, log, subscription };
}

describe("The strategy 'one_for_one'", () => {
  it('restarts the one that has crashed', () => {
    const { queue, jobs, log } = fourWorkers('one_for_one');
    jobs.fail('b', crash);
    expect(log).toEqual(['-B', '1 held b', '+B']);
    expect(jobs.running).toEqual(['a', 'c', 'd', 'e']);
    for (const job of jobs.running) jobs.finish(job);
    expect(queue.demand).toBe(4);
  });
});

describe("The strategy 'one_for_all'", () => {
  it('tears the others down in reverse order, reports what they had in work, and starts all anew', () => {
    const { queue, jobs, log } = fourWorkers('one_for_all');
    jobs.fail('b', crash);
    expect(log).toEqual(['-B', '-D', '-C', '-A', '1 held b,a,c,d', '+A', '+B', '+C', '+D']);
    expect(jobs.running).toEqual(['e']);
    expect(queue.demand).toBe(3);
    jobs.finish('e');
    expect(queue.demand).toBe(4);
  });

  it('takes no results from those that it tears down', () => {
    const { jobs, log } = fourWorkers('one_for_all');
    jobs.fail('a', crash);
    jobs.finish('b');
    expect(log).not.toContain('b');
  });
});

describe('Workers that are restarted together', () => {
  it('begin none of the events that others give back as they are torn down', () => {
    const queue = new DemandQueue<number>();
    const jobs = new ManualJobs<string>();
    const held: unknown[] = [];
    const work = (batch: readonly number[]) => jobs.project(batch.join(), {} as never);
    const one = demandMap((n: number) => work([n]));
    queue
      .pipe(
        supervise([one, one, handleEvents(work, { maxDemand: 4, minDemand: 2 })], {
          strategy: 'one_for_all',
          crashed: ({ events }) => held.push(events),
        }),
      )
      .subscribe();
    queue.enqueue([1, 2, 3, 4]);
    queue.enqueue([5]);
    jobs.fail('5', crash);
    expect(held).toEqual([[5, 1, 2]]);
    expect(jobs.begun).toEqual(['1,2', '5', '3', '4']);
  });

  it('report each its own, if two crash in one frame', () => {
    const queue = new DemandQueue<string>();
    const jobs = new ManualJobs<string>();
    const held: unknown[] = [];
    const job = (event: string, context: JobContext) => {
      if (event === 'c') {
        jobs.fail('a', crash);
        jobs.fail('b', crash);
      }
      return jobs.project(event, context);
    };
    queue
      .pipe(
        supervise(demandMap(job), {
          workers: 3,
          strategy: 'one_for_all',
          crashed: ({ worker, events }) => held.push([worker, events]),
        }),
      )
      .subscribe();
    queue.enqueue(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(held).toEqual([
      [0, ['a', 'c']],
      [1, ['b']],
    ]);
  });
});

describe('A worker that crashes as another one is torn down', () => {
  it('is started again once, and tells its own', () => {
    const queue = new DemandQueue<string>();
    const jobs = new ManualJobs<string>();
    const told: unknown[] = [];
    const job = (event: string, context: JobContext) => {
      const results = jobs.project(event, context);
      // The teardown of c crashes b.
      return event === 'c' ? results.pipe(finalize(() => jobs.fail('b', crash))) : results;
    };
    queue
      .pipe(
        supervise(demandMap(job), {
          workers: 3,
          strategy: 'one_for_all',
          crashed: ({ worker, events }) => told.push([worker, events]),
        }),
      )
      .subscribe();
    queue.enqueue(['a', 'b', 'c']);
    jobs.fail('a', crash);
    expect(told).toEqual([
      [0, ['a', 'c']],
      [1, ['b']],
    ]);
    expect(queue.demand).toBe(3);
  });
});

describe("The strategy 'rest_for_one'", () => {
  it('restarts it and those after it', () => {
    const { queue, jobs, log } = fourWorkers('rest_for_one');
    jobs.fail('b', crash);
    expect(log).toEqual(['-B', '-D', '-C', '1 held b,c,d', '+B', '+C', '+D']);
    expect(jobs.running).toEqual(['a', 'e']);
    expect(queue.demand).toBe(2);
  });

  it('restarts the last one alone', () => {
    const { log, jobs } = fourWorkers('rest_for_one');
    jobs.fail('d', crash);
    expect(log).toEqual(['-D', '3 held d', '+D']);
  });
});

describe('Beyond the intensity', () => {
  it.each(['one_for_one', 'one_for_all', 'rest_for_one'] as const)(
    '%s tears all down, reports what all had in work, and errors',
    (strategy) => {
      const { queue, jobs, log } = fourWorkers(strategy, { maxRestarts: 0 });
      jobs.fail('c', crash);
      expect(log).toEqual(['-C', '-D', '-B', '-A', '2 held c,a,b,d', 'RestartIntensityError']);
      expect(queue.demand).toBe(0);
      expect(queue.peek()).toEqual(['e']);
    },
  );
});

describe('The demand of workers that are restarted together', () => {
  it('is withdrawn and asked anew once for each', () => {
    marbles(({ queue, expectObservable, expectDemand, flush }) => {
      const jobs = queue('  ----a1-----b---');
      const asked = '       (22)--(22)----1';
      const expected = '    --------------B';
      const supervised = supervise(demandMap(crashing, { maxDemand: 2 }), {
        workers: 2,
        strategy: 'one_for_all',
        crashed: () => undefined,
      });
      expectObservable(jobs.pipe(supervised)).toBe(expected);
      expectDemand(jobs).toBe(asked);
      flush();
      expect(jobs.demand).toBe(4);
    });
  });
});
