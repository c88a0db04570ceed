import { Stage, type Subscription } from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { collector, range } from './support/stages.ts';

/** A producer without handleDemand. */
const newQueue = (bufferSize?: number): Stage<never, number> =>
  new Stage('producer', {}, bufferSize === undefined ? {} : { bufferSize });

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

describe('A producer without handleDemand', () => {
  it('keeps demand that cannot be served yet', () => {
    const queue = newQueue();
    const consumer = new Recorder<number>();
    queue.attach(consumer).ask(2);
    expect(queue.demand).toBe(2);
    queue.emit([1]);
    queue.emit([2]);
    expect(consumer.batches).toEqual([[1], [2]]);
    expect(queue.demand).toBe(0);
  });

  it('keeps events that nobody has asked for', () => {
    const queue = newQueue();
    const consumer = new Recorder<number>();
    queue.emit([1, 2, 3]);
    expect(queue.size).toBe(3);
    const subscription = queue.attach(consumer);
    subscription.ask(2);
    expect(consumer.batches).toEqual([[1, 2]]);
    expect(queue.peek()).toEqual([3]);
    expect(queue.demand).toBe(0);
  });

  it('adds demand up', () => {
    const queue = newQueue();
    const consumer = new Recorder<number>();
    const subscription = queue.attach(consumer);
    subscription.ask(1);
    subscription.ask(2);
    queue.emit([1, 2, 3, 4]);
    expect(consumer.batches).toEqual([[1, 2, 3]]);
    expect(queue.size).toBe(1);
  });

  it('never has both events and demand once it is idle', () => {
    const queue = newQueue();
    const { subscription } = eventsOf(queue, () => {});
    for (const [events, demand] of [
      [3, 1],
      [0, 5],
      [2, 0],
      [7, 2],
    ] as const) {
      queue.emit(range(0, events));
      subscription.ask(demand);
      expect(Math.min(queue.size, queue.demand)).toBe(0);
    }
  });

  it('does nothing for an empty batch', () => {
    const queue = newQueue();
    const { consumer, subscription } = eventsOf(queue, () => {});
    subscription.ask(1);
    queue.emit([]);
    expect(consumer.batches).toEqual([]);
    expect(queue.demand).toBe(1);
  });

  it('takes endless demand, and delivers all that comes', () => {
    const queue = newQueue();
    const { consumer, subscription } = eventsOf(queue, () => {});
    queue.emit([1]);
    subscription.ask(Infinity);
    queue.emit([2, 3]);
    expect(consumer.batches).toEqual([[1], [2, 3]]);
    expect(queue.demand).toBe(Infinity);
    expect(queue.room).toBe(Infinity);
    subscription.cancel();
    expect(queue.demand).toBe(0);
  });

  it('forgets the demand of a consumer that leaves', () => {
    const queue = newQueue();
    const first = eventsOf(queue, () => {});
    const second = eventsOf(queue, () => {});
    first.subscription.ask(10);
    first.subscription.cancel();
    expect(queue.demand).toBe(0);
    queue.emit([1, 2, 3]);
    expect(queue.size).toBe(3);
    second.subscription.ask(5);
    expect(second.consumer.events).toEqual([1, 2, 3]);
    expect(queue.demand).toBe(2);
  });

  it('pushes as it emits', () => {
    const queue = newQueue(2);
    const { consumer, subscription } = eventsOf(queue, () => {});
    for (const event of [1, 2, 3]) queue.push(event);
    expect(queue.peek()).toEqual([2, 3]);
    subscription.ask(3);
    queue.push(4);
    expect(consumer.batches).toEqual([[2, 3], [4]]);
  });
});

