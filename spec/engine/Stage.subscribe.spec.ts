import {
  BroadcastDispatcher,
  PartitionDispatcher,
  Stage,
  type StageOptions,
} from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { collector, counter, idleProducer } from './support/stages.ts';

const broadcast: StageOptions<number> = { dispatcher: (host) => new BroadcastDispatcher(host) };
const byParity: StageOptions<number> = {
  dispatcher: (host) => new PartitionDispatcher({ partitions: 2, hash: (n) => [n, n % 2] }, host),
};

describe('Stage.subscribe', () => {
  it('tells both sides of it, with the same subscription', () => {
    const onProducer = jest.fn();
    const onConsumer = jest.fn();
    const producer = idleProducer({}, { handleSubscribe: onProducer });
    const consumer = collector({ handleSubscribe: onConsumer });
    const subscription = consumer.subscribe(producer, { partition: 'p' });
    expect(onProducer.mock.calls).toEqual([['consumer', subscription]]);
    expect(onConsumer.mock.calls).toEqual([['producer', subscription]]);
    expect(subscription.options).toEqual({ partition: 'p' });
  });

  it('takes an ask that handleSubscribe makes on either side', () => {
    const ask = (_: unknown, subscription: { ask(demand: number): void }) => {
      subscription.ask(1);
    };
    const producer = idleProducer({}, { handleSubscribe: ask });
    collector({ handleSubscribe: ask }).subscribe(producer, { mode: 'manual' });
    expect(producer.asks).toEqual([1, 1]);
  });

  it('may be called more than once for the same two stages', () => {
    const producer = counter(100);
    const consumer = collector();
    const one = consumer.subscribe(producer, { mode: 'manual' });
    const two = consumer.subscribe(producer, { mode: 'manual', cancel: 'temporary' });
    two.ask(1);
    one.ask(2);
    two.cancel();
    one.ask(1);
    expect(consumer.batches).toEqual([[0], [1, 2], [3]]);
  });

  it.each(['permanent', 'transient'] as const)(
    'to a stage that has stopped stops a %s consumer',
    (cancel) => {
      const producer = idleProducer();
      producer.stop();
      const consumer = collector();
      consumer.subscribe(producer, { cancel });
      expect(consumer.ends).toEqual([['down', 'noproc']]);
      expect(consumer.exitReason).toBe('noproc');
    },
  );

  it('to a stage that has stopped leaves a temporary consumer alive', () => {
    const handleSubscribe = jest.fn();
    const producer = idleProducer();
    producer.stop();
    const consumer = collector({ handleSubscribe });
    const subscription = consumer.subscribe(producer, { cancel: 'temporary' });
    subscription.ask(1);
    subscription.cancel();
    expect(handleSubscribe).toHaveBeenCalledTimes(1);
    expect(consumer.ends).toEqual([['down', 'noproc']]);
    expect(consumer.exited).toBe(false);
  });

  it('to a stage that stops before it has read this is told why', () => {
    const producer: Stage<never, number> = new Stage('producer', {
      handleInfo: () => {
        producer.stop('shutdown');
        consumer.subscribe(producer, { cancel: 'temporary' });
      },
    });
    const consumer = collector();
    producer.info('go');
    expect(consumer.ends).toEqual([['down', 'shutdown']]);
  });

  it('to a consumer finds no producer', () => {
    const consumer = collector();
    consumer.subscribe(collector() as never, { cancel: 'temporary' });
    expect(consumer.ends).toEqual([['down', 'noproc']]);
  });
});

describe('Stage.attach', () => {
  it('subscribes a consumer that is no stage, and does not ask for it', () => {
    const producer = counter(10);
    const consumer = new Recorder<number>();
    const subscription = producer.attach(consumer, { maxDemand: 5 });
    expect(producer.asks).toEqual([]);
    subscription.ask(2);
    expect(consumer.batches).toEqual([[0, 1]]);
  });

  it('tells the consumer if the stage has stopped, and why', () => {
    const producer = idleProducer();
    const boom = new Error('boom');
    producer.stop(boom);
    const consumer = new Recorder<number>();
    producer.attach(consumer).ask(1);
    expect(consumer.end).toEqual(['down', boom]);
  });

  it('names the subscription that the events come by', () => {
    const producer = counter(10);
    const senders: unknown[] = [];
    const consumer = new Recorder<number>((_, subscription) => senders.push(subscription));
    const one = producer.attach(consumer);
    const two = producer.attach(consumer);
    two.ask(1);
    one.ask(1);
    expect(senders).toEqual([two, one]);
  });
});

