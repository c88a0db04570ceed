import { FakeConsumer } from './support/FakeConsumer.ts';
import { newPartitioned } from './support/newPartitioned.ts';

describe('PartitionDispatcher', () => {
  it('sends each event to the consumer of its partition', () => {
    const { dispatcher, subscribe } = newPartitioned();
    const consumers = [0, 1, 2].map(subscribe);
    for (const consumer of consumers) expect(dispatcher.ask(consumer, 3)).toBe(3);
    expect(dispatcher.dispatch([0, 1, 2, 3, 4, 6])).toEqual([]);
    expect(consumers.map(({ batches }) => batches)).toEqual([[[0, 3, 6]], [[1, 4]], [[2]]]);
    expect(dispatcher.demand).toBe(3);
  });

  it('has partitions by name', () => {
    const { dispatcher, subscribe } = newPartitioned({
      partitions: ['odd', 'even', 7],
      hash: (event) => [event, event > 9 ? 7 : event % 2 === 0 ? 'even' : 'odd'],
    });
    const consumers = ['odd', 'even', 7].map(subscribe);
    for (const consumer of consumers) dispatcher.ask(consumer, 2);
    dispatcher.dispatch([1, 2, 10, 3]);
    expect(consumers.map(({ events }) => events)).toEqual([[1, 3], [2], [10]]);
  });

  it('sends what the hash makes of an event', () => {
    const { dispatcher, subscribe } = newPartitioned({ hash: (event) => [event * 10, event % 3] });
    const consumer = subscribe(1);
    dispatcher.ask(consumer, 2);
    dispatcher.dispatch([1, 4]);
    expect(consumer.batches).toEqual([[10, 40]]);
  });

  it('discards what the hash sends nowhere, without using demand', () => {
    const { dispatcher, host, subscribe } = newPartitioned({
      hash: (event) => (event % 3 === 0 ? null : [event, event % 3]),
    });
    const consumer = subscribe(1);
    dispatcher.ask(consumer, 2);
    expect(dispatcher.dispatch([0, 1, 3, 6])).toEqual([]);
    expect(consumer.events).toEqual([1]);
    expect(dispatcher.demand).toBe(1);
    expect(host.dropped).toEqual([]);
  });

  it('hands out what the hash sends to no partition of that name, as it came, without using demand', () => {
    const { dispatcher, host, subscribe } = newPartitioned({ hash: (event) => [event + 1, 'else'] });
    dispatcher.ask(subscribe(0), 1);
    expect(dispatcher.dispatch([5, 6])).toEqual([]);
    expect(host.dropped).toEqual([5, 6]);
    expect(dispatcher.demand).toBe(1);
  });

  it('returns everything while nobody has asked, and does not hash it', () => {
    const hash = jest.fn<[number, number], [number]>((event) => [event, 0]);
    const { dispatcher, subscribe } = newPartitioned({ hash });
    subscribe(0);
    expect(dispatcher.dispatch([1, 2])).toEqual([1, 2]);
    expect(hash).not.toHaveBeenCalled();
  });

  it('returns what comes beyond the demand of all', () => {
    const { dispatcher, subscribe } = newPartitioned();
    const [zero, one] = [subscribe(0), subscribe(1)];
    dispatcher.ask(zero, 1);
    dispatcher.ask(one, 2);
    expect(dispatcher.dispatch([1, 0, 4, 3])).toEqual([3]);
    expect([zero.events, one.events]).toEqual([[0], [1, 4]]);
  });
});

describe('A partition that gets more than its consumer has asked for', () => {
  it('keeps it until that asks, in order', () => {
    const { dispatcher, subscribe } = newPartitioned();
    const [busy, free] = [subscribe(0), subscribe(1)];
    dispatcher.ask(busy, 1);
    dispatcher.ask(free, 4);
    dispatcher.dispatch([0, 3, 6]);
    dispatcher.dispatch([9]);
    expect(busy.batches).toEqual([[0]]);
    expect(dispatcher.demand).toBe(1);
    expect(dispatcher.ask(busy, 2)).toBe(2);
    expect(busy.batches).toEqual([[0], [3, 6]]);
    dispatcher.ask(busy, 5);
    expect(busy.batches).toEqual([[0], [3, 6], [9]]);
    dispatcher.dispatch([12]);
    expect(busy.events).toEqual([0, 3, 6, 9, 12]);
  });

  it('keeps what comes while it has no consumer', () => {
    const { dispatcher, subscribe } = newPartitioned();
    dispatcher.ask(subscribe(0), 3);
    dispatcher.dispatch([1, 4]);
    const late = subscribe(1);
    expect(late.batches).toEqual([]);
    dispatcher.ask(late, 5);
    expect(late.batches).toEqual([[1, 4]]);
  });
});

