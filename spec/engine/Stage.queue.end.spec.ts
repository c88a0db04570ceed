import { PartitionDispatcher, Stage, type StageOptions } from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { deferred, idleProducer, quiet } from './support/stages.ts';

/** A producer without handleDemand, and the side messages and dropped events that it is told of. */
function newQueue(options?: StageOptions<number>): {
  readonly queue: Stage<never, number>;
  readonly messages: readonly unknown[];
  readonly dropped: readonly number[];
} {
  const messages: unknown[] = [];
  const dropped: number[] = [];
  const queue = new Stage<never, number>(
    'producer',
    {
      handleInfo: (message) => {
        messages.push(message);
      },
      discarded: (events) => {
        dropped.push(...events);
      },
    },
    options,
  );
  return { queue, messages, dropped };
}

describe('Stage.clear', () => {
  it('removes the events that wait, and returns them', () => {
    const { queue, dropped } = newQueue();
    queue.emit([1, 2, 3]);
    expect(queue.clear()).toEqual([1, 2, 3]);
    expect(queue.size).toBe(0);
    expect(queue.clear()).toEqual([]);
    expect(dropped).toEqual([]);
  });

  it('leaves the demand', () => {
    const { queue } = newQueue();
    queue.attach(new Recorder()).ask(2);
    expect(queue.clear()).toEqual([]);
    expect(queue.demand).toBe(2);
  });

  it.each([10, Infinity])('makes the side messages between the events due (bufferSize %p)', (bufferSize) => {
    const { queue, messages } = newQueue({ bufferSize });
    queue.emit([1]);
    queue.info('a');
    queue.emit([2, 3]);
    queue.info('b');
    expect(queue.clear()).toEqual([1, 2, 3]);
    expect(messages).toEqual(['a', 'b']);
    expect(queue.estimatedBufferedCount).toBe(0);
  });

  it('takes from inside a delivery what still waits', () => {
    const { queue } = newQueue();
    const cleared: (readonly number[])[] = [];
    const consumer = new Recorder<number>(() => cleared.push(queue.clear()));
    queue.emit([1, 2, 3]);
    queue.attach(consumer).ask(2);
    expect(consumer.events).toEqual([1, 2]);
    expect(cleared).toEqual([[3]]);
    expect(queue.demand).toBe(0);
  });

  it('empties the buffer of a producer with handleDemand, too', () => {
    const producer = idleProducer();
    producer.emit([1, 2]);
    expect(producer.clear()).toEqual([1, 2]);
    producer.attach(new Recorder()).ask(1);
    expect(producer.asks).toEqual([1]);
  });

  it('does not lose what a message that is due makes the stage emit', () => {
    const queue = new Stage<never, number>('producer', { handleInfo: () => [9] });
    queue.emit([1]);
    queue.info('m');
    queue.emit([2]);
    expect([...queue.clear(), ...queue.peek()]).toEqual([1, 2, 9]);
  });

  it('may be called when events are discarded', () => {
    const cleared: (readonly number[])[] = [];
    const queue: Stage<never, number> = new Stage(
      'producer',
      { discarded: () => void cleared.push(queue.clear()) },
      { bufferSize: 2 },
    );
    queue.emit([1]);
    queue.info('m');
    queue.emit([2]);
    queue.emit([3, 4]);
    expect(cleared).toEqual([[3, 4]]);
  });
});