describe('Stage.resubscribe', () => {
  it('ends the old subscription and begins the new one', () => {
    const log: string[] = [];
    const producer = idleProducer(
      {},
      {
        handleSubscribe: () => {
          log.push('subscribed');
        },
        handleCancel: (kind, reason) => {
          log.push(`${kind} ${String(reason)}`);
        },
      },
    );
    const consumer = collector();
    const old = consumer.subscribe(producer, { maxDemand: 4, cancel: 'temporary' });
    const renewed = consumer.resubscribe(producer, old, 'again', { maxDemand: 6, cancel: 'temporary' });
    expect(log).toEqual(['subscribed', 'cancel again', 'subscribed']);
    expect(consumer.ends).toEqual([['cancel', 'again']]);
    // The demand of the old one serves the new one.
    expect(producer.asks).toEqual([4, 2]);
    old.ask(10);
    expect(producer.asks).toEqual([4, 2]);
    renewed.ask(1);
    expect(producer.asks).toEqual([4, 2, 1]);
  });

  it('lets a consumer of a broadcast change its selector', () => {
    const producer = counter(0, broadcast);
    const consumer = collector();
    const old = consumer.subscribe(producer, { cancel: 'temporary' });
    consumer.resubscribe(producer, old, 'again', { selector: (n) => n === 2 });
    producer.emit([1, 2, 3]);
    expect(consumer.batches).toEqual([[2]]);
    expect(consumer.ends).toEqual([['cancel', 'again']]);
  });

  it('begins the new subscription also if the old one has ended', () => {
    const producer = idleProducer();
    const consumer = collector();
    const old = consumer.subscribe(producer, { cancel: 'temporary' });
    old.cancel();
    consumer.resubscribe(producer, old, 'again', { maxDemand: 1001 });
    expect(consumer.ends).toEqual([['cancel', 'normal']]);
    expect(producer.asks).toEqual([1000, 1]);
  });

  it('stops the consumer if the old subscription is permanent', () => {
    const producer = idleProducer();
    const consumer = collector();
    const old = consumer.subscribe(producer);
    consumer.resubscribe(producer, old, 'again');
    expect(consumer.exitReason).toBe('again');
    expect(producer.demand).toBe(0);
  });

  it('leaves the old subscription alone if it is another producer’s', () => {
    const a = idleProducer();
    const b = idleProducer();
    const consumer = collector();
    const old = consumer.subscribe(a, { maxDemand: 3, cancel: 'temporary' });
    consumer.resubscribe(b, old, 'again', { maxDemand: 5, cancel: 'temporary' });
    expect([a.demand, b.demand]).toEqual([3, 5]);
  });
});

describe('A subscription that the dispatcher refuses', () => {
  it('is cancelled, and the consumer goes on with the one it has', () => {
    const handleCancel = jest.fn();
    const producer = idleProducer(broadcast, { handleCancel });
    const consumer = collector();
    consumer.subscribe(producer, { maxDemand: 2 });
    const second = consumer.subscribe(producer, { maxDemand: 2 });
    expect(consumer.ends).toEqual([['cancel', 'already_subscribed']]);
    expect(handleCancel.mock.calls).toEqual([['cancel', 'already_subscribed', second]]);
    expect(consumer.exited).toBe(false);
    producer.emit([1]);
    expect(consumer.batches).toEqual([[1]]);
  });

  it('is of no other consumer', () => {
    const producer = counter(1, broadcast);
    const consumers = [collector(), collector()];
    const subscriptions = consumers.map((consumer) => consumer.subscribe(producer, { mode: 'manual' }));
    for (const subscription of subscriptions) subscription.ask(1);
    expect(consumers.map(({ batches }) => batches)).toEqual([[[0]], [[0]]]);
  });

  it('stops a consumer that cannot do without it, as any cancelled one', () => {
    const producer = idleProducer(byParity);
    const consumer = collector();
    consumer.subscribe(producer, { partition: 2 });
    const expected = new RangeError('Expected `partition` to be a free partition (0, 1), got 2');
    expect(consumer.ends).toEqual([['cancel', expected]]);
    expect(consumer.exitReason).toEqual(expected);
    expect(producer.exited).toBe(false);
  });

  it('is one to a partition that is taken; the one that has it goes on', () => {
    const producer = idleProducer(byParity);
    const first = new Recorder<number>();
    const second = new Recorder<number>();
    producer.attach(first, { partition: 1 }).ask(2);
    producer.attach(second, { partition: 1 }).ask(2);
    expect(second.end).toEqual([
      'cancel',
      new RangeError('Expected `partition` to be a free partition (0), got 1'),
    ]);
    producer.emit([1]);
    expect(first.events).toEqual([1]);
    expect(producer.asks).toEqual([2]);
  });

  it('is one with a selector that is no function', () => {
    const producer = idleProducer(broadcast);
    const consumer = new Recorder<number>();
    producer.attach(consumer, { selector: 'even' as unknown as () => boolean });
    expect(consumer.end).toEqual([
      'cancel',
      new TypeError("Expected `selector` to be a function, got 'even'"),
    ]);
  });
});
