import { BroadcastDispatcher, Stage } from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { collector, counter, idleProducer, range } from './support/stages.ts';

describe('A producer with handleDemand that accumulates', () => {
  it('holds demand back until it is told to forward it', () => {
    const producer = counter(100, { demand: 'accumulate' });
    const consumer = new Recorder<number>();
    const subscription = producer.attach(consumer);
    subscription.ask(3);
    subscription.ask(2);
    expect(producer.asks).toEqual([]);
    producer.setDemand('forward');
    expect(producer.asks).toEqual([3, 2]);
    expect(consumer.batches).toEqual([range(0, 3), range(3, 5)]);
  });

  it('holds events back, too, in order with the demand', () => {
    const producer = idleProducer({ demand: 'accumulate' });
    const consumer = new Recorder<number>();
    const subscription = producer.attach(consumer);
    producer.emit([1]);
    subscription.ask(2);
    producer.emit([2, 3]);
    expect(consumer.batches).toEqual([]);
    producer.setDemand('forward');
    expect(consumer.batches).toEqual([[1], [2]]);
    expect(producer.peek()).toEqual([3]);
  });

  it('can be told to accumulate later', () => {
    const producer = counter(100);
    const consumer = new Recorder<number>();
    const subscription = producer.attach(consumer);
    subscription.ask(1);
    producer.setDemand('accumulate');
    subscription.ask(1);
    expect(consumer.events).toEqual([0]);
    producer.setDemand('forward');
    expect(consumer.events).toEqual([0, 1]);
  });

  it('keeps what it holds when it is told to accumulate again', () => {
    const producer = counter(100, { demand: 'accumulate' });
    const consumer = new Recorder<number>();
    producer.attach(consumer).ask(2);
    producer.setDemand('accumulate');
    producer.setDemand('forward');
    producer.setDemand('forward');
    expect(producer.asks).toEqual([2]);
    expect(consumer.events).toEqual([0, 1]);
  });

  it('lets all consumers of a broadcast begin with the first event', () => {
    const producer = counter(3, {
      demand: 'accumulate',
      dispatcher: (host) => new BroadcastDispatcher(host),
    });
    const consumers = [collector(), collector()];
    for (const consumer of consumers) consumer.subscribe(producer);
    producer.setDemand('forward');
    expect(consumers.map(({ batches }) => batches)).toEqual([[[0, 1, 2]], [[0, 1, 2]]]);
  });
});

describe('A producer without handleDemand that accumulates', () => {
  it('keeps demand and events apart until it is told to forward', () => {
    const queue = new Stage<never, number>('producer', {}, { demand: 'accumulate' });
    const consumer = new Recorder<number>();
    queue.attach(consumer).ask(2);
    queue.emit([1, 2]);
    queue.emit([3]);
    expect([queue.size, queue.demand]).toEqual([3, 2]);
    queue.setDemand('forward');
    expect(consumer.batches).toEqual([[1, 2]]);
    expect(queue.peek()).toEqual([3]);
  });

  it('has only its buffer as room', () => {
    const queue = new Stage<never, number>('producer', {}, { demand: 'accumulate', bufferSize: 2 });
    queue.attach(new Recorder()).ask(5);
    expect(queue.room).toBe(2);
    queue.emit([1, 2, 3]);
    expect(queue.peek()).toEqual([2, 3]);
  });

  it('hands nothing to a pull', () => {
    const queue = new Stage<never, number>('producer', {}, { demand: 'accumulate' });
    const consumer = new Recorder<number>();
    queue.emit([1]);
    queue.attach(consumer).pull();
    expect(queue.size).toBe(1);
    queue.setDemand('forward');
    expect(consumer.events).toEqual([1]);
  });

  it('may be told to accumulate from inside a delivery', () => {
    const queue = new Stage<never, number>('producer');
    const consumer = new Recorder<number>(([event], subscription) => {
      subscription.ask(1);
      if (event === 2) queue.setDemand('accumulate');
    });
    queue.emit([1, 2, 3, 4]);
    queue.attach(consumer).ask(1);
    expect(consumer.events).toEqual([1, 2]);
    expect(queue.peek()).toEqual([3, 4]);
  });

  it('holds the answers of its callbacks back, too', () => {
    const queue = new Stage<never, number>('producer', { handleInfo: () => [1] }, { demand: 'accumulate' });
    const consumer = new Recorder<number>();
    queue.attach(consumer).ask(1);
    queue.info('m');
    expect(consumer.events).toEqual([]);
  });
});
