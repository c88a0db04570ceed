import {
  BroadcastDispatcher,
  DemandDispatcher,
  KeySerialDispatcher,
  type ConsumerRef,
  type Dispatcher,
  type DispatcherFactory,
  type DispatcherHost,
} from '../../src/engine/index.ts';
import { broadcast, demand, fair, keySerial, partition } from '../../src/index.ts';
import {
  dispatcherConformance,
  type DispatcherConformanceOptions,
  type TestRunner,
} from '../../src/testing/index.ts';

// The dispatchers of the package, by the runner of these specs.

dispatcherConformance('demand()', demand());
dispatcherConformance('demand(), shuffled', demand({ shuffleDemandsOnFirstDispatch: true }));
dispatcherConformance('fair()', fair());
dispatcherConformance('broadcast()', broadcast(), { copies: true });
dispatcherConformance('partition(), by number', partition({ partitions: 4 }), {
  subscription: (place) => ({ partition: place }),
});
dispatcherConformance(
  'partition(), by name',
  partition<number>({ partitions: ['a', 'b'], hash: (n) => [n, n % 3 ? 'a' : 'b'] }),
  {
    places: 2,
    subscription: (place) => ({ partition: place === 0 ? 'a' : 'b' }),
  },
);
describe.each([0, 2, 1000])('With maxHeld %d', (maxHeld) => {
  dispatcherConformance('keySerial()', keySerial<number>({ key: (n) => n % 3, maxHeld }), {
    inOrder: (n) => n % 3,
  });
});
dispatcherConformance(
  'keySerial(), of objects',
  keySerial<{ readonly key: number }>({ key: ({ key }) => key }),
  {
    event: (index) => ({ key: index % 2 }),
    inOrder: ({ key }) => key,
  },
);

/** Registers the tests and does them; returns the messages of those that fail, by their names. */
function failures<T = number>(
  factory: DispatcherFactory<T>,
  options: DispatcherConformanceOptions<T> = {},
): ReadonlyMap<string, string> {
  const messages = new Map<string, string>();
  const runner: TestRunner = {
    describe: (_, tests) => {
      tests();
    },
    it: (name, test) => {
      try {
        test();
      } catch (error) {
        messages.set(name, (error as Error).message);
      }
    },
  };
  dispatcherConformance('broken', factory, { runner, ...options });
  return messages;
}

const asked = 'sends a consumer at most what it has asked for, in batches that are not empty';
const left = 'sends nothing to a consumer that has left';
const once = 'sends every event once, and loses none';
const onceToAll = 'sends every event to all consumers that are there, once, and loses none';
const order = 'keeps the events of a consumer in order';
const places = 'has the demand that it can place';
const passes = 'passes demand on once, also that of consumers that have left';
const messages = 'delivers side messages once, after the events before them';

type Ref = ConsumerRef<number>;

/** A dispatcher of which something is broken; the rest is a demand dispatcher. */
class Broken extends DemandDispatcher<number> {
  readonly refs: Ref[] = [];

  override subscribe(ref: Ref): number {
    this.refs.push(ref);
    return super.subscribe(ref);
  }
}

