import { NEVER, Observable, Subject, of, take, timer, type UnsubscriptionError } from 'rxjs';
import { expectNotes, expectSame } from '../support/sideBySide.ts';

describe('demandMap, as it tears down its jobs, beside mergeMap', () => {
  it('finalizes a job before it begins the next', () => {
    expectNotes(
      [
        '0: +a',
        '1: next 0',
        '1: -a',
        '1: +b',
        '2: next 0',
        '2: -b',
        '2: +c',
        '3: next 0',
        '3: -c',
        '3: complete',
      ],
      ({ flatten, noted, listen }) => {
        listen(of('a', 'b', 'c').pipe(flatten((event) => noted(event, timer(1)), 1)));
      },
    );
  });

  it('finalizes the last job before it completes', () => {
    expectNotes(
      ['0: +source', '0: +a', '0: -source', '1: next 0', '1: -a', '1: complete'],
      ({ flatten, noted, listen }) => {
        listen(noted('source', of('a')).pipe(flatten((event) => noted(event, timer(1)))));
      },
    );
  });

  it.each([3, 4, Infinity])(
    'tears down the source, then the jobs as they came, with %p at a time',
    (concurrent) => {
      const notes = expectSame(({ hot, cold, flatten, noted, scheduler }) => {
        const jobs: Record<string, Observable<string>> = { a: cold('-|'), b: cold('---|') };
        const source = hot('(abc)-d---e----');
        const results = noted('source', source).pipe(
          flatten((event) => noted(event, jobs[event] ?? NEVER), concurrent),
        );
        const subscription = results.subscribe();
        scheduler.schedule(() => subscription.unsubscribe(), 12);
      });
      expect(notes.slice(-4)).toEqual(['12: -source', '12: -c', '12: -d', '12: -e']);
    },
  );

  it('tears down last whose project began others meanwhile', () => {
    const notes = expectSame(({ flatten, noted }) => {
      const source = new Subject<string>();
      const job = (event: string): Observable<never> => {
        if (event === 'a') source.next('b');
        return noted(event, NEVER);
      };
      const subscription = source.pipe(flatten(job)).subscribe();
      source.next('a');
      source.next('c');
      subscription.unsubscribe();
    });
    expect(notes).toEqual(['0: +b', '0: +a', '0: +c', '0: -b', '0: -a', '0: -c']);
  });

  it('tears down the other jobs as they came, after the error has been told', () => {
    expectNotes(
      [
        '0: +source',
        '0: +a',
        '0: +b',
        '0: +c',
        '0: -source',
        '1: -b',
        '1: +d',
        '2: error error',
        '2: -a',
        '2: -c',
        '2: -d',
      ],
      ({ cold, flatten, noted, listen }) => {
        const jobs = { a: NEVER, b: cold('-|'), c: cold('--#'), d: NEVER };
        const source = noted('source', of('a', 'b', 'c', 'd'));
        listen(source.pipe(flatten((event) => noted(event, jobs[event as keyof typeof jobs]), 3)));
      },
    );
  });

  it('tears down all, even if some of it throws', () => {
    expectNotes(['0: -source', '0: -a', '0: -b', '0: throws of source, of a, of b'], ({ flatten, note }) => {
      const throwing = (name: string, ...values: string[]): Observable<string> =>
        new Observable((subscriber) => {
          for (const value of values) subscriber.next(value);
          return () => {
            note(`-${name}`);
            throw new Error(`of ${name}`);
          };
        });
      const subscription = throwing('source', 'a', 'b')
        .pipe(flatten((event) => throwing(event)))
        .subscribe();
      try {
        subscription.unsubscribe();
      } catch (error) {
        const { errors } = error as UnsubscriptionError;
        note(`throws ${errors.map(({ message }: Error) => message).join(', ')}`);
      }
    });
  });

  it('shares nothing between two subscriptions', () => {
    expectNotes(
      [
        '0: project a as 0',
        '1: project a as 0',
        '2: next 1.a',
        '2: project b as 1',
        '3: next 2.a',
        '3: project b as 1',
        '4: next 1.b',
        '5: next 2.b',
      ],
      ({ cold, flatten, note, scheduler }) => {
        const operator = flatten((event: string, index) => {
          note(`project ${event} as ${index}`);
          return cold('--x|').pipe(
            take(1),
            flatten(() => [event]),
          );
        }, 1);
        const results = of('a', 'b').pipe(operator);
        results.subscribe((value) => note(`next 1.${value}`));
        scheduler.schedule(() => results.subscribe((value) => note(`next 2.${value}`)), 1);
      },
    );
  });

  it('shares nothing between two sources', () => {
    expectSame(({ cold, hot, flatten, expectObservable, expectSubscriptions }) => {
      const first = hot('  a---b---|    ');
      const second = hot(' -c---#       ');
      const inner = cold(' --i-j|       ');
      const subs = [
        '                  ^----!       ',
        '                  -^---!       ',
        '                  -----^----!  ',
      ];
      const fromFirst = '  --i-j--i-j|  ';
      const fromSecond = ' ---i-#       ';
      const operator = flatten(() => inner, 1);
      expectObservable(first.pipe(operator)).toBe(fromFirst);
      expectObservable(second.pipe(operator)).toBe(fromSecond);
      expectSubscriptions(inner.subscriptions).toBe(subs);
    });
  });
});
