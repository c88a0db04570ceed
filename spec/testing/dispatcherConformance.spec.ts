import { DemandDispatcher } from '../../src/engine/index.ts';
import { demand } from '../../src/index.ts';
import { dispatcherConformance } from '../../src/testing/index.ts';
import {
  Broken,
  asked,
  failures,
  left,
  messages,
  once,
  onceToAll,
  order,
  passes,
  places,
} from './support/brokenDispatchers.ts';

describe('dispatcherConformance', () => {
  it('tells the least calls that break the rule, and the seed', () => {
    const factory = () =>
      new (class extends Broken {
        override cancel() {
          return 0;
        }
      })();
    const message = failures(factory, { seed: 7 }).get(left);
    expect(message?.split('\n')).toEqual([
      `Expected that broken ${left}. It sends a [0] after it has left, by these calls (events by their index):`,
      '  a subscribes -> 0',
      '  a asks for 1 -> 1',
      '  a leaves -> 0',
      '  dispatch [0]',
      '    a gets [0]',
      'They are the least that break the rule, of those found with `seed` 7.',
    ]);
  });

  it('finds the same for the same seed', () => {
    const factory = () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          return super.dispatch(events.filter((event) => event !== 7));
        }
      })();
    const [first, again] = [failures(factory, { seed: 3 }), failures(factory, { seed: 3 })];
    expect(first.get(once)).toBeDefined();
    expect([...again]).toEqual([...first]);
  });

  it('tells of an error that the dispatcher throws', () => {
    const factory = () =>
      new (class extends Broken {
        override cancel(): number {
          throw new Error('boom');
        }
      })();
    const found = failures(factory);
    expect([...found.keys()]).toEqual([asked, left, once, order, places, passes, messages]);
    expect(found.get(left)).toContain('It throws Error: boom');
  });

  it('tells of an event that it does not know', () => {
    const factory = () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          return super.dispatch(events.map((event) => event + 0.5));
        }
      })();
    expect(failures(factory).get(once)).toContain('It gives out an event that it was not given');
  });

  it('gives the dispatcher arrays that it must not change', () => {
    const factory = () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          (events as number[]).pop();
          return super.dispatch(events);
        }
      })();
    expect(failures(factory).get(asked)).toContain('It throws TypeError');
  });

  it('makes a new dispatcher for each walk', () => {
    const factory = jest.fn(demand<number>());
    failures(factory, { runs: 3 });
    expect(factory).toHaveBeenCalledTimes(3 * 7);
  });

  it('registers a test for each rule, in a group of the name', () => {
    const names: string[] = [];
    dispatcherConformance('mine', demand(), {
      copies: true,
      runner: {
        describe: (name, tests) => {
          names.push(name);
          tests();
        },
        it: (name) => names.push(name),
      },
    });
    expect(names).toEqual(['mine', asked, left, onceToAll, order, places, passes, messages]);
  });

  it.each([
    [{ runs: 0 }, 'Expected `runs` to be a positive integer, got 0'],
    [{ steps: 1.5 }, 'Expected `steps` to be a positive integer, got 1.5'],
    [{ places: -1 }, 'Expected `places` to be a positive integer, got -1'],
    [{ seed: NaN }, 'Expected `seed` to be an integer, got NaN'],
    [{ event: 1 }, 'Expected `event` to be a function, got 1'],
    [{ subscription: {} }, 'Expected `subscription` to be a function, got an object'],
    [{ inOrder: 'key' }, "Expected `inOrder` to be a function, got 'key'"],
    [null, 'Expected `options` to be an object, got null'],
  ])('refuses %j', (options, message) => {
    expect(() => dispatcherConformance('mine', demand(), options as never)).toThrow(message);
  });

  it('refuses what is no factory', () => {
    expect(() => dispatcherConformance('mine', new DemandDispatcher() as never)).toThrow(
      'Expected `factory` to be a function, got an object',
    );
  });

  it('says what it needs where there is no test runner', () => {
    const global = globalThis as { it?: unknown };
    const kept = global.it;
    delete global.it;
    try {
      expect(() => dispatcherConformance('mine', demand())).toThrow(
        'There is no global `describe` and `it` here. Tell `dispatcherConformance` where to register its tests',
      );
    } finally {
      global.it = kept;
    }
  });
});
