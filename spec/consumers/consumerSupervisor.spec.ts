import { NEVER, Observable, from, of, take, timer } from 'rxjs';
import {
  DemandQueue,
  consumerSupervisor,
  fromIterable,
  keySerial,
  type ChildContext,
  type ConsumerSupervisorOptions,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';
import { crashing } from '../support/crashing.ts';

const quietly = { crashed: () => undefined };

/** A supervisor of jobs that end when they are told to, on a queue. */
function running(options: ConsumerSupervisorOptions<number> = {}) {
  const queue = new DemandQueue<number>();
  const jobs = new ManualJobs<number>();
  const told: unknown[] = [];
  const contexts = new Map<number, ChildContext<number>>();
  const subscription = queue
    .pipe(
      consumerSupervisor((event, context) => {
        contexts.set(event, context);
        return jobs.project(event, {} as never);
      }, options),
    )
    .subscribe({
      next: (result) => told.push(result),
      error: (error: unknown) => told.push(error),
      complete: () => told.push('complete'),
    });
  return { queue, jobs, told, contexts, subscription };
}

describe('consumerSupervisor', () => {
  it('starts one child for each event, at most maxDemand at a time, and asks as they end', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  --abcd-----|');
      const asked = '       2----11-11-';
      const expected = '    -----AB-CD-|';
      expectObservable(jobs.pipe(consumerSupervisor(crashing, { maxDemand: 2 }))).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('asks when minDemand children have ended, for as many', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  --abcd------');
      const asked = '       4-----2-2---';
      const expected = '    -----ABCD---';
      expectObservable(jobs.pipe(consumerSupervisor(crashing, { maxDemand: 4, minDemand: 2 }))).toBe(
        expected,
      );
      expectDemand(jobs).toBe(asked);
    });
  });

  it('asks for 1000 events if it is not told otherwise, and for 500 when as many have ended', () => {
    const { queue, jobs } = running();
    expect(queue.demand).toBe(1000);
    queue.enqueue(Array.from({ length: 500 }, (_, n) => n));
    for (let n = 0; n < 499; n++) jobs.finish(n);
    expect(queue.demand).toBe(500);
    jobs.finish(499);
    expect(queue.demand).toBe(1000);
  });

  it.each<[string, (event: number) => unknown, unknown[]]>([
    ['a value', (n) => n * 2, [2, 4]],
    ['nothing', () => undefined, [undefined, undefined]],
    ['a promise', (n) => Promise.resolve(n * 2), [2, 4]],
    ['a thenable', (n) => ({ then: (resolve: (n: number) => void) => resolve(n * 2) }), [2, 4]],
    ['an Observable', (n) => of(n, n * 2), [1, 2, 2, 4]],
    ['an iterable', (n) => [n, n], [1, 1, 2, 2]],
    [
      'an async iterable',
      async function* (n) {
        yield n;
        await Promise.resolve();
        yield n;
      },
      [1, 1, 2, 2],
    ],
  ])('emits what a child gives: %s', async (_, start, results) => {
    const told: unknown[] = [];
    await new Promise<void>((resolve) => {
      fromIterable([1, 2])
        .pipe(consumerSupervisor(start, { maxDemand: 1 }))
        .subscribe({ next: (result) => told.push(result), complete: resolve });
    });
    expect(told).toEqual(results);
  });

  it('is an RxJS operator too', () => {
    const told: unknown[] = [];
    from([1, 2, 3])
      .pipe(consumerSupervisor((n) => n * 2))
      .subscribe({ next: (n) => told.push(n), complete: () => told.push('complete') });
    expect(told).toEqual([2, 4, 6, 'complete']);
  });
});

describe('The end of the producer', () => {
  it('lets the children go on, and completes with the last of them', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  ab|       ');
      const expected = '    ---A(B|)  ';
      expectObservable(jobs.pipe(consumerSupervisor(crashing))).toBe(expected);
    });
  });

  it('completes with a child that crashes, and is not started again', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  -3|   ');
      const expected = '    ----| ';
      expectObservable(jobs.pipe(consumerSupervisor(crashing, quietly))).toBe(expected);
    });
  });

  it('completes at once if no child is there', () => {
    marbles(({ queue, expectObservable }) => {
      expectObservable(queue('---|').pipe(consumerSupervisor(crashing))).toBe('---|');
    });
  });

  it('completes when the last child is terminated', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  -a|   ');
      const expected = '    ---|  ';
      const options: ConsumerSupervisorOptions<string> = {
        started: (supervisor) => {
          timer(3).subscribe(() => {
            for (const child of supervisor.whichChildren()) supervisor.terminateChild(child);
          });
        },
      };
      expectObservable(jobs.pipe(consumerSupervisor(crashing, options))).toBe(expected);
    });
  });
});

