import {
  Observable,
  asapScheduler,
  defer,
  delay,
  from,
  map,
  of,
  queueScheduler,
  scheduled,
  take,
  timer,
} from 'rxjs';
import { inputs } from '../support/inputs.ts';
import { expectNotes, expectSame, expectSameToEnd } from '../support/sideBySide.ts';

const times = (digit: string): string[] => new Array<string>(Number(digit)).fill(digit);

describe.each(inputs)('demandMap, when project returns %s, beside mergeMap', (_, input) => {
  it.each([1, 2, 3, Infinity])('merges with %p at a time', async (concurrent) => {
    const notes = await expectSameToEnd((flatten) =>
      from(['a', 'b', 'c', 'd']).pipe(flatten((event) => input([`${event}1`, `${event}2`]), concurrent)),
    );
    const firsts = notes.filter((note) => note.endsWith('1'));
    expect(firsts).toEqual(['next a1', 'next b1', 'next c1', 'next d1']);
    expect(notes.at(-1)).toBe('complete');
  });

  it.each([1, 2, Infinity])('stops in the middle, with %p at a time', async (concurrent) => {
    const notes = await expectSameToEnd((flatten) =>
      from(['a', 'b', 'c', 'd']).pipe(
        flatten((event) => input([event, event, event]), concurrent),
        take(2),
      ),
    );
    expect(notes).toHaveLength(3);
  });
});

