import { expectTypeOf } from 'expect-type';
import {
  Subject,
  filter,
  from,
  map,
  mergeMap,
  of,
  retry,
  take,
  tap,
  toArray,
  type MonoTypeOperatorFunction,
  type Observable,
  type OperatorFunction,
} from 'rxjs';
import {
  DemandQueue,
  demandMap,
  type Consumer,
  type JobContext,
  type Producer,
  type ResultOf,
  type Stage,
} from '../src/index.ts';
import { plainProducer } from './support/plainProducer.ts';

// What the compiler says: `tsc` fails where one of these does not hold. At run time they only have to run.

interface Job {
  readonly id: number;
}

const queue = new DemandQueue<Job>();
const subject = new Subject<Job>();

/** A stage written by hand: it answers demand with what its source answers, each event replaced by another. */
const mapStage =
  <A, B>(project: (event: A) => B): Stage<A, B> =>
  (source) =>
    plainProducer((demand) => source.events(demand).pipe(map((batch) => batch.map(project))));

describe('The type of a pipeline', () => {
  it('has no place for an RxJS operator between a producer and its consumer', () => {
    // Never called: most of these would fail.
    const misuse = () => {
      // @ts-expect-error -- it takes an Observable, and knows nothing of demand
      void queue.pipe(map((job: Job) => job.id));
      // @ts-expect-error -- neither does one that changes no type
      void queue.pipe(filter((job: Job) => job.id > 0));
      // @ts-expect-error -- nor one that would be typed by its place
      void queue.pipe(tap());
      // @ts-expect-error -- nor mergeMap, which demandMap takes the place of
      void queue.pipe(mergeMap((job: Job) => of(job)));
      void queue.pipe(
        // @ts-expect-error -- nor behind a stage, which then is no Observable
        // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- that is the mistake
        mapStage((job: Job) => job.id),
        map((id: number) => id),
        demandMap((id: number) => id),
      );
      // @ts-expect-error -- a queue is no Observable
      void from(queue);
    };
    expectTypeOf(misuse).toBeFunction();
  });

  it('is an Observable after the consumer', () => {
    const results = queue.pipe(
      demandMap(async ({ id }) => id),
      map((id) => String(id)),
      take(2),
      retry(),
    );
    expectTypeOf(results).toEqualTypeOf<Observable<string>>();
  });

  it('is a producer without a consumer', () => {
    expectTypeOf(queue.pipe()).toEqualTypeOf<Producer<Job>>();
    expectTypeOf(queue.pipe(mapStage((job) => job.id))).toEqualTypeOf<Producer<number>>();
  });

  it('goes through hand-written stages', () => {
    const results = queue.pipe(
      mapStage(({ id }) => id),
      mapStage((id) => [id, String(id)] as const),
      demandMap(([id, name], { worker }) => ({ id, name, worker })),
      toArray(),
    );
    expectTypeOf(results).toEqualTypeOf<Observable<{ id: number; name: string; worker: number }[]>>();
    const seen: unknown[] = [];
    const jobs = new DemandQueue<Job>();
    jobs
      .pipe(
        mapStage(({ id }) => id),
        mapStage((id) => [id, String(id)] as const),
        demandMap(([id, name], { worker }) => ({ id, name, worker })),
      )
      .subscribe((result) => seen.push(result));
    jobs.next({ id: 7 });
    expect(seen).toEqual([{ id: 7, name: '7', worker: 0 }]);
  });

  it('takes functions of a producer that give anything at all', () => {
    expectTypeOf(queue.pipe((source) => source.events(of(1)))).toEqualTypeOf<Observable<readonly Job[]>>();
    expectTypeOf(queue.pipe(() => 1)).toEqualTypeOf<number>();
  });
});

