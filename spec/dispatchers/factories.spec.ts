import {
  BroadcastDispatcher,
  FairDispatcher,
  KeySerialDispatcher,
  PartitionDispatcher,
  type DispatcherFactory,
} from '../../src/engine/index.ts';
import { DemandQueue, broadcast, fair, keySerial, partition } from '../../src/index.ts';
import { FakeConsumer } from './support/FakeConsumer.ts';
import { FakeHost } from './support/FakeHost.ts';

describe.each<[string, DispatcherFactory<number>, new (...args: never[]) => unknown]>([
  ['broadcast()', broadcast(), BroadcastDispatcher],
  ['fair()', fair(), FairDispatcher],
  ['keySerial()', keySerial({ key: (n) => n }), KeySerialDispatcher],
  ['partition()', partition({ partitions: 2 }), PartitionDispatcher],
])('%s', (_, factory, type) => {
  it('makes a dispatcher for each producer', () => {
    const [first, second] = [factory(new FakeHost()), factory(new FakeHost())];
    expect(first).toBeInstanceOf(type);
    expect(first).not.toBe(second);
  });
});

describe('keySerial()', () => {
  it.each([
    [{}, 'Expected `key` to be a function, got undefined'],
    [{ key: () => 1, maxHeld: -1 }, 'Expected `maxHeld` to be an integer of at least 0, or Infinity, got -1'],
    [undefined, 'Expected `options` to be an object, got undefined'],
  ])('refuses %p, when it is called', (options, message) => {
    expect(() => keySerial(options as never)).toThrow(message);
  });

  it('knows the type of the events from where it is used', () => {
    const queue = new DemandQueue<{ readonly account: string }>({
      dispatcher: keySerial({ key: (job) => job.account }),
    });
    queue.enqueue([{ account: 'a' }]);
    expect(queue.size).toBe(1);
  });
});

describe('partition()', () => {
  it.each([
    [{ partitions: 0 }, 'Expected `partitions` to be a positive integer or a list of names, got 0'],
    [{ partitions: ['a', 'a'], hash: () => null }, "Expected `partitions` to be names that differ, got 'a'"],
    [{ partitions: ['a'] }, 'Expected `hash` to be a function, got undefined'],
    [undefined, 'Expected `options` to be an object, got undefined'],
  ])('refuses %p, when it is called', (options, message) => {
    expect(() => partition(options as never)).toThrow(message);
  });
});

describe('broadcast()', () => {
  /** A consumer asks for 3 and is joined by another; two events come before that one has asked. */
  function joined(factory: DispatcherFactory<number>) {
    const dispatcher = factory(new FakeHost());
    const [a, b] = [new FakeConsumer<number>(), new FakeConsumer<number>()];
    dispatcher.subscribe(a);
    expect(dispatcher.ask(a, 3)).toBe(3);
    dispatcher.subscribe(b);
    expect(dispatcher.dispatch([1, 2])).toEqual([1, 2]);
    return { dispatcher, a, b };
  }

  it('counts events that had to wait for a late consumer as answers', () => {
    const { dispatcher, a, b } = joined(broadcast());
    // One of the three is still to come; these two are served by what waits.
    expect(dispatcher.ask(b, 3)).toBe(2);
    expect(dispatcher.dispatch([1, 2])).toEqual([]);
    expect([dispatcher.demand, a.events, b.events]).toEqual([1, [1, 2], [1, 2]]);
  });

  it('does so unlike the class, which counts as GenStage does', () => {
    const { dispatcher, b } = joined((host) => new BroadcastDispatcher(host));
    expect(dispatcher.ask(b, 3)).toBe(0);
    expect(dispatcher.demand).toBe(3);
  });

  it('counts no more answers than were asked for', () => {
    const { dispatcher, b } = joined(broadcast());
    dispatcher.dispatch([3, 4, 5]);
    expect(dispatcher.ask(b, 3)).toBe(3);
  });
});
