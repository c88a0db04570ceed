import {
  BroadcastDispatcher,
  NOTHING,
  PartitionDispatcher,
  Stage,
  type DispatcherFactory,
  type Subscription,
} from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { idleProducer } from './support/stages.ts';

/** A producer without handleDemand. */
const newQueue = (): Stage<never, number> => new Stage('producer');

/** What comes to a consumer that does `onEvent` about each event. */
function eventsOf(
  queue: Stage<never, number>,
  onEvent: (event: number, subscription: Subscription<number>) => void,
): { readonly consumer: Recorder<number>; readonly subscription: Subscription<number> } {
  const consumer = new Recorder<number>((events, subscription) => {
    for (const event of events) onEvent(event, subscription);
  });
  return { consumer, subscription: queue.attach(consumer) };
}

describe('Subscription.pull', () => {
  it('takes the first event that waits', () => {
    const queue = newQueue();
    const { consumer, subscription } = eventsOf(queue, () => {});
    queue.emit([1, 2]);
    expect(subscription.pull()).toBe(1);
    expect(queue.peek()).toEqual([2]);
    expect(queue.demand).toBe(0);
    expect(consumer.batches).toEqual([]);
  });

  it('asks if no event waits', () => {
    const queue = newQueue();
    const { consumer, subscription } = eventsOf(queue, () => {});
    expect(subscription.pull()).toBe(NOTHING);
    expect(queue.demand).toBe(1);
    queue.emit([1, 2]);
    expect(consumer.batches).toEqual([[1]]);
  });

  it('tells an event that is undefined from none', () => {
    const queue = new Stage<never, undefined>('producer');
    const subscription = queue.attach(new Recorder());
    queue.emit([undefined]);
    expect(subscription.pull()).toBeUndefined();
    expect(subscription.pull()).toBe(NOTHING);
  });

  it('asks while the producer is busy, and the event comes after that', () => {
    const queue = newQueue();
    const pulled: unknown[] = [];
    const { consumer, subscription } = eventsOf(queue, (event, self) => {
      if (event === 1) pulled.push(self.pull());
    });
    subscription.ask(1);
    queue.emit([1, 2]);
    expect(pulled).toEqual([NOTHING]);
    expect(consumer.batches).toEqual([[1], [2]]);
  });

  it('asks if a side message waits with the events, which it must not overtake', () => {
    const infos: unknown[] = [];
    const handleInfo = (message: unknown) => void infos.push(message);
    const queue = new Stage<never, number>('producer', { handleInfo });
    queue.emit([1]);
    queue.info('m');
    const { consumer, subscription } = eventsOf(queue, () => {});
    expect(subscription.pull()).toBe(NOTHING);
    expect(consumer.batches).toEqual([[1]]);
    expect(infos).toEqual(['m']);
    queue.emit([2]);
    expect(subscription.pull()).toBe(2);
  });

  describe('at a producer with handleDemand', () => {
    const answering = (answer: readonly number[]) =>
      eventsOf(new Stage<never, number>('producer', { handleDemand: () => answer }), () => {});

    it('gives the one event that it answers with', () => {
      const { consumer, subscription } = answering([1]);
      expect(subscription.pull()).toBe(1);
      expect(consumer.batches).toEqual([]);
    });

    it('asks if it answers with none', () => {
      const { consumer, subscription } = answering([]);
      expect(subscription.pull()).toBe(NOTHING);
      expect(consumer.batches).toEqual([]);
    });

    it('is sent the first event if it answers with more', () => {
      const { consumer, subscription } = answering([1, 2]);
      expect(subscription.pull()).toBe(NOTHING);
      expect(consumer.batches).toEqual([[1]]);
      expect(subscription.pull()).toBe(NOTHING);
      expect(consumer.batches).toEqual([[1], [2]]);
    });

    it('takes its turn behind the others that are owed events', () => {
      const producer = idleProducer();
      const other = new Recorder<number>();
      producer.attach(other).ask(1);
      const { consumer, subscription } = eventsOf(producer, () => {});
      expect(subscription.pull()).toBe(NOTHING);
      producer.emit([1, 2]);
      expect([other.batches, consumer.batches]).toEqual([[[1]], [[2]]]);
    });

    it('loses nothing if the consumer leaves meanwhile', () => {
      const discarded = jest.fn();
      const producer: Stage<never, number> = new Stage<never, number>('producer', {
        discarded,
        handleDemand: () => {
          subscription.cancel();
          return [1];
        },
      });
      const { subscription } = eventsOf(producer, () => {});
      expect(subscription.pull()).toBe(NOTHING);
      expect(producer.peek()).toEqual([1]);
      expect(discarded).not.toHaveBeenCalled();
    });

    it('stops the producer if it throws', () => {
      const boom = new Error('boom');
      const producer = new Stage<never, number>('producer', {
        handleDemand: () => {
          throw boom;
        },
      });
      const { consumer, subscription } = eventsOf(producer, () => {});
      expect(subscription.pull()).toBe(NOTHING);
      expect(consumer.end).toEqual(['down', boom]);
    });
  });

  it('gives nothing after the end of the subscription', () => {
    const queue = newQueue();
    const { subscription } = eventsOf(queue, () => {});
    queue.emit([1]);
    subscription.cancel();
    expect(subscription.pull()).toBe(NOTHING);
    expect([queue.size, queue.demand]).toEqual([1, 0]);
  });

  it('gives nothing once the producer has stopped', () => {
    const queue = newQueue();
    const { subscription } = eventsOf(queue, () => {});
    queue.emit([1]);
    queue.stop();
    expect(subscription.pull()).toBe(NOTHING);
  });
});