describe('The error of the producer', () => {
  it('terminates the children, and errors at once', () => {
    marbles(({ queue, cold, expectObservable, expectSubscriptions }) => {
      const work = cold('   --x--|');
      const jobs = queue('  -a--#', null, { error: 'queue' });
      const expected = '    ---x#';
      expectObservable(jobs.pipe(consumerSupervisor(() => work))).toBe(expected, { x: 'x' }, 'queue');
      expectSubscriptions(work.subscriptions).toBe('-^--!');
    });
  });

  it('lets the children go on to their end if the subscription is temporary', () => {
    const { queue, jobs, told } = running({ cancel: 'temporary' });
    queue.enqueue([1]);
    queue.error(new Error('queue'));
    expect(told).toEqual([]);
    jobs.finish(1);
    expect(told).toEqual([1, 'complete']);
  });
});

describe('Unsubscribing', () => {
  it('terminates all children, aborts their signals and withdraws the demand', () => {
    const { queue, jobs, contexts, subscription } = running({ maxDemand: 3 });
    queue.enqueue([1, 2]);
    const signals = [...contexts.values()].map(({ signal }) => signal);
    jobs.finish(1);
    subscription.unsubscribe();
    expect(jobs.running).toEqual([]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    expect(queue.demand).toBe(0);
  });

  it('in the middle of a batch gives back the events that have no child yet', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue([1, 2, 3, 4]);
    const started: number[] = [];
    queue
      .pipe(
        consumerSupervisor((n) => {
          started.push(n);
          return n;
        }),
        take(2),
      )
      .subscribe();
    expect(started).toEqual([1, 2]);
    expect(queue.peek()).toEqual([3, 4]);
  });

  it.each<[string, () => Observable<never> | Promise<never>]>([
    ['an Observable', () => NEVER],
    ['a promise that rejects', () => Promise.reject(new Error('late'))],
  ])('from inside the start of a child lets nothing run on: %s', async (_, work) => {
    const queue = new DemandQueue<number>();
    let signal: AbortSignal | undefined;
    const subscription = queue
      .pipe(
        consumerSupervisor((n: number, context) => {
          signal = context.signal;
          subscription.unsubscribe();
          return work();
        }, quietly),
      )
      .subscribe();
    queue.enqueue([1, 2]);
    await Promise.resolve();
    expect(signal?.aborted).toBe(true);
    expect(queue.peek()).toEqual([2]);
  });

  it('by the first result of a child tears that child down', () => {
    const queue = new DemandQueue<number>();
    let torn = false;
    const child = new Observable<number>((subscriber) => {
      subscriber.next(1);
      return () => {
        torn = true;
      };
    });
    queue
      .pipe(
        consumerSupervisor(() => child),
        take(1),
      )
      .subscribe();
    queue.enqueue([1]);
    expect(torn).toBe(true);
  });

  it('tears the children down before the producer hears that they are done', () => {
    const queue = new DemandQueue<string>({ dispatcher: keySerial({ key: () => 'one' }) });
    const log: string[] = [];
    const jobs = new ManualJobs<string>();
    const subscription = queue
      .pipe(consumerSupervisor((event) => jobs.project(event, {} as never)))
      .subscribe();
    queue.enqueue(['a', 'b']);
    queue
      .pipe(consumerSupervisor((event) => log.push(`${event} beside ${jobs.running.join() || 'none'}`)))
      .subscribe();
    subscription.unsubscribe();
    expect(log).toEqual(['b beside none']);
  });
});

describe('A dispatcher that waits for events to be done', () => {
  it('is told when the child has ended, not when it was started', () => {
    const queue = new DemandQueue<string>({ dispatcher: keySerial({ key: (event) => event[0] }) });
    const jobs = new ManualJobs<string>();
    queue.pipe(consumerSupervisor((event) => jobs.project(event, {} as never), { maxDemand: 3 })).subscribe();
    queue.enqueue(['a1', 'a2', 'b1']);
    expect(jobs.running).toEqual(['a1', 'b1']);
    jobs.finish('a1');
    expect(jobs.running).toEqual(['b1', 'a2']);
  });
});
