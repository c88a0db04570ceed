import {
  type Observable,
  Subject,
  defer,
  from,
  map,
  mergeMap,
  of,
  repeat,
  retry,
  take,
  throwError,
  timer,
} from 'rxjs';
import {
  DemandQueue,
  broadcast,
  consume,
  demandMap,
  fromIterable,
  handleEvents,
  partition,
  stage,
  supervise,
  tapDemand,
  type Producer,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';
import { crashing } from '../support/crashing.ts';
import { plainProducer } from '../support/plainProducer.ts';

const quietly = { crashed: () => undefined };
const crash = new Error('crash');

/** Odd numbers crash. */
const evenOnly = (n: number): Observable<number> => (n % 2 ? throwError(() => crash) : of(n));

/** All that a supervised consumer emits, and how it ends. */
function outcome<T>(results: Observable<T>): unknown[] {
  const told: unknown[] = [];
  results.subscribe({
    next: (result) => told.push(result),
    error: (error: unknown) => told.push(error),
    complete: () => told.push('complete'),
  });
  return told;
}

describe('A producer that begins anew with each first consumer', () => {
  it.each([1, 2, 5])('is gone through once by %i workers together', (workers) => {
    const numbers = fromIterable([1, 2, 3, 4, 5, 6]);
    const supervised = supervise(
      demandMap((n: number) => n),
      { workers },
    );
    expect(outcome(numbers.pipe(supervised))).toEqual([1, 2, 3, 4, 5, 6, 'complete']);
  });

  it.each([1, 2, 5])('is not begun anew by the restarts of %i workers', (workers) => {
    const options = { workers, maxRestarts: 9, ...quietly };
    const numbers = fromIterable([1, 2, 3, 4, 5, 6]);
    expect(outcome(numbers.pipe(supervise(demandMap(evenOnly), options)))).toEqual([2, 4, 6, 'complete']);
  });

  it('is asked by no worker before all have subscribed', () => {
    const once = (source: Producer<number>) =>
      source.pipe(
        demandMap((n) => n),
        take(1),
      );
    expect(outcome(fromIterable([1, 2, 3, 4]).pipe(supervise(once, { workers: 3 })))).toEqual([
      1,
      2,
      3,
      'complete',
    ]);
    const toAll = fromIterable([1, 2], { dispatcher: broadcast() });
    const each = demandMap((n: number) => n);
    expect(outcome(toAll.pipe(supervise(each, { workers: 2 })))).toEqual([1, 1, 2, 2, 'complete']);
  });

  it('is not begun anew by a worker that comes when the others have come to its end', () => {
    marbles(({ expectObservable }) => {
      const late = (source: Producer<string>) => timer(5).pipe(mergeMap(() => source.pipe(consume())));
      const supervised = supervise([demandMap(crashing), late]);
      expectObservable(fromIterable(['a']).pipe(supervised)).toBe('---A-|');
    });
  });

  it('is begun anew by a worker that means to', () => {
    const twice = (source: Producer<number>) => source.pipe(consume(), repeat(2));
    expect(outcome(fromIterable([1, 2]).pipe(supervise(twice)))).toEqual([1, 2, 1, 2, 'complete']);
  });

  it('goes on when a worker tries again by itself', () => {
    let fails = 1;
    const job = (n: number) => {
      if (n === 2 && fails-- > 0) throw crash;
      return n;
    };
    const stubborn = (source: Producer<number>) =>
      source.pipe(
        handleEvents(([n]) => job(n as number), { maxDemand: 1 }),
        retry(1),
      );
    expect(outcome(fromIterable([1, 2, 3]).pipe(supervise(stubborn)))).toEqual([1, 3, 'complete']);
  });
});

describe('Stages before it', () => {
  it('go on, and keep what they have', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  ------a2b---|  ');
      const asked = '       1-----1--1-1   ';
      const expected = '    ---------A----(B|)';
      const pipeline = jobs.pipe(
        stage((job) => job),
        supervise(demandMap(crashing), quietly),
      );
      expectObservable(pipeline).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('may look at the demand', () => {
    const queue = new DemandQueue<number>();
    const asked: number[] = [];
    outcome(
      queue.pipe(
        tapDemand((demand) => asked.push(demand)),
        supervise(demandMap(evenOnly, { maxDemand: 2 }), quietly),
      ),
    );
    queue.enqueue([1]);
    expect(asked).toEqual([2, 2]);
    expect(queue.demand).toBe(2);
  });

  it('that await a promise are not stopped by a crash meanwhile', async () => {
    const answers = new Subject<readonly number[]>();
    const jobs = new ManualJobs<number>();
    const slow = stage(
      (batch: readonly number[]) =>
        batch.includes(2) ? new Promise<readonly number[]>((resolve) => answers.subscribe(resolve)) : batch,
      { per: 'batch', maxDemand: 1 },
    );
    const told = outcome(fromIterable([1, 2]).pipe(slow, supervise(demandMap(jobs.project), quietly)));
    expect(jobs.running).toEqual([1]);
    jobs.fail(1, crash);
    answers.next([2]);
    await Promise.resolve();
    await Promise.resolve();
    expect(jobs.running).toEqual([2]);
    jobs.finish(2);
    expect(told).toEqual([2, 'complete']);
  });
});

describe('A plain Observable', () => {
  it('is subscribed to once, and each event goes to one worker', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -(ab)-c2d----|');
      const expected = '     ----(AB)-C-D-|';
      const supervised = supervise(demandMap(crashing), { workers: 3, ...quietly });
      expectObservable(source.pipe(supervised)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^------------!');
    });
  });

  it('is subscribed to for each subscription', () => {
    const source = from([1, 2, 3]);
    const supervised = source.pipe(
      supervise(
        demandMap((n) => n),
        { workers: 2 },
      ),
    );
    expect([outcome(supervised), outcome(supervised)]).toEqual([
      [1, 2, 3, 'complete'],
      [1, 2, 3, 'complete'],
    ]);
    const subject = new Subject<number>();
    const hot = subject.pipe(supervise(demandMap((n) => n)));
    const both = [outcome(hot), outcome(hot)];
    subject.next(1);
    expect(both).toEqual([[1], [1]]);
  });
});

