import { delay, of } from 'rxjs';
import { DemandQueue, demandMap, handleEvents, supervise, type WorkerCrash } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { crashing } from '../support/crashing.ts';

const quietly = { crashed: () => undefined };

describe('supervise, with one worker', () => {
  it('is that worker, as long as nothing crashes', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  -abc-------|');
      const asked = '       2---11-1    ';
      const expected = '    ----AB-C---|';
      expectObservable(jobs.pipe(supervise(demandMap(crashing, { maxDemand: 2 })))).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('replaces it when it has crashed: the new one asks anew and goes on with the next event', () => {
    marbles(({ queue, expectObservable, expectDemand, flush }) => {
      const jobs = queue('  a2b--------');
      const asked = '       1--1-1--1--';
      const expected = '    ---A----B--';
      const crashes: WorkerCrash<string>[] = [];
      const supervised = jobs.pipe(
        supervise(demandMap(crashing), { crashed: (crash) => crashes.push(crash) }),
      );
      expectObservable(supervised).toBe(expected);
      expectDemand(jobs).toBe(asked);
      flush();
      expect(crashes).toEqual([{ error: new Error('crash of 2'), events: ['2'], worker: 0, crashes: 1 }]);
      expect(jobs.demand).toBe(1);
    });
  });

  it('withdraws the demand of the one that has crashed: what it was owed goes to the new one', () => {
    marbles(({ queue, expectObservable, expectDemand, flush }) => {
      const jobs = queue('  a-2--b-----');
      const asked = '       3--13---1--';
      const expected = '    ---A----B--';
      const held: unknown[] = [];
      const supervised = supervise(demandMap(crashing, { maxDemand: 3 }), {
        crashed: ({ events }) => held.push(events),
      });
      expectObservable(jobs.pipe(supervised)).toBe(expected);
      expectDemand(jobs).toBe(asked);
      flush();
      expect(held).toEqual([['2']]);
      expect(jobs.demand).toBe(3);
    });
  });

  it('completes when the queue has, even if the last job has crashed', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  a-2|   ');
      const expected = '    ---A-| ';
      expectObservable(jobs.pipe(supervise(demandMap(crashing), quietly))).toBe(expected);
    });
  });

  it('starts it afresh: the consumer is called for each life', () => {
    const queue = new DemandQueue<number>();
    const results: string[] = [];
    let lives = 0;
    queue
      .pipe(
        supervise((source) => {
          const life = ++lives;
          return source.pipe(
            demandMap((n) => {
              if (n === 2) throw new Error('no 2');
              return `${n} in life ${life}`;
            }),
          );
        }, quietly),
      )
      .subscribe((result) => results.push(result));
    expect(lives).toBe(1);
    queue.enqueue([1, 2, 3]);
    expect(results).toEqual(['1 in life 1', '3 in life 2']);
  });
});

describe('supervise, with several workers', () => {
  it('lets the others go on while one crashes', () => {
    marbles(({ queue, expectObservable, expectDemand, flush }) => {
      const jobs = queue('  --ab2----c---');
      const asked = '       (111)1(11)--1';
      const expected = '    -----AB-----C';
      const crashes: WorkerCrash<string>[] = [];
      const options = { workers: 3, crashed: (crash: WorkerCrash<string>) => crashes.push(crash) };
      expectObservable(jobs.pipe(supervise(demandMap(crashing), options))).toBe(expected);
      expectDemand(jobs).toBe(asked);
      flush();
      expect(crashes).toEqual([{ error: new Error('crash of 2'), events: ['2'], worker: 2, crashes: 1 }]);
      expect(jobs.demand).toBe(3);
    });
  });

  it('owes each worker one event afterwards, and no more', () => {
    const queue = new DemandQueue<number>();
    const results: number[] = [];
    const odd = (n: number) => {
      if (n % 2 === 0) throw new Error('even');
      return n;
    };
    queue
      .pipe(supervise(demandMap(odd), { workers: 3, maxRestarts: 100, ...quietly }))
      .subscribe((result) => results.push(result));
    expect(queue.demand).toBe(3);
    queue.enqueue([1, 2, 3, 4, 5, 6]);
    expect(results).toEqual([1, 3, 5]);
    expect(queue.demand).toBe(3);
    expect(queue.size).toBe(0);
  });

  it('takes a list of consumers, each of them a worker of its own kind', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  ----ab---c--');
      const asked = '       (12)--11---1';
      const expected = '    ------AB---C';
      const lasting = (frames: number) => (job: string) => of(job.toUpperCase()).pipe(delay(frames));
      const supervised = supervise([
        handleEvents((batch: readonly string[]) => lasting(2)(batch.join()), { maxDemand: 1 }),
        demandMap(lasting(2), { maxDemand: 2, minDemand: 1 }),
      ]);
      expectObservable(jobs.pipe(supervised)).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });
});