describe('demandMap without annotations', () => {
  it('knows the events of a queue', () => {
    void queue.pipe(
      demandMap((job, context) => {
        expectTypeOf(job).toEqualTypeOf<Job>();
        expectTypeOf(context).toEqualTypeOf<JobContext>();
      }),
    );
    void queue.pipe(demandMap((job) => expectTypeOf(job).toEqualTypeOf<Job>(), { maxDemand: 2 }));
  });

  it('knows the events of an Observable', () => {
    const results = subject.pipe(
      demandMap((job) => job.id, { maxDemand: 2 }),
      map((id) => String(id)),
    );
    expectTypeOf(results).toEqualTypeOf<Observable<string>>();
    // eslint-disable-next-line @typescript-eslint/no-unsafe-argument -- Number takes anything
    expectTypeOf(subject.pipe(demandMap(String), map(Number))).toEqualTypeOf<Observable<number>>();
    void subject.pipe(demandMap((job) => expectTypeOf(job).toEqualTypeOf<Job>()));
  });

  it('knows the results of a promise', () => {
    expectTypeOf(queue.pipe(demandMap(async (job) => job.id))).toEqualTypeOf<Observable<number>>();
    expectTypeOf(queue.pipe(demandMap(async () => {}))).toEqualTypeOf<Observable<void>>();
    expectTypeOf(queue.pipe(demandMap(async () => [1]))).toEqualTypeOf<Observable<number[]>>();
  });

  it('knows the results of an Observable', () => {
    expectTypeOf(queue.pipe(demandMap((job) => of(job.id)))).toEqualTypeOf<Observable<number>>();
    expectTypeOf(queue.pipe(demandMap(() => new Subject<string>()))).toEqualTypeOf<Observable<string>>();
    expectTypeOf(subject.pipe(demandMap((job) => of(job.id)))).toEqualTypeOf<Observable<number>>();
  });

  it('knows the results of iterables and streams', () => {
    expectTypeOf(queue.pipe(demandMap((job) => [job.id, 'x']))).toEqualTypeOf<Observable<number | string>>();
    expectTypeOf(queue.pipe(demandMap(() => new Map<string, number>()))).toEqualTypeOf<
      Observable<[string, number]>
    >();
    expectTypeOf(
      queue.pipe(
        demandMap(function* (job) {
          yield job.id;
          return 'not a result';
        }),
      ),
    ).toEqualTypeOf<Observable<number>>();
    expectTypeOf(
      queue.pipe(
        demandMap(async function* (job) {
          yield job.id;
        }),
      ),
    ).toEqualTypeOf<Observable<number>>();
    const stream = (): ReadableStream<Uint8Array> => new ReadableStream();
    expectTypeOf(queue.pipe(demandMap(stream))).toEqualTypeOf<Observable<Uint8Array>>();
  });

  it('knows plain results', () => {
    expectTypeOf(queue.pipe(demandMap((job) => job.id))).toEqualTypeOf<Observable<number>>();
    expectTypeOf(queue.pipe(demandMap((job) => ({ job })))).toEqualTypeOf<Observable<{ job: Job }>>();
    expectTypeOf(queue.pipe(demandMap(() => 'abc'))).toEqualTypeOf<Observable<string>>();
    expectTypeOf(queue.pipe(demandMap(() => {}))).toEqualTypeOf<Observable<void>>();
    expectTypeOf(queue.pipe(demandMap(() => null))).toEqualTypeOf<Observable<null>>();
  });

  it('knows the results of a job that returns now this, now that', () => {
    const mixed = queue.pipe(
      demandMap(({ id }) => {
        if (id === 0) return undefined;
        if (id === 1) return Promise.resolve('a promise');
        if (id === 2) return of(true);
        return [1, 2];
      }),
    );
    expectTypeOf(mixed).toEqualTypeOf<Observable<undefined | string | boolean | number>>();
  });

  it('knows them where a type is expected', () => {
    // A type that is expected of the result is not taken for what the job returns.
    const returned = (): Observable<number> => queue.pipe(demandMap((job) => of(job.id)));
    const assigned: Observable<number> = subject.pipe(demandMap((job) => of(job.id)));
    const promised: Observable<number> = subject.pipe(demandMap(async (job) => job.id));
    const passed = (results: Observable<readonly string[]>) => results;
    void passed(queue.pipe(demandMap(async (job) => [String(job.id)])));
    const job = ({ id }: Job): Observable<number> => of(id);
    const named: Observable<number> = demandMap(job, { maxDemand: 3 })(queue);
    expectTypeOf(returned).returns.toEqualTypeOf<Observable<number>>();
    expectTypeOf([assigned, promised, named]).toEqualTypeOf<Observable<number>[]>();
  });

  it('refuses a job for other events', () => {
    // @ts-expect-error -- the queue has jobs, not strings
    void queue.pipe(demandMap((job: string) => job.length));
    // @ts-expect-error -- and so has the Subject
    void subject.pipe(demandMap((job: string) => job.length));
    expectTypeOf(queue.pipe(demandMap((job: { id: number }) => job.id))).toEqualTypeOf<Observable<number>>();
  });
});