describe('PartitionDispatcher, when a consumer leaves', () => {
  it('sends it nothing more, and gives its partition to the next', () => {
    const { dispatcher, subscribe } = newPartitioned();
    const first = subscribe(0);
    dispatcher.ask(first, 3);
    dispatcher.cancel(first);
    const second = subscribe(0);
    dispatcher.ask(second, 3);
    dispatcher.dispatch([0, 3]);
    expect([first.events, second.events]).toEqual([[], [0, 3]]);
  });

  it('counts what it was owed for the next that asks, of any partition', () => {
    const { dispatcher, subscribe } = newPartitioned();
    const [leaving, staying] = [subscribe(0), subscribe(1)];
    dispatcher.ask(leaving, 5);
    expect(dispatcher.cancel(leaving)).toBe(0);
    expect(dispatcher.demand).toBe(5);
    expect(dispatcher.ask(staying, 3)).toBe(0);
    expect(dispatcher.ask(staying, 3)).toBe(1);
    expect(dispatcher.demand).toBe(6);
  });

  it('asks anew for what waited for it, which is gone as in GenStage', () => {
    const { dispatcher, subscribe } = newPartitioned();
    const [leaving, staying] = [subscribe(0), subscribe(1)];
    dispatcher.ask(leaving, 1);
    dispatcher.ask(staying, 3);
    dispatcher.dispatch([0, 3, 6]);
    expect(dispatcher.cancel(leaving)).toBe(2);
    expect(dispatcher.demand).toBe(3);
    const next = subscribe(0);
    dispatcher.ask(next, 5);
    expect(next.events).toEqual([]);
  });

  it('hands out what waited for it', () => {
    const { dispatcher, host, subscribe } = newPartitioned();
    const [leaving, staying] = [subscribe(0), subscribe(1)];
    dispatcher.ask(staying, 3);
    dispatcher.dispatch([0, 3]);
    dispatcher.cancel(leaving);
    expect(host.dropped).toEqual([0, 3]);
  });

  it('knows only who has subscribed', () => {
    const { dispatcher } = newPartitioned();
    const stranger = new FakeConsumer<number>({ partition: 0 });
    expect(dispatcher.ask(stranger, 3)).toBe(0);
    expect(dispatcher.cancel(stranger)).toBe(0);
    expect(dispatcher.demand).toBe(0);
  });
});

describe('PartitionDispatcher, asked for endless demand', () => {
  it('sends all that comes for it', () => {
    const { dispatcher, subscribe } = newPartitioned();
    const [endless, other] = [subscribe(0), subscribe(1)];
    expect(dispatcher.ask(endless, Infinity)).toBe(Infinity);
    dispatcher.ask(other, 1);
    expect(dispatcher.dispatch([0, 1, 3, 4])).toEqual([]);
    expect([endless.events, other.events]).toEqual([[0, 3], [1]]);
    expect(dispatcher.demand).toBe(Infinity);
    expect(dispatcher.ask(endless, Infinity)).toBe(Infinity);
  });

  it('passes nothing on any more once that has left, for the producer owes without end', () => {
    const { dispatcher, subscribe } = newPartitioned();
    const [endless, other] = [subscribe(0), subscribe(1)];
    dispatcher.ask(endless, Infinity);
    dispatcher.cancel(endless);
    expect([dispatcher.ask(other, 3), dispatcher.ask(other, Infinity)]).toEqual([0, 0]);
    dispatcher.dispatch([1, 4]);
    expect(other.events).toEqual([1, 4]);
  });
});
