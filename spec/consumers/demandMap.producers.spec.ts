import { Observable, ReplaySubject, Subject, delay, map, of, switchMap, take, tap, throwError } from 'rxjs';
import {
  DemandQueue,
  ExcessEventsError,
  demandMap,
  type JobContext,
  type Producer,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';
import { plainProducer } from '../support/plainProducer.ts';

const lasting = (frames: number) => (job: string) => of(job.toUpperCase()).pipe(delay(frames));

/** A producer that gives the numbers from 0 on, and writes down what it is asked for. */
function counter() {
  const asked = new ReplaySubject<number>(Infinity);
  let next = 0;
  const producer = plainProducer<number>((demand) =>
    demand.pipe(
      tap(asked),
      map((count) => Array.from({ length: count }, () => next++)),
    ),
  );
  return { asked, producer };
}

describe('demandMap over a producer of another making', () => {
  it('asks through its demand Observable', () => {
    marbles(({ expectObservable, expectDemand }) => {
      const { asked, producer } = counter();
      const demanded = '2----(11)-(11)-';
      const expected = '-----(01)-(23)-';
      const unsub = '   --------------!';
      const work = (event: number) => of(String(event)).pipe(delay(5));
      expectObservable(producer.pipe(demandMap(work, { maxDemand: 2 })), unsub).toBe(expected);
      expectDemand(asked).toBe(demanded);
    });
  });

  it('takes what comes later, batch by batch', () => {
    marbles(({ hot, expectObservable, expectDemand }) => {
      const x = ['a', 'b'];
      const events = hot('  --x-----y--|   ', { x, y: ['c'] });
      const demanded = '    3----(11)------';
      const expected = '    -----(AB)--(C|)';
      const asked = new ReplaySubject<number>(Infinity);
      const producer = plainProducer<string>(
        (demand) => new Observable((subscriber) => demand.subscribe(asked).add(events.subscribe(subscriber))),
      );
      expectObservable(producer.pipe(demandMap(lasting(3), { maxDemand: 3 }))).toBe(expected);
      expectDemand(asked).toBe(demanded);
    });
  });

  it('asks in batches, by minDemand', () => {
    const { asked, producer } = counter();
    const seen: number[] = [];
    const jobs = new ManualJobs<number>();
    asked.subscribe((count) => seen.push(count));
    producer.pipe(demandMap(jobs.project, { maxDemand: 4, minDemand: 2 })).subscribe();
    for (let event = 0; event < 6; event++) jobs.finish(event);
    expect(seen).toEqual([4, 2, 2, 2]);
    expect(jobs.most).toBe(4);
  });

  it('does 100,000 synchronous jobs without deepening the stack', () => {
    const { producer } = counter();
    let done = 0;
    producer
      .pipe(
        demandMap((event) => event, { maxDemand: 3 }),
        take(100_000),
      )
      .subscribe(() => done++);
    expect(done).toBe(100_000);
  });

  it('takes a batch to its end when the producer completes in the middle of it', () => {
    const events = new Subject<readonly number[]>();
    const begun: number[] = [];
    let completed = false;
    const job = (event: number) => {
      begun.push(event);
      if (event === 1) events.complete();
    };
    plainProducer(() => events)
      .pipe(demandMap(job, { maxDemand: 3 }))
      .subscribe({ complete: () => (completed = true) });
    events.next([1, 2, 3]);
    expect(begun).toEqual([1, 2, 3]);
    expect(completed).toBe(true);
  });

  it('takes an empty batch as none', () => {
    const events = new Subject<readonly number[]>();
    const begun: number[] = [];
    plainProducer(() => events)
      .pipe(demandMap((event) => begun.push(event)))
      .subscribe();
    events.next([]);
    events.next([1]);
    expect(begun).toEqual([1]);
  });

  it('errors when it gets more than it has asked for, and says what was too much', () => {
    const events = new Subject<readonly number[]>();
    const jobs = new ManualJobs<number>();
    const errors: unknown[] = [];
    plainProducer(() => events)
      .pipe(demandMap(jobs.project, { maxDemand: 2 }))
      .subscribe({ error: (error: unknown) => errors.push(error) });
    events.next([1]);
    events.next([2, 3, 4]);
    expect(errors).toHaveLength(1);
    const [error] = errors as [ExcessEventsError];
    expect(error).toBeInstanceOf(ExcessEventsError);
    expect(error.name).toBe('ExcessEventsError');
    expect(error.message).toBe('The producer delivered 2 more than it was asked for');
    expect(error.events).toEqual([3, 4]);
    expect(events.observed).toBe(false);
    expect(jobs.running).toEqual([]);
  });

  it('unsubscribes from its events and its demand', () => {
    const queue = new DemandQueue<number>();
    const producer = plainProducer((demand) => queue.events(demand));
    const pool = producer.pipe(demandMap(() => {}, { maxDemand: 3 })).subscribe();
    expect(queue.demand).toBe(3);
    pool.unsubscribe();
    expect(queue.demand).toBe(0);
  });

  it('errors when the producer does', () => {
    marbles(({ expectObservable, expectDemand }) => {
      const asked = new ReplaySubject<number>(Infinity);
      const producer = plainProducer<string>((demand) => {
        demand.subscribe(asked);
        return throwError(() => new Error('gone'));
      });
      expectObservable(producer.pipe(demandMap(lasting(1)))).toBe('#', undefined, new Error('gone'));
      expectDemand(asked).toBe('');
    });
  });

  it('errors when the producer cannot be subscribed to', () => {
    const errors: unknown[] = [];
    const producer = plainProducer<string>(() => {
      throw new Error('closed');
    });
    producer.pipe(demandMap(lasting(1))).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([new Error('closed')]);
  });

  it('completes when the producer does', () => {
    marbles(({ cold, expectObservable }) => {
      const events = cold('  x-|     ', { x: ['a'] });
      const expected = '     ---(A|) ';
      expectObservable(plainProducer(() => events).pipe(demandMap(lasting(3)))).toBe(expected);
    });
  });
});

describe('A producer of another making that listens to demand late', () => {
  it('is told what was asked before', () => {
    const start = new Subject<void>();
    const queue = new DemandQueue<number>();
    queue.enqueue([1, 2, 3]);
    const late: Producer<number> = {
      events: (demand) => start.pipe(switchMap(() => queue.events(demand))),
      pipe: queue.pipe,
    };
    const results: number[] = [];
    demandMap((event: number) => event, { maxDemand: 2 })(late).subscribe((result) => results.push(result));
    expect(results).toEqual([]);
    start.next();
    expect(results).toEqual([1, 2, 3]);
  });
});

describe('The slots of a pool that asks in batches', () => {
  it('stay below maxDemand over a Subject', () => {
    const source = new Subject<number>();
    const ends: Subject<void>[] = [];
    const workers: number[] = [];
    const job = (_: number, { worker }: JobContext) => {
      workers.push(worker);
      const end = new Subject<void>();
      ends.push(end);
      return workers.length % 3 === 0 ? [] : end;
    };
    source.pipe(demandMap(job, { maxDemand: 2, minDemand: 0 })).subscribe();
    for (let event = 0; event < 12; event++) source.next(event);
    for (let index = 0; index < ends.length; index++) ends[index]?.complete();
    expect(workers).toHaveLength(12);
    expect(Math.max(...workers)).toBe(1);
  });
});
