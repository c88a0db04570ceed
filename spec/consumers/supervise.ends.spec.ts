import { NEVER, Observable, Subject, of, take, throwError } from 'rxjs';
import { DemandQueue, consume, demandMap, handleEvents, supervise, type Producer } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';
import { crashing } from '../support/crashing.ts';

const quietly = { crashed: () => undefined };

describe("The producer's error", () => {
  it('is no crash: the whole errors with it, and the workers are torn down', () => {
    marbles(({ queue, expectObservable, flush }) => {
      const jobs = queue('  -a-b#', null, { error: 'queue' });
      const expected = '    ----#';
      const crashes: unknown[] = [];
      const supervised = supervise(demandMap(crashing), {
        workers: 2,
        crashed: (crash) => crashes.push(crash),
      });
      expectObservable(jobs.pipe(supervised)).toBe(expected, null, 'queue');
      flush();
      expect(crashes).toEqual([]);
    });
  });

  it('is told from a worker error of the same value', () => {
    const queue = new DemandQueue<number>();
    const error = new Error('both');
    const told: unknown[] = [];
    const job = () => {
      throw error;
    };
    queue
      .pipe(supervise(demandMap(job), { crashed: ({ events }) => told.push(events) }))
      .subscribe({ error: (failed: unknown) => told.push(failed) });
    queue.enqueue([1]);
    expect(told).toEqual([[1]]);
    queue.error(error);
    expect(told).toEqual([[1], error]);
  });

  it('is left to a worker that survives it', () => {
    const queue = new DemandQueue<number>();
    const told: unknown[] = [];
    queue
      .pipe(
        supervise(
          handleEvents((batch) => batch.length, { cancel: 'temporary' }),
          quietly,
        ),
      )
      .subscribe({ error: () => told.push('error'), complete: () => told.push('complete') });
    queue.error(new Error('queue'));
    expect(told).toEqual(['complete']);
  });

  it('ends the whole while its only worker waits for its restart', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  -1--#', null, { error: 'queue' });
      const expected = '    ----#';
      const supervised = supervise(demandMap(crashing), { restartDelayMs: 9, ...quietly });
      expectObservable(jobs.pipe(supervised)).toBe(expected, null, 'queue');
    });
  });

  it('is also that of a plain Observable', () => {
    const source = new Subject<number>();
    const told: unknown[] = [];
    source
      .pipe(
        supervise(
          demandMap((n) => n),
          { workers: 2 },
        ),
      )
      .subscribe({ error: (error: unknown) => told.push(error) });
    source.error(new Error('source'));
    expect(told).toEqual([new Error('source')]);
  });
});

describe("A subscription that the producer's side cancels with an error", () => {
  it('is a crash of its worker, which subscribes again', () => {
    const reasons: unknown[] = [];
    const queue = new DemandQueue<number>({
      handleSubscribe: (subscription) => {
        if (reasons.length === 0) subscription.cancel(new Error('not you'));
      },
    });
    queue
      .pipe(
        supervise(
          demandMap((n) => n),
          { crashed: ({ error }) => reasons.push(error) },
        ),
      )
      .subscribe();
    expect(reasons).toEqual([new Error('not you')]);
  });
});

