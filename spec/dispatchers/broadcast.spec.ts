import {
  BroadcastDispatcher,
  SubscriptionRefused,
  type SubscriptionOptions,
} from '../../src/engine/index.ts';
import { FakeConsumer } from './support/FakeConsumer.ts';
import { FakeHost } from './support/FakeHost.ts';
import { refusalOf } from './support/refusalOf.ts';

interface Broadcast {
  readonly host: FakeHost<number>;
  readonly dispatcher: BroadcastDispatcher<number>;
  /** Subscribes one consumer more. */
  readonly subscribe: (options?: SubscriptionOptions) => FakeConsumer<number>;
}

function newBroadcast(): Broadcast {
  const host = new FakeHost<number>();
  const dispatcher = new BroadcastDispatcher<number>(host);
  const subscribe = (options?: SubscriptionOptions) => {
    const consumer = new FakeConsumer<number>(options);
    expect(dispatcher.subscribe(consumer)).toBe(0);
    return consumer;
  };
  return { host, dispatcher, subscribe };
}

describe('BroadcastDispatcher', () => {
  it('sends each event to each consumer', () => {
    const { dispatcher, subscribe } = newBroadcast();
    const [a, b] = [subscribe(), subscribe()];
    dispatcher.ask(a, 3);
    dispatcher.ask(b, 2);
    expect(dispatcher.dispatch([1, 2])).toEqual([]);
    expect([a.batches, b.batches]).toEqual([[[1, 2]], [[1, 2]]]);
  });

  it('passes on what all have asked for', () => {
    const { dispatcher, subscribe } = newBroadcast();
    const [a, b] = [subscribe(), subscribe()];
    expect(dispatcher.ask(a, 3)).toBe(0);
    expect(dispatcher.ask(b, 2)).toBe(2);
    expect(dispatcher.ask(b, 2)).toBe(1);
    expect(dispatcher.ask(b, 2)).toBe(0);
    expect(dispatcher.ask(a, 2)).toBe(2);
    expect(dispatcher.demand).toBe(5);
  });

  it('returns what not all have asked for', () => {
    const { dispatcher, subscribe } = newBroadcast();
    const [a, b] = [subscribe(), subscribe()];
    dispatcher.ask(a, 5);
    expect(dispatcher.dispatch([1])).toEqual([1]);
    dispatcher.ask(b, 2);
    expect(dispatcher.dispatch([1, 2, 3])).toEqual([3]);
    expect([a.events, b.events]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(dispatcher.demand).toBe(0);
  });

  it('returns everything without consumers', () => {
    expect(newBroadcast().dispatcher.dispatch([1, 2])).toEqual([1, 2]);
  });

  it('sends to the one who asked last first', () => {
    const { dispatcher, subscribe } = newBroadcast();
    const order: string[] = [];
    const [a, b, c] = ['a', 'b', 'c'].map((name) => {
      const consumer = subscribe();
      consumer.send = () => order.push(name);
      return consumer;
    }) as [FakeConsumer<number>, FakeConsumer<number>, FakeConsumer<number>];
    for (const consumer of [b, c, a]) dispatcher.ask(consumer, 1);
    dispatcher.dispatch([1]);
    expect(order).toEqual(['a', 'c', 'b']);
  });

  it('asks a late consumer for consent: nothing is sent before it has asked, too', () => {
    const { dispatcher, subscribe } = newBroadcast();
    const early = subscribe();
    expect(dispatcher.ask(early, 5)).toBe(5);
    const late = subscribe();
    expect(dispatcher.demand).toBe(0);
    expect(dispatcher.dispatch([1])).toEqual([1]);
    // The producer has been told of five already.
    expect(dispatcher.ask(late, 3)).toBe(0);
    expect(dispatcher.dispatch([1, 2, 3, 4])).toEqual([4]);
    expect([early.events, late.events]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('asks on when what was passed on before has come', () => {
    const { dispatcher, subscribe } = newBroadcast();
    const early = subscribe();
    dispatcher.ask(early, 5);
    const late = subscribe();
    dispatcher.ask(late, 9);
    expect(dispatcher.demand).toBe(5);
    dispatcher.dispatch([1, 2, 3, 4, 5]);
    expect(dispatcher.ask(early, 5)).toBe(4);
  });

  it('knows only who has subscribed', () => {
    const { dispatcher } = newBroadcast();
    const stranger = new FakeConsumer<number>();
    expect(dispatcher.ask(stranger, 3)).toBe(0);
    expect(dispatcher.cancel(stranger)).toBe(0);
    expect(dispatcher.demand).toBe(0);
  });
});

describe('BroadcastDispatcher, when a consumer leaves', () => {
  it('sends it nothing more', () => {
    const { dispatcher, subscribe } = newBroadcast();
    const [a, b] = [subscribe(), subscribe()];
    dispatcher.ask(a, 1);
    dispatcher.ask(b, 1);
    dispatcher.cancel(b);
    dispatcher.dispatch([1]);
    expect([a.events, b.events]).toEqual([[1], []]);
  });

  it('passes on what the others have asked for beyond it', () => {
    const { dispatcher, subscribe } = newBroadcast();
    const [a, b, slow] = [subscribe(), subscribe(), subscribe()];
    dispatcher.ask(a, 5);
    dispatcher.ask(b, 3);
    expect(dispatcher.cancel(slow)).toBe(3);
    expect(dispatcher.demand).toBe(3);
  });

  it('forgets what waited when it was the last, but not what the producer has been told', () => {
    const { dispatcher, subscribe } = newBroadcast();
    const first = subscribe();
    dispatcher.ask(first, 5);
    expect(dispatcher.cancel(first)).toBe(0);
    expect(dispatcher.demand).toBe(0);
    const second = subscribe();
    expect(dispatcher.ask(second, 7)).toBe(2);
    expect(dispatcher.demand).toBe(7);
  });
});

describe('BroadcastDispatcher with selectors', () => {
  const even = { selector: (event: unknown) => Number(event) % 2 === 0 };

  it('sends each consumer what it selects, and asks for it for the rest', () => {
    const { dispatcher, host, subscribe } = newBroadcast();
    const [all, some] = [subscribe(), subscribe(even)];
    dispatcher.ask(all, 4);
    dispatcher.ask(some, 4);
    expect(dispatcher.dispatch([1, 2, 3, 5])).toEqual([]);
    expect([all.events, some.events]).toEqual([[1, 2, 3, 5], [2]]);
    expect(host.asks).toEqual([[some, 3]]);
  });

  it('asks for nothing if all were selected', () => {
    const { dispatcher, host, subscribe } = newBroadcast();
    dispatcher.ask(subscribe(even), 2);
    dispatcher.dispatch([2, 4]);
    expect(host.asks).toEqual([]);
  });

  it('sends an empty batch if none was, as GenStage does', () => {
    const { dispatcher, host, subscribe } = newBroadcast();
    const consumer = subscribe(even);
    dispatcher.ask(consumer, 2);
    dispatcher.dispatch([1]);
    expect(consumer.batches).toEqual([[]]);
    expect(host.asks).toEqual([[consumer, 1]]);
  });

  it.each([
    ['even', "'even'"],
    [2, '2'],
    [null, 'null'],
  ])('refuses %p as a selector', (selector, shown) => {
    const { dispatcher } = newBroadcast();
    const refused = refusalOf(() => dispatcher.subscribe(new FakeConsumer({ selector: selector as never })));
    expect(refused.reason).toEqual(new TypeError(`Expected \`selector\` to be a function, got ${shown}`));
  });
});

describe('BroadcastDispatcher, for a second subscription of one consumer', () => {
  it('refuses it', () => {
    const { dispatcher } = newBroadcast();
    const consumer = {};
    dispatcher.subscribe(new FakeConsumer({}, consumer));
    const refused = refusalOf(() => dispatcher.subscribe(new FakeConsumer({}, consumer)));
    expect(refused.reason).toBe('already_subscribed');
  });

  it('keeps the first as it is', () => {
    const { dispatcher } = newBroadcast();
    const consumer = {};
    const [first, second] = [new FakeConsumer<number>({}, consumer), new FakeConsumer<number>({}, consumer)];
    dispatcher.subscribe(first);
    dispatcher.ask(first, 2);
    expect(() => dispatcher.subscribe(second)).toThrow(SubscriptionRefused);
    expect(dispatcher.demand).toBe(2);
    // A refused subscription ends like any other.
    expect(dispatcher.cancel(second)).toBe(0);
    dispatcher.dispatch([1, 2]);
    expect(first.events).toEqual([1, 2]);
  });

  it('accepts it once the first has left', () => {
    const { dispatcher } = newBroadcast();
    const consumer = {};
    const [first, second] = [new FakeConsumer<number>({}, consumer), new FakeConsumer<number>({}, consumer)];
    dispatcher.subscribe(first);
    dispatcher.cancel(first);
    dispatcher.subscribe(second);
    dispatcher.ask(second, 1);
    dispatcher.dispatch([1]);
    expect(second.events).toEqual([1]);
  });
});

describe('BroadcastDispatcher, asked for endless demand', () => {
  it('sends all that comes', () => {
    const { dispatcher, subscribe } = newBroadcast();
    const consumer = subscribe();
    expect(dispatcher.ask(consumer, Infinity)).toBe(Infinity);
    expect(dispatcher.dispatch([1, 2])).toEqual([]);
    expect(consumer.events).toEqual([1, 2]);
    expect(dispatcher.demand).toBe(Infinity);
  });

  it('may be asked again', () => {
    const { dispatcher, subscribe } = newBroadcast();
    const consumer = subscribe();
    dispatcher.ask(consumer, Infinity);
    expect(dispatcher.ask(consumer, 1)).toBe(0);
    expect(dispatcher.demand).toBe(Infinity);
  });

  it('goes on when one of several leaves', () => {
    const { dispatcher, subscribe } = newBroadcast();
    const [a, b] = [subscribe(), subscribe()];
    dispatcher.ask(a, Infinity);
    dispatcher.ask(b, Infinity);
    dispatcher.cancel(b);
    expect(dispatcher.demand).toBe(Infinity);
  });

  it('waits for a consumer that comes, for as much as that asks for', () => {
    const { dispatcher, subscribe } = newBroadcast();
    const early = subscribe();
    dispatcher.ask(early, Infinity);
    const late = subscribe();
    expect(dispatcher.ask(late, 2)).toBe(0);
    expect(dispatcher.demand).toBe(2);
  });
});
