import { BroadcastDispatcher, PartitionDispatcher, Stage } from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { collector, counter, idleProducer, range } from './support/stages.ts';

describe('A producer that broadcasts', () => {
  it('is asked for what all have asked for, once', () => {
    const producer = idleProducer({ dispatcher: (host) => new BroadcastDispatcher(host) });
    const consumers = [collector(), collector()] as const;
    consumers[0].subscribe(producer, { maxDemand: 10, minDemand: 0, mode: 'manual' }).ask(10);
    expect(producer.asks).toEqual([10]);
    consumers[1].subscribe(producer, { maxDemand: 20, minDemand: 0 });
    producer.emit(range(0, 10));
    expect(consumers.map(({ batches }) => batches)).toEqual([[range(0, 10)], [range(0, 10)]]);
    expect(producer.asks).toEqual([10]);
  });

  it('goes on when the slowest leaves', () => {
    const producer = counter(100, { dispatcher: (host) => new BroadcastDispatcher(host) });
    const fast = new Recorder<number>();
    const slow = producer.attach(new Recorder());
    producer.attach(fast).ask(3);
    expect(fast.events).toEqual([]);
    slow.cancel();
    expect(fast.events).toEqual([0, 1, 2]);
  });

  it('serves consumers that select, as many as they asked for', () => {
    const producer = counter(100, { dispatcher: (host) => new BroadcastDispatcher(host) });
    const even = new Recorder<number>();
    const all = new Recorder<number>();
    const subscriptions = [
      producer.attach(even, { selector: (n) => Number(n) % 2 === 0 }),
      producer.attach(all),
    ];
    for (const subscription of subscriptions) subscription.ask(6);
    expect(all.events).toEqual(range(0, 6));
    expect(even.events).toEqual([0, 2, 4]);
    subscriptions[1]?.ask(6);
    expect(even.events).toEqual([0, 2, 4, 6, 8, 10]);
    subscriptions[1]?.ask(6);
    expect(even.events).toHaveLength(6);
  });

  it('keeps demand for all, without handleDemand', () => {
    const queue = new Stage<never, number>(
      'producer',
      {},
      { dispatcher: (host) => new BroadcastDispatcher(host) },
    );
    const consumers = [new Recorder<number>(), new Recorder<number>()] as const;
    const [a, b] = [queue.attach(consumers[0]), queue.attach(consumers[1])];
    a.ask(3);
    queue.emit([1, 2, 3]);
    expect([queue.size, queue.demand]).toEqual([3, 0]);
    b.ask(2);
    expect(consumers.map(({ events }) => events)).toEqual([
      [1, 2],
      [1, 2],
    ]);
    b.cancel();
    expect(consumers[0].events).toEqual([1, 2, 3]);
  });

  it('serves endless demand after one of its consumers has left', () => {
    const queue = new Stage<never, number>(
      'producer',
      {},
      { dispatcher: (host) => new BroadcastDispatcher(host) },
    );
    const consumer = new Recorder<number>();
    queue.attach(consumer).ask(Infinity);
    const leaving = queue.attach(new Recorder());
    leaving.ask(Infinity);
    leaving.cancel();
    queue.emit([1]);
    expect(consumer.events).toEqual([1]);
  });

  it('sends no empty batch to a consumer that is no stage', () => {
    const producer = idleProducer({ dispatcher: (host) => new BroadcastDispatcher(host) });
    const consumer = new Recorder<number>();
    producer.attach(consumer, { selector: () => false }).ask(1);
    producer.emit([1]);
    expect(consumer.batches).toEqual([]);
  });
});

describe('A producer with partitions', () => {
  it('delivers to each what is its own, and keeps what comes beyond its demand', () => {
    const producer = counter(12, {
      dispatcher: (host) => new PartitionDispatcher({ partitions: 3, hash: (n) => [n, n % 3] }, host),
    });
    const consumers = range(0, 3).map((partition) => {
      const consumer = new Recorder<number>();
      return { consumer, subscription: producer.attach(consumer, { partition }) };
    });
    for (const { subscription } of consumers) subscription.ask(2);
    consumers[0]?.subscription.ask(3);
    consumers[2]?.subscription.ask(1);
    expect(producer.asks).toEqual([2, 2, 2, 3, 1]);
    expect(consumers.map(({ consumer }) => consumer.events)).toEqual([
      [0, 3, 6, 9],
      [1, 4],
      [2, 5, 8],
    ]);
    consumers[1]?.subscription.ask(9);
    expect(consumers[1]?.consumer.events).toEqual([1, 4, 7, 10]);
  });

  it('hands events without a partition out as discarded', () => {
    const dropped: number[] = [];
    const discarded = (events: readonly number[]) => dropped.push(...events);
    const producer = idleProducer(
      { dispatcher: (host) => new PartitionDispatcher({ partitions: 1, hash: (n) => [n, n] }, host) },
      { discarded },
    );
    const consumer = new Recorder<number>();
    producer.attach(consumer, { partition: 0 }).ask(2);
    producer.emit([0, 5, 0]);
    expect(consumer.events).toEqual([0, 0]);
    expect(dropped).toEqual([5]);
  });
});
