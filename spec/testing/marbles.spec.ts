import { DemandQueue } from '../../src/index.ts';
import { deepStrictEqual } from 'node:assert';
import { AssertionError } from 'node:assert/strict';
import { of } from 'rxjs';
import { demandMap } from '../../src/index.ts';
import { marbles, type MarbleHelpers } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

/** What a marble test that is wrong throws. */
function failureOf(test: (helpers: MarbleHelpers) => void): unknown {
  try {
    marbles(test);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('expectDemand', () => {
  /** Expects `row` of a pool of two that has asked for `2---1-1`. */
  const expectRow = (row: string) => () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('    ----a-b');
      const results = '       ----a-b';
      expectObservable(jobs.pipe(demandMap((job) => job, { maxDemand: 2 }))).toBe(results);
      expectDemand(jobs).toBe(row);
    });
  };

  it('passes if the asks and their frames are as drawn', () => {
    expect(expectRow('2---1-1')).not.toThrow();
    expect(expectRow('2---1-1-----')).not.toThrow();
    expect(expectRow('  2---1-1 ')).not.toThrow();
    expect(expectRow('2 3ms 1-1')).not.toThrow();
  });

  it.each([
    ['another number', '1---1-1'],
    ['another frame', '2----11'],
    ['an ask too few', '2---1--'],
    ['an ask too many', '2---1-11'],
    ['asks that are added up', '2---2--'],
    ['none', ''],
    ['an end', '2---1-1|'],
    ['an unknown letter', '2---x-1'],
  ])('fails if the row shows %s', (_, row) => {
    expect(expectRow(row)).toThrow();
  });

  it('shows what came and what was expected', () => {
    const failure = failureOf(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('-');
      expectObservable(jobs.pipe(demandMap((job) => job, { maxDemand: 7 }))).toBe('');
      expectDemand(jobs).toBe('8');
    });
    expect(String(failure)).toMatch(/8.*\n.*7/);
  });

  it('takes ∞ for all, and letters for other numbers', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('-');
      const asked = 'k-∞-(2x)';
      const values = { k: 1000, x: 12 };
      expectObservable(jobs.events(demand(asked, values))).toBe('');
      expectDemand(jobs).toBe(asked, values);
    });
  });

  it('puts the asks of one frame in parentheses, in their order', () => {
    const expectAsks = (row: string) => () => {
      marbles(({ queue, demand, expectObservable, expectDemand }) => {
        const jobs = queue('-');
        expectObservable(jobs.events(demand('-1'))).toBe('');
        expectObservable(jobs.events(demand('-2'))).toBe('');
        expectDemand(jobs).toBe(row);
      });
    };
    expect(expectAsks('-(12)')).not.toThrow();
    expect(expectAsks('-(21)')).toThrow();
    expect(expectAsks('-3')).toThrow();
  });

  it('takes any Observable of demand', () => {
    marbles(({ cold, expectDemand }) => {
      expectDemand(cold('-a-b|', { a: 1, b: Infinity })).toBe('-1-∞|');
      expectDemand(of(3)).toBe('(3|)');
    });
  });

  it('sees all asks, however late it is called', () => {
    marbles(({ queue, expectDemand }) => {
      const jobs = queue('-');
      const consumer = new RawConsumer(jobs);
      consumer.ask(1);
      consumer.ask(2);
      expectDemand(jobs).toBe('(12)');
    });
  });
});