describe('The type of the results', () => {
  it('is what the job gives, one by one', () => {
    expectTypeOf<ResultOf<Promise<number>>>().toEqualTypeOf<number>();
    expectTypeOf<ResultOf<Observable<number>>>().toEqualTypeOf<number>();
    expectTypeOf<ResultOf<readonly number[]>>().toEqualTypeOf<number>();
    expectTypeOf<ResultOf<AsyncGenerator<number>>>().toEqualTypeOf<number>();
    expectTypeOf<ResultOf<'a' | 'b'>>().toEqualTypeOf<'a' | 'b'>();
    expectTypeOf<ResultOf<() => number>>().toEqualTypeOf<() => number>();
    expectTypeOf<ResultOf<{ length: number }>>().toEqualTypeOf<{ length: number }>();
    expectTypeOf<ResultOf<Promise<string> | number[]>>().toEqualTypeOf<string | number>();
    expectTypeOf<ResultOf<never>>().toEqualTypeOf<never>();
    expectTypeOf<ResultOf<unknown>>().toEqualTypeOf<unknown>();
  });
});

describe('A consumer', () => {
  it('is an RxJS operator', () => {
    expectTypeOf<Consumer<Job, string>>().toExtend<OperatorFunction<Job, string>>();
    expectTypeOf<Consumer<Job, Job>>().toExtend<MonoTypeOperatorFunction<Job>>();
    const pool: OperatorFunction<Job, number> = demandMap((job) => job.id);
    expectTypeOf(subject.pipe(pool)).toEqualTypeOf<Observable<number>>();
  });

  it('can be kept and used for producers and Observables', () => {
    const pool = demandMap((job: Job) => job.id);
    expectTypeOf(pool).toEqualTypeOf<Consumer<Job, number>>();
    expectTypeOf(queue.pipe(pool)).toEqualTypeOf<Observable<number>>();
    expectTypeOf(subject.pipe(pool)).toEqualTypeOf<Observable<number>>();
    expectTypeOf(pool(plainProducer<Job>(() => of([])))).toEqualTypeOf<Observable<number>>();
  });

  it('can be made of a stage and a consumer', () => {
    const stage: Stage<Job, number> = mapStage((job) => job.id);
    const pool: Consumer<number, string> = demandMap(String);
    const both = (source: Producer<Job>) => source.pipe(stage, pool);
    expectTypeOf(queue.pipe(both)).toEqualTypeOf<Observable<string>>();
  });
});

describe('A queue', () => {
  it('takes its own events only', () => {
    const misuse = () => {
      // @ts-expect-error -- an event is no batch
      queue.enqueue({ id: 1 });
      // @ts-expect-error -- a batch is no event
      queue.next([{ id: 1 }]);
      // @ts-expect-error -- another type of events
      queue.offer(['a']);
      // @ts-expect-error -- a string is no batch of jobs
      queue.enqueue('abc');
      // @ts-expect-error -- what is peeked at is not to be changed
      queue.peek()[0] = { id: 1 };
      // @ts-expect-error -- demand is counted in numbers
      void queue.events(of('1'));
      // @ts-expect-error -- an unknown option
      new DemandQueue<Job>({ buffersize: 1 });
    };
    expectTypeOf(misuse).toBeFunction();
    expectTypeOf(queue.offer([])).toEqualTypeOf<{
      readonly accepted: readonly Job[];
      readonly refused: readonly Job[];
    }>();
  });

  it('is an Observer', () => {
    const done = subject.subscribe(queue);
    done.unsubscribe();
    expectTypeOf(queue.events(of(1))).toEqualTypeOf<Observable<readonly Job[]>>();
  });
});
