import { NEVER, Subject, Subscription, concat, defer, delay, finalize, of, tap, type Observable } from 'rxjs';
import { play, type Act, type JobPlan, type Place } from '../support/randomScenario.ts';
import { expectNotes, expectSame } from '../support/sideBySide.ts';

const places: readonly Place[] = ['project', 'subscribe', 'value', 'teardown'];
const acts: readonly Act[] = ['next', 'complete', 'error', 'unsubscribe'];
const kinds: Readonly<Record<string, Omit<JobPlan, 'acts'>>> = {
  'that emits later': { values: [1, 1], endsAfter: 1, end: 'complete' },
  'that emits at once': { values: [0, 0], endsAfter: 1, end: 'complete' },
  'that emits and completes at once': { values: [0, 0], endsAfter: 0, end: 'complete' },
  'that errors later': { values: [1], endsAfter: 1, end: 'error' },
  'that errors at once': { values: [0], endsAfter: 0, end: 'error' },
};

const matrix = places.flatMap((place) =>
  acts.flatMap((act) => Object.keys(kinds).map((kind) => [act, place, kind] as const)),
);

describe('demandMap, re-entered by one of its own jobs, beside mergeMap', () => {
  it.each(matrix)('is the same after %s from within the %s of an inner %s', (act, place, kind) => {
    for (const concurrent of [1, 2, 3, Infinity]) {
      for (const which of [0, 1, 2]) {
        const plan = { ...kinds[kind]!, acts: {} };
        const jobs = Array.from({ length: 6 }, (_, id) =>
          id === which ? { ...plan, acts: { [place]: act } } : plan,
        );
        const timeline = [
          ...jobs.slice(0, 4).map(() => ({ wait: 0, act: 'next' as const })),
          { wait: 4, act: 'next' as const },
          { wait: 1, act: 'complete' as const },
        ];
        expectSame((trial) => play({ concurrent, jobs, timeline, coldSource: false }, trial));
      }
    }
  });

  it('begins what project emits before what project returns, if there is room', () => {
    expectNotes(
      [
        '0: project a',
        '0: project b',
        '0: +b',
        '0: next b',
        '0: -b',
        '0: +a',
        '0: next a',
        '0: -a',
        '0: complete',
      ],
      ({ flatten, note, noted, listen }) => {
        const source = new Subject<string>();
        listen(
          source.pipe(
            flatten((event) => {
              note(`project ${event}`);
              if (event === 'a') source.next('b');
              return noted(event, of(event));
            }, 2),
          ),
        );
        source.next('a');
        source.complete();
      },
    );
  });

  it('keeps what project emits until there is room', () => {
    expectNotes(
      [
        '0: project a',
        '0: +a',
        '1: next a',
        '1: -a',
        '1: project b',
        '1: +b',
        '2: next b',
        '2: -b',
        '2: complete',
      ],
      ({ flatten, note, noted, listen }) => {
        const source = new Subject<string>();
        listen(
          source.pipe(
            flatten((event) => {
              note(`project ${event}`);
              if (event === 'a') source.next('b');
              if (event === 'b') source.complete();
              return noted(event, of(event).pipe(delay(1)));
            }, 1),
          ),
        );
        source.next('a');
      },
    );
  });

  it('puts what a result emits behind what waits', () => {
    expectNotes(
      ['1: next a', '2: next b', '3: next c', '4: next d', '4: complete'],
      ({ flatten, listen }) => {
        const source = new Subject<string>();
        listen(source.pipe(flatten((event) => of(event).pipe(delay(1)), 1)), (value) => {
          if (value === 'a') source.next('d');
          if (value === 'd') source.complete();
        });
        for (const event of ['a', 'b', 'c']) source.next(event);
      },
    );
  });

  it('puts what a finished job emits behind what waits', () => {
    expectNotes(
      ['1: next a', '2: next b', '3: next c', '4: next d', '4: complete'],
      ({ flatten, listen }) => {
        const source = new Subject<string>();
        const emitLast = (event: string): void => {
          if (event === 'a') source.next('d');
          if (event === 'd') source.complete();
        };
        const job = (event: string): Observable<string> =>
          of(event).pipe(
            delay(1),
            finalize(() => emitLast(event)),
          );
        listen(source.pipe(flatten(job, 1)));
        for (const event of ['a', 'b', 'c']) source.next(event);
      },
    );
  });

  it.each([1, 2, 3, Infinity])('counts down through its own source, with %p at a time', (concurrent) => {
    expectSame(({ flatten, listen, noted }) => {
      const source = new Subject<number>();
      const job = (left: number): Observable<number> => {
        const again = defer(() => {
          if (left > 0) source.next(left - 1);
          else source.complete();
          return of(left);
        });
        return noted(String(left), left % 3 === 0 ? again : again.pipe(delay(left % 2)));
      };
      listen(source.pipe(flatten(job, concurrent)));
      source.next(12);
    });
  });

  it.each([1, 2, Infinity])('walks a tree through its own source, with %p at a time', (concurrent) => {
    expectSame(({ flatten, listen, noted }) => {
      const source = new Subject<string>();
      const job = (path: string): Observable<string> =>
        noted(path, concat(of(path).pipe(delay(path.length % 3)), of(`${path}!`)));
      listen(source.pipe(flatten(job, concurrent)), (value) => {
        const path = String(value);
        if (path.length < 4 && !path.endsWith('!')) for (const child of 'lr') source.next(path + child);
      });
      source.next('o');
    });
  });

  it.each([1, 2])('ends at once when it is unsubscribed from a result, with %p at a time', (concurrent) => {
    expectNotes(['0: +a', '0: next a', '0: -a'], ({ flatten, noted, note }) => {
      const subscription = new Subscription();
      const job = (event: string): Observable<string> => noted(event, concat(of(event, 'more'), NEVER));
      const source = new Subject<string>();
      const results = source.pipe(
        flatten(job, concurrent),
        tap((value) => note(`next ${value}`)),
      );
      subscription.add(results.subscribe(() => subscription.unsubscribe()));
      source.next('a');
      source.next('b');
    });
  });
});
