import { Observable, VirtualTimeScheduler, of, throwError, timer } from 'rxjs';
import {
  DemandQueue,
  RestartIntensityError,
  demandMap,
  supervise,
  type SuperviseOptions,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { crashing } from '../support/crashing.ts';

const quietly = { crashed: () => undefined };

const crashes = (...events: readonly string[]) => events.map((event) => new Error(`crash of ${event}`));

describe('The restart intensity', () => {
  it('is three restarts in five seconds: one crash more errors, with all the causes', () => {
    marbles(({ queue, expectObservable, expectDemand, flush }) => {
      const jobs = queue('  1-1-1-1-a');
      const asked = '       11-1-1---';
      const expected = '    -------#';
      const error = new RestartIntensityError(crashes('1', '1', '1', '1'));
      expectObservable(jobs.pipe(supervise(demandMap(crashing), quietly))).toBe(expected, null, error);
      expectDemand(jobs).toBe(asked);
      flush();
      expect(error.cause).toEqual(new Error('crash of 1'));
      expect(jobs.demand).toBe(0);
      expect(jobs.peek()).toEqual(['a']);
    });
  });

  it('is a window that slides: restarts that are older than withinMs do not count', () => {
    marbles(({ queue, expectObservable, flush }) => {
      // Crashes at 1, 3, 7 and 8: at 7 the first is too old, at 8 there are three within 5 ms.
      const jobs = queue('  1-1---11-');
      const expected = '    --------#';
      const error = new RestartIntensityError(crashes('1', '1', '1'));
      const supervised = supervise(demandMap(crashing), { maxRestarts: 2, withinMs: 5, ...quietly });
      expectObservable(jobs.pipe(supervised)).toBe(expected, null, error);
      flush();
    });
  });

  it('counts the crashes of all workers together', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  -123-----');
      const expected = '    ------#';
      const error = new RestartIntensityError(crashes('1', '2', '3'));
      const supervised = supervise(demandMap(crashing), { workers: 3, maxRestarts: 2, ...quietly });
      expectObservable(jobs.pipe(supervised)).toBe(expected, null, error);
    });
  });

  it('of 0 allows no restart', () => {
    const told: unknown[] = [];
    const queue = new DemandQueue<number>();
    const job = () => throwError(() => new Error('crash'));
    queue
      .pipe(supervise(demandMap(job), { maxRestarts: 0, ...quietly }))
      .subscribe({ error: (error: unknown) => told.push(error) });
    queue.enqueue([1, 2]);
    expect(told).toEqual([new RestartIntensityError([new Error('crash')])]);
    expect(queue.peek()).toEqual([2]);
  });

  it('of Infinity never gives up', () => {
    const queue = new DemandQueue<number>();
    const results: number[] = [];
    const job = (n: number) => (n < 1000 ? throwError(() => new Error('crash')) : of(n));
    queue
      .pipe(supervise(demandMap(job), { maxRestarts: Infinity, ...quietly }))
      .subscribe((result) => results.push(result));
    queue.enqueue(Array.from({ length: 1001 }, (_, n) => n));
    expect(results).toEqual([1000]);
  });
});

describe('Crashes in a loop', () => {
  const COUNT = 20_000;

  it.each<[string, SuperviseOptions<number>, (n: number) => unknown]>([
    [
      'that jobs throw',
      {},
      (n) => {
        throw new Error(String(n));
      },
    ],
    ['of Observables', { workers: 3 }, () => throwError(() => new Error('crash'))],
    ['between jobs that work', { workers: 2 }, (n) => (n % 2 ? throwError(() => new Error('crash')) : of(n))],
  ])('do not grow the stack: %s', (_, options, job) => {
    const queue = new DemandQueue<number>({ bufferSize: Infinity });
    queue.enqueue(Array.from({ length: COUNT }, (__, n) => n));
    let done = 0;
    let gone = 0;
    const supervised = supervise(demandMap(job), {
      ...options,
      maxRestarts: Infinity,
      crashed: ({ events }) => {
        gone += events.length;
      },
    });
    queue.pipe(supervised).subscribe(() => done++);
    expect(done + gone).toBe(COUNT);
    expect(queue.demand).toBe(options.workers ?? 1);
  });

  it('without an event to blame wait for a millisecond each', () => {
    marbles(({ queue, expectObservable, flush }) => {
      let lives = 0;
      const broken = (): Observable<never> => {
        lives++;
        throw new Error('broken');
      };
      const supervised = supervise(broken, { maxRestarts: Infinity, ...quietly });
      expectObservable(queue().pipe(supervised), '^---------!').toBe('-');
      flush();
      expect(lives).toBe(10);
    });
  });

  it('that reject at once do not go on in microtasks', async () => {
    const scheduler = new VirtualTimeScheduler();
    const queue = new DemandQueue<number>();
    let lives = 0;
    const broken = () => {
      lives++;
      return new Observable<never>((subscriber) => {
        void Promise.reject(new Error('broken')).catch((error: unknown) => {
          subscriber.error(error);
        });
      });
    };
    const subscription = queue
      .pipe(supervise(broken, { maxRestarts: Infinity, scheduler, ...quietly }))
      .subscribe();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(lives).toBe(1);
    scheduler.flush();
    expect(lives).toBe(2);
    subscription.unsubscribe();
  });
});

describe('restartDelayMs', () => {
  it('is how long a restart waits; meanwhile the worker is owed nothing, and the others go on', () => {
    marbles(({ queue, expectObservable, expectDemand, flush }) => {
      const jobs = queue('  ----1a--b-------');
      const asked = '       (11)----1-11----';
      const expected = '    --------A--B----';
      const supervised = supervise(demandMap(crashing), { workers: 2, restartDelayMs: 5, ...quietly });
      const demands: number[] = [];
      timer(7).subscribe(() => demands.push(jobs.demand));
      expectObservable(jobs.pipe(supervised)).toBe(expected);
      expectDemand(jobs).toBe(asked);
      flush();
      expect(demands).toEqual([0]);
      expect(jobs.demand).toBe(2);
    });
  });

  it('keeps the place in the producer: one that has no other consumer is not begun anew', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -1ab---|      ');
      const expected = '     ---------A--(B|)';
      const subs = '         ^------!      ';
      const supervised = supervise(demandMap(crashing), { restartDelayMs: 4, ...quietly });
      expectObservable(source.pipe(supervised)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });
});