describe('demandMap, by what project is given and returns, beside mergeMap', () => {
  it('gives project the event and its index, in the order they are begun', async () => {
    const notes = await expectSameToEnd((flatten) =>
      of('a', 'b', 'c').pipe(flatten((event, index) => Promise.resolve(`${event}${index}`), 2)),
    );
    expect(notes).toEqual(['next a0', 'next b1', 'next c2', 'complete']);
  });

  it('maps each value of each inner', () => {
    expectSame(({ cold, hot, flatten, expectObservable, expectSubscriptions }) => {
      const source = hot('-1---3---5---|  ');
      const inner = cold(' x--x-x|        ', { x: 10 });
      const subs = [
        '                 -^-----!        ',
        '                 -----^-----!    ',
        '                 ---------^-----!',
      ];
      const expected = '  -a--aba-bcb-c-c|';
      const result = source.pipe(flatten((event) => inner.pipe(map((value) => value * Number(event)))));
      expectObservable(result).toBe(expected, { a: 10, b: 30, c: 50 });
      expectSubscriptions(inner.subscriptions).toBe(subs);
    });
  });

  it.each([1, 2, Infinity])(
    'goes through an array in the frame of its event, with %p at a time',
    (concurrent) => {
      expectSame(({ hot, flatten, expectObservable, expectSubscriptions }) => {
        const source = hot('2-----4--------0--3------|');
        const expected = '  (22)--(4444)------(333)--|';
        expectObservable(source.pipe(flatten(times, concurrent))).toBe(expected);
        expectSubscriptions(source.subscriptions).toBe('^------------------------!');
      });
    },
  );

  it.each([1, 2, Infinity])(
    'goes through arrays until the source errors, with %p at a time',
    (concurrent) => {
      expectSame(({ hot, flatten, expectObservable, expectSubscriptions }) => {
        const source = hot('2-----4--------#');
        const expected = '  (22)--(4444)---#';
        expectObservable(source.pipe(flatten(times, concurrent))).toBe(expected);
        expectSubscriptions(source.subscriptions).toBe('^--------------!');
      });
    },
  );

  it.each([1, 2, Infinity])(
    'goes through arrays until it is unsubscribed, with %p at a time',
    (concurrent) => {
      expectSame(({ hot, flatten, expectObservable, expectSubscriptions }) => {
        const source = hot('2-----4--------3--|');
        const expected = '  (22)--(4444)--';
        const unsub = '     --------------!';
        expectObservable(source.pipe(flatten(times, concurrent)), unsub).toBe(expected);
        expectSubscriptions(source.subscriptions).toBe('^-------------!');
      });
    },
  );

  it.each([1, 2, Infinity])('goes through arrays until project throws, with %p at a time', (concurrent) => {
    expectSame(({ hot, flatten, expectObservable, expectSubscriptions }) => {
      const error = new Error('no third');
      const source = hot('2-----4--------3--|');
      const expected = '  (22)--(4444)---#';
      const result = source.pipe(
        flatten((digit) => {
          if (digit === '3') throw error;
          return times(digit);
        }, concurrent),
      );
      expectObservable(result).toBe(expected, undefined, error);
      expectSubscriptions(source.subscriptions).toBe('^--------------!');
    });
  });

  it('passes on the error of an iterable that throws after it has waited', () => {
    expectSame(({ cold, flatten, expectObservable, expectSubscriptions }) => {
      const error = new Error('no x');
      const source = cold('--a------b---|', { a: 'oo', b: 'oxo' });
      const expected = '           --(oo)---(o#)';
      const letters = function* (word: string): Generator<string> {
        for (const letter of word) {
          if (letter === 'x') throw error;
          yield letter;
        }
      };
      const result = source.pipe(
        flatten((word) => {
          return of(word).pipe(delay(0), flatten(letters));
        }),
      );
      expectObservable(result).toBe(expected, undefined, error);
      expectSubscriptions(source.subscriptions).toBe('^--------!');
    });
  });

  it.each([1, 2, Infinity])('passes on the first rejection, with %p at a time', async (concurrent) => {
    const notes = await expectSameToEnd((flatten) =>
      of('a', 'b', 'c').pipe(
        flatten((event, index) => Promise.reject<string>(new Error(`${event}${index}`)), concurrent),
      ),
    );
    expect(notes).toEqual(['error Error: a0']);
  });

  it('passes on a rejection that comes after results', async () => {
    const notes = await expectSameToEnd((flatten) =>
      of('a', 'b', 'c', 'd').pipe(
        flatten(
          (event) => (event === 'c' ? Promise.reject<string>(new Error('no c')) : Promise.resolve(event)),
          2,
        ),
      ),
    );
    expect(notes).toEqual(['next a', 'next b', 'error Error: no c']);
  });

  it('passes on what is wrong with an Observable of another library', async () => {
    const broken = { [Symbol.observable ?? '@@observable']: () => ({}) } as unknown as Observable<string>;
    const [note] = await expectSameToEnd((flatten) => of('a').pipe(flatten(() => broken)));
    expect(note).toContain('does not correctly implement Symbol.observable');
  });

  it('merges what is merged already, on the asap scheduler', async () => {
    const asap = <T>(value: T): Observable<T> => defer(() => scheduled([value], asapScheduler));
    const notes = await expectSameToEnd((flatten) =>
      of('a').pipe(flatten(() => asap('b').pipe(flatten(() => asap('c'))))),
    );
    expect(notes).toEqual(['next c', 'complete']);
  });

  it('merges what is merged already, of promises', async () => {
    const notes = await expectSameToEnd((flatten) =>
      of('a').pipe(flatten(() => from(Promise.resolve('b')).pipe(flatten(() => Promise.resolve('c'))))),
    );
    expect(notes).toEqual(['next c', 'complete']);
  });

  it('merges Observables that take turns on the queue scheduler', async () => {
    const queued = <T>(values: T[]): Observable<T> => scheduled(values, queueScheduler);
    const notes = await expectSameToEnd((flatten) =>
      queued([queued(['a', 'b', 'c']), queued(['x', 'y'])]).pipe(flatten((inner) => inner)),
    );
    expect(notes).toEqual(['next a', 'next b', 'next x', 'next c', 'next y', 'complete']);
  });

  it('takes a source that is wrapped in another', async () => {
    const wrapped = new Observable<number>((subscriber) => {
      const subscription = timer(0, asapScheduler).subscribe(subscriber);
      return () => subscription.unsubscribe();
    });
    const notes = await expectSameToEnd((flatten) => wrapped.pipe(flatten(() => timer(0, asapScheduler))));
    expect(notes).toEqual(['next 0', 'complete']);
  });

  it.each([1, 2, Infinity])('stops a source in the middle of its loop, with %p at a time', (concurrent) => {
    expectNotes(
      ['0: emits 0', '0: next 0', '0: emits 1', '0: next 1', '0: complete'],
      ({ flatten, note, listen }) => {
        const loop = new Observable<number>((subscriber) => {
          for (let i = 0; !subscriber.closed && i < 10; i++) {
            note(`emits ${i}`);
            subscriber.next(i);
          }
        });
        listen(
          loop.pipe(
            flatten((value) => of(value), concurrent),
            take(2),
          ),
        );
      },
    );
  });

  it.each([1, 2, Infinity])('stops an inner in the middle of its loop, with %p at a time', (concurrent) => {
    expectNotes(['0: next a', '0: next a', '0: complete', '0: returned'], ({ flatten, note, listen }) => {
      const endless = function* (value: string): Generator<string> {
        try {
          for (;;) yield value;
        } finally {
          note('returned');
        }
      };
      listen(of('a', 'b').pipe(flatten(endless, concurrent), take(2)));
    });
  });
});
