import * as fc from 'fast-check';
import {
  Subject,
  asapScheduler,
  config,
  from,
  map,
  merge,
  of,
  scheduled,
  type Observable,
  type ObservableInput,
} from 'rxjs';
import { ours, theirs, type Flatten } from '../support/sideBySide.ts';

/** The ids of jobs, 0 and up. */
const idsOf = (count: number): number[] => Array.from({ length: count }, (_, id) => id);

interface Run {
  readonly results: number[];
  /** Settles when the result ends, if it does. */
  readonly end: Promise<'complete' | 'error'>;
}

/** Runs jobs that all come at once. */
function runAll(
  flatten: Flatten,
  ids: readonly number[],
  job: (id: number) => ObservableInput<number>,
  concurrent: number,
): Run {
  const results: number[] = [];
  const end = new Promise<'complete' | 'error'>((resolve) => {
    from(ids)
      .pipe(flatten(job, concurrent))
      .subscribe({
        next: (id) => results.push(id),
        error: () => resolve('error'),
        complete: () => resolve('complete'),
      });
  });
  return { results, end };
}

describe('a backlog of 5,000 jobs that complete at once, behind one that waits', () => {
  const ids = idsOf(5_000);
  const job = (id: number): ObservableInput<number> => (id === 0 ? Promise.resolve(id) : of(id));

  beforeAll(() => {
    // Where the stack overflows is chance: maybe in a subscriber.
    config.onUnhandledError = () => undefined;
  });

  afterAll(() => {
    config.onUnhandledError = null;
  });

  it('is too much for mergeMap, which recurses for each', async () => {
    const { results } = runAll(theirs, ids, job, 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(results.length).toBeLessThan(ids.length);
  });

  it('is done by demandMap, in order', async () => {
    const { results, end } = runAll(ours(), ids, job, 1);
    expect(await end).toBe('complete');
    expect(results).toEqual(ids);
  });
});

describe('demandMap over an Observable, with 20,000 jobs that wait or do not, at random', () => {
  const kinds = fc.sample(fc.nat({ max: 5 }), 20_000);
  const job = (id: number): ObservableInput<number> => {
    if (kinds[id] === 0) return Promise.resolve(id);
    if (kinds[id] === 1) return scheduled([id], asapScheduler);
    if (kinds[id] === 2) return [id];
    if (kinds[id] === 3) return merge(of(id), Promise.resolve(id));
    return of(id);
  };
  const expected = idsOf(kinds.length).flatMap((id) => (kinds[id] === 3 ? [id, id] : [id]));

  it.each([1, 3, 100, Infinity])('never stalls, with %p at a time', async (concurrent) => {
    const { results, end } = runAll(ours(), idsOf(kinds.length), job, concurrent);
    expect(await end).toBe('complete');
    expect(concurrent === 1 ? results : results.sort((a, b) => a - b)).toEqual(expected);
  });
});

describe('demandMap over an Observable, in jobs that emit others', () => {
  it('begins what is emitted too deep in the stack later, in order', () => {
    const source = new Subject<number>();
    const emitted: number[] = [];
    const begun: number[] = [];
    const emit = (id: number): void => {
      emitted.push(id);
      source.next(id);
    };
    const project = (id: number): Observable<number> => {
      begun.push(id);
      if (id < 1_000) emit(id + 1);
      if (id % 10 === 0) emit(1_001 + id);
      return of(id);
    };
    source.pipe(ours()(project)).subscribe();
    emit(0);
    expect(begun).toHaveLength(1_102);
    expect(begun).toEqual(emitted);
  });

  it('does not overflow the stack, however many operators each result goes through', () => {
    const source = new Subject<number>();
    let results = 0;
    const through = (id: Observable<number>): Observable<number> =>
      Array.from({ length: 10 }).reduce<Observable<number>>((last) => last.pipe(map((value) => value)), id);
    through(source.pipe(ours()((id) => through(of(id))))).subscribe((id) => {
      results++;
      if (id < 2_000) source.next(id + 1);
    });
    source.next(1);
    expect(results).toBe(2_000);
  });
});

describe.each([1, 10, Infinity])('demandMap over an Observable, %p at a time', (maxDemand) => {
  const count = 100_000;
  /** Far from the some 10,000 frames of RxJS that a stack holds. */
  const shallow = 2_000;

  interface Play {
    start: (source: Subject<number>) => void;
    job?: (id: number, source: Subject<number>) => ObservableInput<number>;
    listener?: (id: number, source: Subject<number>) => void;
  }

  /** Plays with a pool over a Subject, and counts the frames of the stack in every 997th job. */
  function run({ start, job = (id) => of(id), listener }: Play): {
    results: number;
    completed: boolean;
    depth: number;
  } {
    const source = new Subject<number>();
    let results = 0;
    let completed = false;
    let depth = 0;
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = Infinity;
    const project = (id: number): ObservableInput<number> => {
      if (id % 997 === 0) depth = Math.max(depth, new Error().stack!.split('\n').length);
      return job(id, source);
    };
    source.pipe(ours()(project, maxDemand)).subscribe({
      next: (id) => {
        results++;
        listener?.(id, source);
      },
      complete: () => (completed = true),
    });
    start(source);
    source.complete();
    Error.stackTraceLimit = stackTraceLimit;
    return { results, completed, depth };
  }

  function expectAll({ results, completed, depth }: ReturnType<typeof run>): void {
    expect({ results, completed }).toEqual({ results: count, completed: true });
    expect(depth).toBeLessThan(shallow);
  }

  const goOn = (id: number, source: Subject<number>): void => {
    if (id < count - 1) source.next(id + 1);
  };

  it('does 100,000 jobs that complete at once', () => {
    expectAll(run({ start: (source) => idsOf(count).forEach((id) => source.next(id)) }));
  });

  it('does 100,000 jobs that complete at once and have waited', () => {
    const gate = new Subject<never>();
    const gated = maxDemand === Infinity ? 0 : maxDemand;
    expectAll(
      run({
        start: (source) => {
          for (let i = 0; i < gated; i++) source.next(-1);
          for (const id of idsOf(count)) source.next(id);
          gate.complete();
        },
        job: (id) => (id < 0 ? gate : [id]),
      }),
    );
  });

  it('does 100,000 jobs of which each is emitted from within the one before', () => {
    expectAll(
      run({
        start: (source) => source.next(0),
        job: (id, source) => {
          goOn(id, source);
          return of(id);
        },
      }),
    );
  });

  it('does 100,000 jobs of which each is emitted by the result of the one before', () => {
    expectAll(run({ start: (source) => source.next(0), listener: goOn }));
  });
});