describe('Stage.drain', () => {
  it('stops a stage that has nothing left, in good order', () => {
    const { queue } = newQueue();
    const consumer = new Recorder<number>();
    queue.attach(consumer).ask(3);
    queue.drain();
    expect(queue.exitReason).toBe('normal');
    expect(consumer.end).toEqual(['down', 'normal']);
  });

  it('stops after the last event that waits', () => {
    const { queue } = newQueue();
    const consumer = new Recorder<number>();
    queue.emit([1, 2]);
    queue.drain();
    const subscription = queue.attach(consumer);
    subscription.ask(1);
    expect(queue.exited).toBe(false);
    expect(consumer.end).toBeUndefined();
    subscription.ask(1);
    expect(queue.exited).toBe(true);
    expect(consumer.events).toEqual([1, 2]);
    expect(consumer.end).toEqual(['down', 'normal']);
  });

  it('stops after the last event that waits is pulled', () => {
    const { queue } = newQueue();
    const consumer = new Recorder<number>();
    const subscription = queue.attach(consumer);
    queue.emit([1, 2]);
    subscription.pull();
    queue.drain();
    subscription.pull();
    expect(consumer.events).toEqual([2]);
    expect(queue.exited).toBe(true);
  });

  it('tells every consumer', () => {
    const { queue } = newQueue();
    const consumers = [new Recorder<number>(), new Recorder<number>()];
    for (const consumer of consumers) queue.attach(consumer);
    queue.drain();
    expect(consumers.map(({ end }) => end)).toEqual([
      ['down', 'normal'],
      ['down', 'normal'],
    ]);
  });

  it('stops after the delivery in which it is called', () => {
    const { queue } = newQueue();
    const ended: (boolean | undefined)[] = [];
    const consumer = new Recorder<number>(() => {
      queue.drain();
      ended.push(queue.exited);
    });
    queue.attach(consumer).ask(5);
    queue.emit([1]);
    expect(ended).toEqual([false]);
    expect(consumer.end).toEqual(['down', 'normal']);
  });

  it('stops once what waits is cleared', () => {
    const { queue } = newQueue();
    queue.emit([1]);
    queue.drain();
    expect(queue.exited).toBe(false);
    queue.clear();
    expect(queue.exited).toBe(true);
  });

  it('waits for events that come back in the last delivery', () => {
    const { queue } = newQueue();
    const once = new Recorder<number>((events, self) => {
      self.giveBack(events);
      self.cancel();
    });
    queue.emit([1]);
    queue.attach(once).ask(1);
    queue.drain();
    expect(queue.exited).toBe(false);
    const consumer = new Recorder<number>();
    queue.attach(consumer).ask(1);
    expect(consumer.events).toEqual([1]);
    expect(queue.exited).toBe(true);
  });

  it('waits for a promise that the stage waits for', async () => {
    const { promise, resolve } = deferred();
    const queue = new Stage<never, number>('producer', { handleInfo: () => promise });
    queue.info('wait');
    queue.drain();
    await quiet();
    expect(queue.exited).toBe(false);
    resolve();
    await quiet();
    expect(queue.exited).toBe(true);
  });

  it('waits for events that are held back', () => {
    const { queue } = newQueue({ demand: 'accumulate' });
    const consumer = new Recorder<number>();
    queue.attach(consumer).ask(1);
    queue.emit([1]);
    queue.drain();
    expect(queue.exited).toBe(false);
    queue.setDemand('forward');
    expect(consumer.events).toEqual([1]);
    expect(queue.exited).toBe(true);
  });

  it('stops a producer with handleDemand once its buffer is empty', () => {
    const producer = idleProducer();
    const subscription = producer.attach(new Recorder());
    producer.emit([1]);
    producer.drain();
    expect(producer.exited).toBe(false);
    subscription.ask(1);
    expect(producer.exited).toBe(true);
  });

  it('waits for events that a producer-consumer has received', () => {
    const stage = new Stage<number, number>('producer_consumer', { handleEvents: (events) => events });
    const producer = idleProducer();
    stage.subscribe(producer, { cancel: 'temporary' });
    producer.emit([1]);
    stage.drain();
    expect(stage.exited).toBe(false);
  });

  it('waits for events that a producer with handleDemand holds back', () => {
    const producer = idleProducer({ demand: 'accumulate' });
    producer.emit([1]);
    producer.drain();
    expect(producer.exited).toBe(false);
  });

  it('does not wait for demand that is held back', () => {
    const producer = idleProducer({ demand: 'accumulate' });
    producer.attach(new Recorder()).ask(1);
    producer.drain();
    expect(producer.exited).toBe(true);
  });

  it('waits for events in the queue of a partition', () => {
    const { queue } = newQueue({
      dispatcher: (host) => new PartitionDispatcher({ partitions: 2, hash: (n) => [n, n % 2] }, host),
    });
    const even = queue.attach(new Recorder(), { partition: 0 });
    const consumer = new Recorder<number>();
    const odd = queue.attach(consumer, { partition: 1 });
    even.ask(2);
    queue.emit([1, 3]);
    queue.drain();
    odd.ask(2);
    expect(consumer.events).toEqual([1, 3]);
  });
});