describe('A producer of another making', () => {
  it('hears of its workers as of one consumer', () => {
    let subscriptions = 0;
    const demands: number[] = [];
    const batches = new Subject<readonly number[]>();
    const foreign = plainProducer<number>((demand) =>
      defer(() => {
        subscriptions++;
        demand.subscribe((count) => demands.push(count));
        return batches;
      }),
    );
    const told = outcome(foreign.pipe(supervise(demandMap(evenOnly), { workers: 2, ...quietly })));
    batches.next([2, 1]);
    batches.next([4]);
    expect(subscriptions).toBe(1);
    expect(told).toEqual([2, 4]);
    expect(demands.reduce((sum, count) => sum + count, 0)).toBe(5);
  });
});

describe('A dispatcher', () => {
  it('by partition keeps the partition of a worker that crashes for the next', () => {
    marbles(({ flush }) => {
      const taken = new DemandQueue<number>({
        dispatcher: partition({ partitions: 2, hash: (n) => [n, n % 2] }),
      });
      const told: unknown[] = [];
      const worker = (index: number) => (source: Producer<number>) =>
        source.pipe(
          handleEvents(([n]) => crashing(n === 11 ? '1' : String.fromCharCode(n as number)), {
            maxDemand: 1,
            partition: index,
          }),
          map((result) => `${index}${result}`),
        );
      taken
        .pipe(supervise([worker(0), worker(1)], { restartDelayMs: 3, ...quietly }))
        .subscribe((result) => told.push(result));
      taken.enqueue([11]);
      timer(2).subscribe(() => {
        taken.enqueue([98, 99]);
      });
      flush();
      expect(told).toEqual(['0B', '1C']);
    });
  });

  it('by partition takes a worker that comes back for another partition', () => {
    const queue = new DemandQueue<number>({
      dispatcher: partition({ partitions: 2, hash: (n) => [n, n % 2] }),
    });
    let lives = 0;
    const wanders = (source: Producer<number>) => {
      const index = lives++ % 2;
      return source.pipe(
        handleEvents(([n]) => (n === 10 ? throwError(() => crash) : of(`${n} in life ${index}`)), {
          maxDemand: 1,
          partition: index,
        }),
      );
    };
    const told = outcome(queue.pipe(supervise(wanders, quietly)));
    queue.enqueue([10]);
    queue.enqueue([11]);
    expect(told).toEqual(['11 in life 1']);
    expect(queue.demand).toBe(1);
  });

  it('by broadcast lets the others wait for a worker that will be back', () => {
    marbles(({ flush }) => {
      const queue = new DemandQueue<string>({ dispatcher: broadcast() });
      const told: string[] = [];
      const first = (source: Producer<string>) => source.pipe(demandMap(crashing));
      const second = (source: Producer<string>) => source.pipe(demandMap((job) => of(`second ${job}`)));
      queue
        .pipe(supervise([first, second], { restartDelayMs: 5, ...quietly }))
        .subscribe((result) => told.push(result));
      queue.enqueue(['1', 'a']);
      timer(4).subscribe(() => told.push('still waiting'));
      flush();
      expect(told).toEqual(['second 1', 'still waiting', 'second a', 'A']);
    });
  });
});
