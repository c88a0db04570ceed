import { Observable, ReplaySubject, delay, of, tap } from 'rxjs';
import { DemandQueue, demandMap } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';
import { plainProducer } from '../support/plainProducer.ts';

/** Jobs that take so many frames. */
const lasting = (frames: number) => (job: string) => of(job.toUpperCase()).pipe(delay(frames));

/** Jobs that take as many frames as they are called. */
const lastingAsCalled = (job: number) => of(job).pipe(delay(job));

/** The seed's first queue: it answers demand as far as it has jobs, and forgets the rest of it. */
function forgetfulQueue<T>() {
  const jobs: T[] = [];
  const asked = new ReplaySubject<number>(Infinity);
  const producer = plainProducer<T>(
    (demand) =>
      new Observable((subscriber) =>
        demand.pipe(tap(asked)).subscribe((count) => {
          if (jobs.length > 0) subscriber.next(jobs.splice(0, count));
        }),
      ),
  );
  return { jobs, asked, producer };
}

describe("The seed's bug", () => {
  it('is a queue that forgets demand: jobs enqueued after demand arrived are never done', () => {
    marbles(({ cold, expectObservable, expectDemand }) => {
      const { jobs, asked, producer } = forgetfulQueue<string>();
      const enqueued = cold(' -----abc------');
      const demanded = '      2-------------';
      const expected = '      --------------';
      enqueued.subscribe((job) => jobs.push(job));
      expectObservable(producer.pipe(demandMap(lasting(3), { maxDemand: 2 }))).toBe(expected);
      expectDemand(asked).toBe(demanded);
    });
  });

  it('is not seen as long as there are jobs at each ask', () => {
    marbles(({ cold, expectObservable, expectDemand }) => {
      const { jobs, asked, producer } = forgetfulQueue<string>();
      const enqueued = cold(' abc-----------');
      const sub = '           ---^----------';
      const demanded = '      ---1--1--1--1-';
      const expected = '      ------A--B--C-';
      enqueued.subscribe((job) => jobs.push(job));
      expectObservable(producer.pipe(demandMap(lasting(3), { maxDemand: 1 })), sub).toBe(expected);
      expectDemand(asked).toBe(demanded);
    });
  });
});

describe('demandMap over a DemandQueue', () => {
  it('dispatches jobs enqueued after demand arrived', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  -----abc---|   ');
      const expected = '    --------AB-(C|)';
      const asked = '       2-------11     ';
      expectObservable(jobs.pipe(demandMap(lasting(3), { maxDemand: 2 }))).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('takes jobs enqueued before it asked', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  (abc)---|        ');
      const sub = '         --^              ';
      const asked = '       --2----(11)      ';
      const expected = '    -------(AB)-(C|) ';
      expectObservable(jobs.pipe(demandMap(lasting(5), { maxDemand: 2 })), sub).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('does one job at a time if it is not told otherwise', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  -(ab)------');
      const asked = '       1---1--1---';
      const expected = '    ----A--B---';
      expectObservable(jobs.pipe(demandMap(lasting(3)))).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('does three jobs at a time, and the fourth once one of them is done', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  -abcd-----');
      const asked = '       3----111-1';
      const expected = '    -----ABC-D';
      expectObservable(jobs.pipe(demandMap(lasting(4), { maxDemand: 3 }))).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('does all jobs at once with demand without end, and asks no more', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  -(abc)-d---|');
      const asked = '       ∞-----------';
      const expected = '    ----(ABC)-D|';
      expectObservable(jobs.pipe(demandMap(lasting(3), { maxDemand: Infinity }))).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('hands on results in the order they are ready', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const values = { 1: 1, 3: 3, 6: 6 };
      const jobs = queue('  -(631)|   ', values);
      const asked = '       2---11     ';
      const expected = '    ----31-(6|)';
      expectObservable(jobs.pipe(demandMap(lastingAsCalled, { maxDemand: 2 }))).toBe(expected, values);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('hands on each result of a job, and asks when the job has completed', () => {
    marbles(({ cold, queue, expectObservable, expectDemand }) => {
      const job = cold('     x-y--|      ');
      const jobs = queue('  -(ab)|        ');
      const asked = '       1-----1       ';
      const expected = '    -x-y--x-y--|  ';
      expectObservable(jobs.pipe(demandMap(() => job))).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('asks for 4 and then for 2 at a time with maxDemand 4 and minDemand 2', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      // The first four are begun at 0, the next two at 2, the last two at 4.
      const lasts = { a: 1, b: 2, c: 3, d: 4, e: 3, f: 4, g: 3, h: 5 };
      const jobs = queue('  (abcdefgh)');
      const asked = '       4-2-2-2--2';
      const expected = '    -abcdefg-h';
      const work = (job: string) => of(job).pipe(delay(lasts[job as 'a']));
      expectObservable(jobs.pipe(demandMap(work, { maxDemand: 4, minDemand: 2 }))).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('asks for all at once, when all are done, with minDemand 0', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const values = { 1: 1, 2: 2, 3: 3 };
      const jobs = queue('  (12312)---', values);
      const asked = '       3--3------';
      const expected = '    -12312----';
      const pool = demandMap(lastingAsCalled, { maxDemand: 3, minDemand: 0 });
      expectObservable(jobs.pipe(pool)).toBe(expected, values);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('has no more jobs out than workers, and leaves all others in the queue', () => {
    for (const maxDemand of [1, 2, 3]) {
      const queue = new DemandQueue<number>();
      const jobs = new ManualJobs<number>();
      queue.pipe(demandMap(jobs.project, { maxDemand })).subscribe();
      queue.enqueue([0, 1, 2, 3, 4, 5]);
      for (let done = 0; done < 6; done++) {
        expect(queue.size).toBe(Math.max(6 - maxDemand - done, 0));
        expect(jobs.running).toHaveLength(Math.min(maxDemand, 6 - done));
        expect(queue.demand).toBe(queue.size > 0 ? 0 : maxDemand - jobs.running.length);
        jobs.finish(done);
      }
      expect(jobs.most).toBe(maxDemand);
      expect(jobs.begun).toEqual([0, 1, 2, 3, 4, 5]);
    }
  });

  it('completes when the queue has and the last job is done', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const values = { 5: 5, 6: 6 };
      const jobs = queue('  -(56)|     ', values);
      const asked = '       2          ';
      const expected = '    ------5(6|)';
      expectObservable(jobs.pipe(demandMap(lastingAsCalled, { maxDemand: 2 }))).toBe(expected, values);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('completes with an empty queue', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  ---|');
      const asked = '       2   ';
      const expected = '    ---|';
      expectObservable(jobs.pipe(demandMap(lasting(3), { maxDemand: 2 }))).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('completes at once over a queue that has completed, and asks for nothing', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue();
      jobs.complete();
      expectObservable(jobs.pipe(demandMap(lasting(3), { maxDemand: 2 }))).toBe('|');
      expectDemand(jobs).toBe('');
    });
  });

  it('takes nothing before it is subscribed to', () => {
    const queue = new DemandQueue<number>();
    queue.next(1);
    void queue.pipe(demandMap((job) => job));
    expect([queue.size, queue.demand]).toEqual([1, 0]);
  });
});