describe('Subscription.giveBack', () => {
  it('puts events back in front, in their order', () => {
    const queue = newQueue();
    const { subscription } = eventsOf(queue, () => {});
    queue.emit([1, 2, 3, 4]);
    subscription.ask(3);
    subscription.giveBack([2, 3]);
    expect(queue.peek()).toEqual([2, 3, 4]);
  });

  it('does nothing for no events', () => {
    const queue = newQueue();
    const { subscription } = eventsOf(queue, () => {});
    subscription.giveBack([]);
    expect(queue.size).toBe(0);
  });

  it('serves who has asked already', () => {
    const queue = newQueue();
    const one = eventsOf(queue, () => {});
    const two = eventsOf(queue, () => {});
    queue.emit([1, 2]);
    one.subscription.ask(2);
    two.subscription.ask(5);
    one.subscription.giveBack([2]);
    expect(two.consumer.events).toEqual([2]);
    expect([queue.size, queue.demand]).toEqual([0, 4]);
  });

  it('serves who asks next, if its own subscription has ended', () => {
    const queue = newQueue();
    const one = eventsOf(queue, () => {});
    queue.emit([1, 2]);
    one.subscription.ask(2);
    one.subscription.cancel();
    one.subscription.giveBack([1, 2]);
    const two = eventsOf(queue, () => {});
    two.subscription.ask(2);
    expect(two.consumer.batches).toEqual([[1, 2]]);
  });

  it('takes effect after the delivery it is made in, before what was not delivered', () => {
    const queue = newQueue();
    let taking = false;
    const { consumer, subscription } = eventsOf(queue, (event, self) => {
      if (taking) return;
      self.giveBack([event]);
      if (event === 2) self.cancel();
    });
    subscription.ask(2);
    queue.emit([1, 2, 3]);
    expect(consumer.events).toEqual([1, 2]);
    expect(queue.peek()).toEqual([1, 2, 3]);
    taking = true;
    const next = eventsOf(queue, () => {});
    next.subscription.ask(3);
    expect(next.consumer.events).toEqual([1, 2, 3]);
  });

  it('drops nothing, also if the buffer has no room', () => {
    const discarded = jest.fn();
    const queue = new Stage<never, number>('producer', { discarded }, { bufferSize: 1 });
    const { subscription } = eventsOf(queue, () => {});
    subscription.ask(2);
    queue.emit([1, 2, 3]);
    subscription.giveBack([1, 2]);
    expect(queue.peek()).toEqual([1, 2, 3]);
    expect(queue.room).toBe(0);
    expect(discarded).not.toHaveBeenCalled();
  });

  it('leaves side messages behind what it gives back', () => {
    const log: unknown[] = [];
    const handleInfo = (message: unknown) => void log.push(message);
    const queue = new Stage<never, number>('producer', { handleInfo });
    queue.emit([1, 2]);
    queue.info('m');
    const { subscription } = eventsOf(queue, (event) => log.push(event));
    subscription.ask(1);
    subscription.giveBack([1]);
    subscription.ask(2);
    expect(log).toEqual([1, 1, 2, 'm']);
  });

  it('hands the events out as discarded once the producer has stopped', () => {
    const dropped: (readonly number[])[] = [];
    const discarded = (events: readonly number[]) => dropped.push(events);
    const queue = new Stage<never, number>('producer', { discarded });
    const { subscription } = eventsOf(queue, () => {});
    subscription.ask(2);
    queue.emit([1, 2]);
    queue.stop();
    subscription.giveBack([1, 2]);
    expect(dropped).toEqual([[1, 2]]);
  });

  it('loses nothing at a producer with handleDemand that is about to stop', () => {
    const left: number[] = [];
    const producer: Stage<never, number> = idleProducer(
      {},
      {
        discarded: (events) => void left.push(...events),
        terminate: () => void left.push(...producer.clear()),
      },
    );
    const { subscription } = eventsOf(producer, (event, self) => {
      producer.stop();
      self.giveBack([event]);
    });
    subscription.ask(1);
    producer.emit([1]);
    expect(left).toEqual([1]);
  });

  it('serves the demand that a producer with handleDemand has not met', () => {
    const producer = idleProducer();
    const one = eventsOf(producer, () => {});
    const two = eventsOf(producer, () => {});
    one.subscription.ask(3);
    producer.emit([1, 2, 3]);
    two.subscription.ask(1);
    one.subscription.giveBack([2, 3]);
    expect(two.consumer.events).toEqual([2]);
    expect(producer.peek()).toEqual([3]);
    expect(producer.demand).toBe(0);
  });

  it('does not deliver within a delivery to a producer with handleDemand', () => {
    const producer = idleProducer();
    const log: string[] = [];
    const { subscription } = eventsOf(producer, (event, self) => {
      log.push(`begin ${event}`);
      if (log.length === 1) self.giveBack([event]);
      log.push(`end ${event}`);
    });
    subscription.ask(2);
    producer.emit([1]);
    expect(log).toEqual(['begin 1', 'end 1', 'begin 1', 'end 1']);
  });

  it('does not give a broadcast event twice to those who kept it', () => {
    const producer = new Stage<never, number>(
      'producer',
      {},
      { dispatcher: (host) => new BroadcastDispatcher(host) },
    );
    const staying = eventsOf(producer, () => {});
    const leaving = eventsOf(producer, (event, self) => {
      self.giveBack([event]);
      self.cancel();
    });
    staying.subscription.ask(2);
    leaving.subscription.ask(2);
    producer.emit([1]);
    expect(staying.consumer.events).toEqual([1]);
  });

  it('discards what comes back from a partition: it was for that consumer', () => {
    const discarded: unknown[] = [];
    const dispatcher: DispatcherFactory<number> = (host) =>
      new PartitionDispatcher({ partitions: 1, hash: (event) => [event + 10, 0] }, host);
    const producer = new Stage<never, number>(
      'producer',
      { discarded: (events, cause) => void discarded.push(cause, events) },
      { dispatcher },
    );
    const consumer = new Recorder<number>();
    const subscription = producer.attach(consumer, { partition: 0 });
    subscription.ask(1);
    producer.emit([1]);
    subscription.giveBack(consumer.events);
    expect(discarded).toEqual(['cancelled', [11]]);
  });
});