describe('Events that are emitted from inside a delivery', () => {
  it('are delivered after it, in order', () => {
    const queue = newQueue();
    const log: string[] = [];
    const { subscription } = eventsOf(queue, (event) => {
      log.push(`begin ${event}`);
      if (event === 1) queue.emit([2, 3]);
      log.push(`end ${event}`);
    });
    subscription.ask(5);
    queue.emit([1]);
    expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
  });

  it('line up behind those that waited before', () => {
    const queue = newQueue();
    const { consumer, subscription } = eventsOf(queue, (event, self) => {
      if (event === 1) queue.emit([4]);
      self.ask(1);
    });
    queue.emit([1, 2, 3]);
    subscription.ask(1);
    expect(consumer.events).toEqual([1, 2, 3, 4]);
  });

  it('line up behind the rest of the batch that is being delivered', () => {
    const queue = newQueue();
    const order: number[] = [];
    const one = eventsOf(queue, (event, self) => {
      order.push(event);
      if (event === 1) queue.push(4);
      self.ask(1);
    });
    const two = eventsOf(queue, (event) => order.push(event));
    one.subscription.ask(1);
    two.subscription.ask(1);
    queue.emit([1, 2, 3]);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('are counted at once', () => {
    const queue = newQueue();
    const seen: (readonly number[])[] = [];
    const { subscription } = eventsOf(queue, (event) => {
      if (event !== 1) return;
      queue.emit([2, 3]);
      seen.push([queue.size, queue.demand]);
    });
    subscription.ask(2);
    queue.emit([1]);
    expect(seen).toEqual([[2, 1]]);
    expect([queue.size, queue.demand]).toEqual([1, 0]);
  });

  it('may fill the buffer and use the demand that is left, and no more', () => {
    const dropped: number[] = [];
    const discarded = (events: readonly number[]) => dropped.push(...events);
    const queue = new Stage<never, number>('producer', { discarded }, { bufferSize: 1, bufferKeep: 'first' });
    const { consumer, subscription } = eventsOf(queue, (event) => {
      if (event === 1) queue.emit([2, 3, 4, 5]);
    });
    subscription.ask(3);
    queue.emit([1]);
    expect(consumer.events).toEqual([1, 2, 3]);
    expect(queue.peek()).toEqual([4]);
    expect(dropped).toEqual([5]);
  });

  it('make 100,000 deliveries at one stack depth', () => {
    const queue = newQueue();
    let delivered = 0;
    const { subscription } = eventsOf(queue, (event) => {
      delivered++;
      if (event < 100_000) queue.push(event + 1);
    });
    subscription.ask(Infinity);
    queue.push(1);
    expect(delivered).toBe(100_000);
  });

  it('come before the events with which the handler then answers', () => {
    const queue: Stage<never, number> = new Stage('producer', {
      handleInfo: () => {
        queue.emit([1]);
        return [2];
      },
    });
    const { consumer, subscription } = eventsOf(queue, () => {});
    subscription.ask(5);
    queue.info('go');
    expect(consumer.events).toEqual([1, 2]);
  });
});

describe('Stage.room', () => {
  it('is the free part of the buffer, and the demand', () => {
    const queue = newQueue(3);
    const { subscription } = eventsOf(queue, () => {});
    expect(queue.room).toBe(3);
    queue.emit([1]);
    expect(queue.room).toBe(2);
    subscription.ask(4);
    expect(queue.room).toBe(6);
    queue.emit(range(0, 6));
    expect(queue.room).toBe(0);
  });

  it('is what can be emitted without a drop, also from inside a delivery', () => {
    const discarded = jest.fn();
    const queue = new Stage<never, number>('producer', { discarded }, { bufferSize: 2 });
    const rooms: number[] = [];
    const { consumer, subscription } = eventsOf(queue, (event) => {
      if (event > 1) return;
      rooms.push(queue.room);
      queue.emit(range(10, 10 + queue.room));
      rooms.push(queue.room);
    });
    subscription.ask(4);
    queue.emit([0]);
    expect(rooms).toEqual([5, 0]);
    expect(consumer.events).toEqual([0, 10, 11, 12]);
    expect(queue.peek()).toEqual([13, 14]);
    expect(discarded).not.toHaveBeenCalled();
  });

  it('is 0 once the stage has stopped', () => {
    const queue = newQueue(3);
    queue.stop();
    expect(queue.room).toBe(0);
  });
});

describe('An automatic consumer of a producer without handleDemand', () => {
  it('asks anew between its batches', () => {
    const queue = newQueue();
    const consumer = collector();
    consumer.subscribe(queue, { maxDemand: 4, minDemand: 2 });
    queue.emit(range(0, 9));
    expect(consumer.batches).toEqual([[0, 1], [2, 3], [4, 5], [6, 7], [8]]);
    expect(queue.demand).toBe(3);
  });
});