const mutants: Record<string, [rule: string, make: (host: DispatcherHost<number>) => Dispatcher<number>]> = {
  'sends more than was asked for': [
    asked,
    () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          const rest = super.dispatch(events);
          if (rest.length === 0 || this.refs.length === 0) return rest;
          this.refs[0]?.send(rest.slice(0, 1));
          return rest.slice(1);
        }
      })(),
  ],
  'sends empty batches': [
    asked,
    () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          for (const ref of this.refs) ref.send([]);
          return super.dispatch(events);
        }
      })(),
  ],
  'goes on sending to who has left': [
    left,
    () =>
      new (class extends Broken {
        override cancel() {
          return 0;
        }
      })(),
  ],
  'drops an event now and then': [
    once,
    () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          return super.dispatch(events.filter((event) => event % 5 !== 4));
        }
      })(),
  ],
  'returns what it has sent': [
    once,
    () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          super.dispatch(events);
          return events.slice(-1);
        }
      })(),
  ],
  'discards what it has sent': [
    once,
    (host) =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          const rest = super.dispatch(events);
          if (rest.length === 0) host.discarded(events, 'unroutable');
          return rest;
        }
      })(),
  ],
  'returns the rest in another order': [
    once,
    () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          return [...super.dispatch(events)].reverse();
        }
      })(),
  ],
  'sends the last event first': [
    order,
    () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          return super.dispatch(this.demand < events.length ? events : [...events].reverse());
        }
      })(),
  ],
  'tells of demand that is gone': [
    places,
    () =>
      new (class extends Broken {
        #asked = 0;
        override get demand() {
          return this.#asked;
        }
        override ask(ref: Ref, count: number) {
          this.#asked += count;
          return super.ask(ref, count);
        }
      })(),
  ],
  'places less than it could': [
    places,
    () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          const now = Math.max(Math.floor(events.length / 2), 1);
          return [...super.dispatch(events.slice(0, now)), ...events.slice(now)];
        }
      })(),
  ],
  'passes each ask on twice': [
    passes,
    () =>
      new (class extends Broken {
        override ask(ref: Ref, count: number) {
          return 2 * super.ask(ref, count);
        }
      })(),
  ],
  'forgets what it has passed on for who has left': [
    passes,
    () =>
      new (class extends Broken {
        override ask(ref: Ref, count: number) {
          super.ask(ref, count);
          return count;
        }
      })(),
  ],
  'asks for what a consumer that leaves was owed, and counts it for the next': [
    passes,
    () =>
      new (class extends Broken {
        override cancel(ref: Ref) {
          const before = this.demand;
          super.cancel(ref);
          return Math.max(before - this.demand || 0, 0);
        }
      })(),
  ],
  'keeps an ask to itself': [
    passes,
    () =>
      new (class extends Broken {
        override ask(ref: Ref, count: number) {
          return Math.max(super.ask(ref, count) - 1, 0);
        }
      })(),
  ],
  'passes on what is no demand': [
    passes,
    () =>
      new (class extends Broken {
        override cancel(ref: Ref) {
          super.cancel(ref);
          return NaN;
        }
      })(),
  ],
  'delivers a message twice': [
    messages,
    (host) =>
      new (class extends Broken {
        info(message: unknown) {
          host.deliverInfo(message);
          host.deliverInfo(message);
        }
      })(),
  ],
  'forgets messages': [messages, () => Object.assign(new Broken(), { info: () => {} })],
  'lets messages overtake what it holds': [
    messages,
    (host) =>
      new (class extends KeySerialDispatcher<number> {
        override info(message: unknown) {
          host.deliverInfo(message);
        }
      })({ key: () => 1 }, host),
  ],
  'never lets some of what it holds go': [
    once,
    (host) =>
      new (class extends KeySerialDispatcher<number> {
        override settled() {
          return 0;
        }
      })({ key: () => 1 }, host),
  ],
};

describe('dispatcherConformance', () => {
  it.each(Object.entries(mutants))('finds out a dispatcher that %s', (_, [rule, make]) => {
    expect([...failures(make).keys()]).toContain(rule);
  });

  it('finds out a broadcast that leaves somebody out', () => {
    const leaves = (host: DispatcherHost<number>) =>
      new (class extends BroadcastDispatcher<number> {
        override subscribe(ref: Ref) {
          let sends = 0;
          const forgetful = {
            ...ref,
            send: (events: readonly number[]) => {
              if (sends++ % 3 < 2) ref.send(events);
            },
          };
          this.refs.set(ref, forgetful);
          return super.subscribe(forgetful);
        }
        override ask(ref: Ref, count: number) {
          return super.ask(this.refs.get(ref) as Ref, count);
        }
        override cancel(ref: Ref) {
          return super.cancel(this.refs.get(ref) as Ref);
        }
        readonly refs = new Map<Ref, Ref>();
      })(host);
    expect([...failures(leaves, { copies: true }).keys()]).toContain(onceToAll);
  });

  it('finds out that GenStage’s broadcast dispatcher may let demand wait that nobody was asked for', () => {
    const factory = (host: DispatcherHost<number>) => new BroadcastDispatcher<number>(host);
    expect([...failures(factory, { copies: true, runs: 1000 }).keys()]).toEqual([passes]);
  });

  it('finds out a dispatcher that sends each event to all, and does not say so', () => {
    expect([...failures(broadcast<number>()).keys()]).toContain(once);
  });

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
