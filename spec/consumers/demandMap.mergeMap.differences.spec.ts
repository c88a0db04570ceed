import { EMPTY, NEVER, Observable, Subject, finalize, mergeMap, of, timer, type ObservableInput } from 'rxjs';
import { demandMap } from '../../src/index.ts';
import { listenToEnd, ours, runTrial, theirs, type Flatten, type Trial } from '../support/sideBySide.ts';

/** The notes of each operator, without their frames. */
function notesOf(scenario: (trial: Trial) => void): { mergeMap: string[]; demandMap: string[] } {
  const notes = (flatten: Flatten): string[] =>
    runTrial(flatten, scenario).notes.map((note) => note.replace(/^\d+: /, ''));
  return { mergeMap: notes(theirs), demandMap: notes(ours()) };
}

describe('demandMap accepts more than mergeMap', () => {
  const both = async (result: unknown): Promise<string[][]> => [
    await listenToEnd(of('event').pipe(theirs(() => result as ObservableInput<unknown>))),
    await listenToEnd(of('event').pipe(demandMap((): unknown => result))),
  ];

  it('takes a string for one result, not for its characters', async () => {
    expect(await both('abc')).toEqual([
      ['next a', 'next b', 'next c', 'complete'],
      ['next abc', 'complete'],
    ]);
  });

  it('takes what has a length but cannot be iterated for one result', async () => {
    expect(await both({ length: 2, 0: 'a', 1: 'b' })).toEqual([
      ['next a', 'next b', 'complete'],
      ['next [object Object]', 'complete'],
    ]);
  });

  it.each([0, true, null, undefined, 10n, Symbol.iterator, {}])(
    'takes %p for a result, where mergeMap errors',
    async (result: unknown) => {
      const [atTheirs, atOurs] = await both(result);
      expect(atTheirs).toEqual([expect.stringContaining('error TypeError')]);
      expect(atOurs).toEqual([expect.stringContaining('next'), 'complete']);
    },
  );
});

describe('demandMap, when project returns a thenable that is no promise', () => {
  it('takes its result in a microtask, even if it calls back at once, as it does in mergeMap', async () => {
    const thenable = Object.assign(Object.create(null) as object, {
      then: (resolved: (value: string) => unknown) => Promise.resolve(resolved('result')),
    }) as PromiseLike<string>;
    const order = (flatten: Flatten): string[] => {
      const notes: string[] = [];
      of('event')
        .pipe(flatten(() => thenable))
        .subscribe((value) => notes.push(value));
      notes.push('subscribed');
      return notes;
    };
    const [atTheirs, atOurs] = [order(theirs), order(ours())];
    await new Promise((resolve) => setImmediate(resolve));
    expect([atTheirs, atOurs]).toEqual([
      ['result', 'subscribed'],
      ['subscribed', 'result'],
    ]);
  });
});

describe('demandMap, where mergeMap goes on after its end', () => {
  it('does not subscribe to what project returns if project has unsubscribed', () => {
    const notes = notesOf(({ flatten, note }) => {
      const source = new Subject<string>();
      const inner = new Observable<never>(() => note('subscribed to'));
      const job = (): Observable<never> => {
        subscription.unsubscribe();
        return inner;
      };
      const subscription = source.pipe(flatten(job)).subscribe();
      source.next('a');
    });
    expect(notes).toEqual({ mergeMap: ['subscribed to'], demandMap: [] });
  });

  it('does not subscribe to its source for a subscriber that has left', () => {
    const notes = notesOf(({ flatten, noted }) => {
      const events = new Subject<string>();
      const inner = noted('source', NEVER).pipe(flatten(() => EMPTY));
      const job = (): Observable<never> => {
        subscription.unsubscribe();
        return inner;
      };
      const subscription = events.pipe(mergeMap(job)).subscribe();
      events.next('a');
    });
    expect(notes).toEqual({ mergeMap: ['+source', '-source'], demandMap: [] });
  });

  it.each([
    ['later', timer(1)],
    ['at once', EMPTY],
  ])('does not begin what waits if a job that completes %s unsubscribes as it is finalized', (_, inner) => {
    const notes = notesOf(({ flatten, note }) => {
      const source = new Subject<string>();
      const job = (event: string): Observable<number> => {
        note(`project ${event}`);
        if (event === 'a') source.next('b');
        return inner.pipe(finalize(() => subscription.unsubscribe()));
      };
      const subscription = source.pipe(flatten(job, 1)).subscribe();
      source.next('a');
    });
    expect(notes).toEqual({ mergeMap: ['project a', 'project b'], demandMap: ['project a'] });
  });
});

describe('demandMap, where mergeMap tears down late or not at all', () => {
  it('tears down a job that completed at once before it begins the next', () => {
    const notes = notesOf(({ cold, flatten, note }) => {
      const job = (event: string): Observable<string> => {
        note(`project ${event}`);
        const inner: Observable<string> = event === 'a' ? cold('--|') : EMPTY;
        return inner.pipe(finalize(() => note(`finalize ${event}`)));
      };
      of('a', 'b', 'c')
        .pipe(flatten(job, 1))
        .subscribe({ complete: () => note('complete') });
    });
    expect(notes.mergeMap).not.toEqual(notes.demandMap);
    expect(notes.demandMap).toEqual([
      'project a',
      'finalize a',
      'project b',
      'finalize b',
      'project c',
      'finalize c',
      'complete',
    ]);
  });

  it('goes on after a job whose teardown throws', () => {
    const notes = notesOf(({ flatten, listen, noted, scheduler }) => {
      const job = (event: string): Observable<string> =>
        new Observable((subscriber) => {
          subscriber.next(event);
          scheduler.schedule(() => {
            try {
              subscriber.complete();
            } catch {
              // Thrown by the teardown, at whoever completes.
            }
          }, 1);
          return () => {
            throw new Error(`in the teardown of ${event}`);
          };
        });
      listen(noted('source', of('a', 'b')).pipe(flatten(job, 1)));
    });
    expect(notes.mergeMap).toEqual(['+source', 'next a', '-source']);
    expect(notes.demandMap).toEqual(['+source', 'next a', '-source', 'next b', 'complete']);
  });
});

describe('demandMap, like mergeMap, leaves no rejection unhandled', () => {
  it.each([
    ['mergeMap', theirs],
    ['demandMap', ours()],
  ] as const)('when project has unsubscribed before its promise rejects: %s', async (_, flatten) => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    const source = new Subject<string>();
    const job = async (): Promise<never> => {
      subscription.unsubscribe();
      throw new Error('after the end');
    };
    const subscription = source.pipe(flatten(job)).subscribe();
    source.next('a');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