describe('queue', () => {
  it('enqueues each marble at its frame, and batches in one piece', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  a-(bc)-d');
      const asked = '       ∞-------';
      const expected = '    a-x----d';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a: ['a'], x: ['b', 'c'], d: ['d'] });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('completes at | and errors at #', () => {
    marbles(({ queue, expectObservable }) => {
      const results = (row: string, error?: unknown) =>
        queue(row, null, { error }).pipe(demandMap((job) => job, { maxDemand: 9 }));
      expectObservable(results('-a-|')).toBe('-a-|');
      expectObservable(results('-(a|)')).toBe('-(a|)');
      expectObservable(results('-a-#')).toBe('-a-#');
      expectObservable(results('-a-#', 42)).toBe('-a-#', undefined, 42);
    });
  });

  it('takes values for its letters, and the options of a queue', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  -(abc)--', { a: 1, b: 2, c: 3 }, { bufferSize: 2 });
      const dropped = '     -x------';
      const sub = '         --^-----';
      const expected = '    --(yz)--';
      expectObservable(jobs.discarded).toBe(dropped, { x: [1] });
      expectObservable(jobs.pipe(demandMap((job) => job * 10)), sub).toBe(expected, { y: 20, z: 30 });
    });
  });

  it('is empty without a row, and takes events as any queue does', () => {
    marbles(({ hot, queue, expectObservable, expectDemand }) => {
      const jobs = queue();
      const source = hot('  -----b--|');
      const asked = '       (11)-1---';
      const expected = '    a----b--|';
      source.subscribe(jobs);
      jobs.next('a');
      expectObservable(jobs.pipe(demandMap((job) => job))).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('takes events before the frame that ^ marks', () => {
    marbles(({ queue, demand, expectObservable }) => {
      const jobs = queue('-a-^-b');
      const asked = '      --2';
      const expected = '   --x';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { x: ['a', 'b'] });
    });
  });

  it('remembers the asks of a pool that it hands its events to one by one', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  (abc|)---- ');
      const asked = '       -(1111)    ';
      const expected = '    -(abc|)    ';
      expectObservable(jobs.pipe(demandMap((job) => job)), '-^').toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });
});

describe('demand', () => {
  it('is cold: every subscription starts it anew', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue();
      const asks = demand('-1');
      expectObservable(jobs.events(asks)).toBe('');
      expectObservable(jobs.events(asks), '---^').toBe('');
      expectDemand(jobs).toBe('-1--1');
    });
  });
});

describe('marbles', () => {
  it('gives the scheduler of the test, and everything that TestScheduler.run gives', () => {
    marbles((helpers) => {
      const { scheduler, time, flush, animate, cold, hot, expectObservable, expectSubscriptions } = helpers;
      expect(scheduler.now()).toBe(0);
      expect(time('---|')).toBe(3);
      for (const helper of [flush, animate, cold, hot, expectObservable, expectSubscriptions]) {
        expect(typeof helper).toBe('function');
      }
    });
  });

  it('compares with `assertDeepEqual` if it is given', () => {
    const compared: unknown[] = [];
    marbles(
      ({ demand, expectDemand }) => {
        expectDemand(demand('1')).toBe('2');
      },
      { assertDeepEqual: (actual, expected) => compared.push(actual, expected) },
    );
    const ask = (value: number) => [{ frame: 0, notification: { kind: 'N', value, error: undefined } }];
    expect(compared).toEqual([ask(1), ask(2)]);
    const wrong = () => {
      marbles(({ demand, expectDemand }) => expectDemand(demand('1')).toBe('2'), {
        assertDeepEqual: deepStrictEqual,
      });
    };
    expect(wrong).toThrow(AssertionError);
  });

  it('says what to do where there is no global expect', () => {
    const globals = globalThis as { expect?: unknown };
    const { expect: kept } = globals;
    delete globals.expect;
    const failure = failureOf(({ demand, expectDemand }) => expectDemand(demand('1')).toBe('1'));
    globals.expect = kept;
    expect(failure).toEqual(
      new Error(
        'There is no global `expect` here. Tell `marbles` how to compare, for instance ' +
          '`marbles(test, { assertDeepEqual: assert.deepStrictEqual })` with node:assert.',
      ),
    );
  });

  it('throws what the test throws', () => {
    expect(
      failureOf(() => {
        throw new Error('mine');
      }),
    ).toEqual(new Error('mine'));
  });
});

describe('A demand row with a marble that stands for no number', () => {
  it('is refused, with what would help', () => {
    expect(() =>
      marbles(({ queue, expectDemand }) => {
        expectDemand(queue()).toBe('--x');
      }),
    ).toThrow(/a digit, ∞ or a letter given in values, got 'x'/);
  });

  it('may come with time progressions', () => {
    marbles(({ queue, demand, expectDemand }) => {
      const jobs = queue();
      jobs.events(demand('2 10ms 3')).subscribe();
      expectDemand(jobs).toBe('2 10ms 3');
    });
  });
});

describe('expectDemand of what records no demand', () => {
  it('says what it takes', () => {
    expect(() =>
      marbles(({ expectDemand }) => {
        expectDemand(new DemandQueue() as never).toBe('-');
      }),
    ).toThrow(/a queue made by `queue\(...\)`/);
  });
});