describe('A worker that completes', () => {
  it('is done: the whole completes when all have', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  -----ab-c------');
      const asked = '       (111)----------';
      const expected = '    --------AB-(C|)';
      const once = (source: Producer<string>) => source.pipe(demandMap(crashing), take(1));
      expectObservable(jobs.pipe(supervise(once, { workers: 3 }))).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('is not started again with the others', () => {
    marbles(({ cold, queue, expectObservable, flush }) => {
      const started: string[] = [];
      const worker = (name: string, results: Observable<string>) => () => {
        started.push(name);
        return started.length > 3 ? NEVER : results;
      };
      const workers = [worker('done', of('x')), worker('other', NEVER), worker('crashes', cold('---#'))];
      expectObservable(queue().pipe(supervise(workers, { strategy: 'one_for_all', ...quietly }))).toBe('x');
      flush();
      expect(started).toEqual(['done', 'other', 'crashes', 'other', 'crashes']);
    });
  });
});

describe('Unsubscribing', () => {
  it('tears all workers down, the last one first, and withdraws their demand', () => {
    const queue = new DemandQueue<string>();
    const torn: string[] = [];
    const worker = (name: string) => (source: Producer<string>) =>
      source.pipe(demandMap(() => new Observable<never>(() => () => torn.push(name))));
    const subscription = queue.pipe(supervise(['a', 'b', 'c'].map(worker))).subscribe();
    queue.enqueue(['1', '2', '3', '4']);
    subscription.unsubscribe();
    expect(torn).toEqual(['c', 'b', 'a']);
    expect(queue.peek()).toEqual(['4']);
    expect(queue.demand).toBe(0);
  });

  it('gives back what no worker has begun', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue([1, 2, 3, 4, 5]);
    const results: number[] = [];
    queue.pipe(supervise(consume({ maxDemand: 3 })), take(2)).subscribe((result) => results.push(result));
    expect(results).toEqual([1, 2]);
    expect(queue.peek()).toEqual([3, 4, 5]);
  });

  it('from inside `crashed` starts no worker again', () => {
    const queue = new DemandQueue<number>();
    const jobs = new ManualJobs<number>();
    let lives = 0;
    const subscription = queue
      .pipe(
        supervise(
          (source) => {
            lives++;
            return source.pipe(demandMap(jobs.project));
          },
          {
            crashed: () => {
              subscription.unsubscribe();
            },
          },
        ),
      )
      .subscribe();
    queue.enqueue([1, 2]);
    jobs.fail(1, new Error('crash'));
    expect(lives).toBe(1);
    expect(queue.demand).toBe(0);
    expect(queue.peek()).toEqual([2]);
  });

  it('while a restart is due lets it be', () => {
    marbles(({ queue, expectObservable, expectDemand, flush }) => {
      const jobs = queue('  1b-------');
      const sub = '         ^-!      ';
      const expected = '    ---------';
      const asked = '       1--------';
      const supervised = supervise(demandMap(crashing), { restartDelayMs: 5, ...quietly });
      expectObservable(jobs.pipe(supervised), sub).toBe(expected);
      expectDemand(jobs).toBe(asked);
      flush();
      expect(jobs.demand).toBe(0);
    });
  });
});

describe('An error of `crashed`', () => {
  it('ends the whole', () => {
    const queue = new DemandQueue<number>();
    const told: unknown[] = [];
    const failed = new Error('listener');
    queue
      .pipe(
        supervise(
          demandMap(() => throwError(() => new Error('crash'))),
          {
            workers: 2,
            crashed: () => {
              throw failed;
            },
          },
        ),
      )
      .subscribe({ error: (error: unknown) => told.push(error) });
    queue.enqueue([1]);
    expect(told).toEqual([failed]);
    expect(queue.demand).toBe(0);
  });
});

describe('A teardown that throws', () => {
  it('ends the whole when a worker is torn down for a restart', () => {
    const queue = new DemandQueue<string>();
    const told: unknown[] = [];
    const bad = () =>
      new Observable<never>(() => () => {
        throw new Error('teardown');
      });
    const job = (source: Producer<string>) => source.pipe(demandMap(bad));
    const crash = (source: Producer<string>) =>
      source.pipe(demandMap(() => throwError(() => new Error('crash'))));
    queue
      .pipe(
        supervise([job, crash], {
          strategy: 'one_for_all',
          crashed: ({ events }) => told.push(events),
        }),
      )
      .subscribe({ error: (error: unknown) => told.push((error as Error).name) });
    queue.enqueue(['a', 'b']);
    expect(told).toEqual([['b', 'a'], 'UnsubscriptionError']);
  });
});
