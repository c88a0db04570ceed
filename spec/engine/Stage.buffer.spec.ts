import { PartitionDispatcher, Stage, type StageOptions } from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { collector, counter, range } from './support/stages.ts';

/** A producer that answers no demand, and all that it is told, in order. */
function newProducer(
  options: StageOptions<number> = {},
  type: 'producer' | 'producer_consumer' = 'producer',
): { readonly stage: Stage<number, number>; readonly log: readonly unknown[] } {
  const log: unknown[] = [];
  const stage = new Stage<number, number>(
    type,
    {
      handleDemand: () => {},
      handleInfo: (message) => {
        log.push(message);
      },
      discarded: (events) => {
        log.push(['dropped', ...events]);
      },
    },
    options,
  );
  return { stage, log };
}

describe('The buffer of a stage', () => {
  it('drops the oldest events by default, oldest first', () => {
    const { stage, log } = newProducer({ bufferSize: 3 });
    stage.emit([1, 2, 3, 4]);
    stage.emit([5, 6]);
    expect(log).toEqual([
      ['dropped', 1],
      ['dropped', 2, 3],
    ]);
    expect(stage.peek()).toEqual([4, 5, 6]);
  });

  it('drops the newest events if it keeps the first', () => {
    const { stage, log } = newProducer({ bufferSize: 3, bufferKeep: 'first' });
    stage.emit([1, 2, 3, 4]);
    stage.emit([5, 6]);
    expect(log).toEqual([
      ['dropped', 4],
      ['dropped', 5, 6],
    ]);
    expect(stage.peek()).toEqual([1, 2, 3]);
  });

  it('holds nothing if its size is 0: what has no demand is dropped', () => {
    const { stage, log } = newProducer({ bufferSize: 0 });
    const consumer = new Recorder<number>();
    stage.attach(consumer).ask(1);
    stage.emit([1, 2]);
    expect(consumer.events).toEqual([1]);
    expect(log).toEqual([['dropped', 2]]);
  });

  it('counts only what demand leaves over', () => {
    const { stage, log } = newProducer({ bufferSize: 2 });
    const consumer = new Recorder<number>();
    stage.attach(consumer).ask(3);
    stage.emit(range(0, 5));
    expect(consumer.events).toEqual([0, 1, 2]);
    expect(stage.peek()).toEqual([3, 4]);
    expect(log).toEqual([]);
  });

  it('holds 10,000 events of a producer by default', () => {
    const { stage, log } = newProducer();
    stage.emit(range(0, 10_001));
    expect(stage.size).toBe(10_000);
    expect(log).toEqual([['dropped', 0]]);
  });

  it('holds any number of events of a producer-consumer by default', () => {
    const { stage, log } = newProducer({}, 'producer_consumer');
    stage.emit(range(0, 10_001));
    expect(stage.size).toBe(10_001);
    expect(log).toEqual([]);
  });

  it('drops silently without a discarded callback', () => {
    const stage = new Stage<never, number>('producer', {}, { bufferSize: 1 });
    stage.emit([1, 2]);
    expect(stage.peek()).toEqual([2]);
  });

  it('may be filled when events are discarded: what is emitted then comes last', () => {
    const stage: Stage<never, number> = new Stage(
      'producer',
      {
        discarded: ([event]) => {
          if (event === 1) stage.emit([9]);
        },
      },
      { bufferSize: 2 },
    );
    stage.emit([1, 2, 3]);
    expect(stage.peek()).toEqual([3, 9]);
  });
});

describe('A side message to a producer', () => {
  it('arrives at once if nothing waits', () => {
    const { stage, log } = newProducer();
    stage.info('m');
    expect(log).toEqual(['m']);
  });

  it('arrives after the events that waited when it came, and before later ones', () => {
    const { stage, log } = newProducer({ bufferSize: 3 });
    const consumer = new Recorder<number>((events) => (log as unknown[]).push(...events));
    stage.emit([1, 2]);
    stage.info('m');
    stage.emit([3]);
    const subscription = stage.attach(consumer);
    subscription.ask(1);
    subscription.ask(2);
    expect(consumer.batches).toEqual([[1], [2], [3]]);
    expect(log).toEqual([1, 2, 3, 'm']);
  });

  it('arrives once the events before it are gone, while later ones wait', () => {
    const { stage, log } = newProducer({ bufferSize: 5 });
    stage.emit([1, 2]);
    stage.info('m');
    stage.emit([3]);
    stage.attach(new Recorder()).ask(2);
    expect(log).toEqual(['m']);
    expect(stage.peek()).toEqual([3]);
  });

  it('waits in an unbounded buffer for demand of its own, and is counted', () => {
    const { stage, log } = newProducer({ bufferSize: Infinity });
    stage.emit([1]);
    stage.info('m');
    expect(stage.estimatedBufferedCount).toBe(2);
    const subscription = stage.attach(new Recorder());
    subscription.ask(1);
    expect(log).toEqual([]);
    expect([stage.size, stage.estimatedBufferedCount]).toEqual([0, 1]);
    subscription.ask(1);
    expect(log).toEqual(['m']);
    expect(stage.demand).toBe(1);
  });

  it('arrives in the order of the messages', () => {
    const { stage, log } = newProducer();
    stage.emit([1, 2]);
    for (const message of ['a', 'b']) stage.info(message);
    stage.emit([3]);
    stage.info('c');
    stage.attach(new Recorder()).ask(3);
    expect(log).toEqual(['a', 'b', 'c']);
  });

  it('arrives when the event before it is dropped', () => {
    const { stage, log } = newProducer({ bufferSize: 2 });
    stage.emit([1]);
    stage.info('m');
    stage.emit([2]);
    stage.emit([3]);
    expect(log).toEqual([['dropped', 1], 'm']);
  });

  it('may be answered with events', () => {
    const stage = new Stage<never, number>('producer', { handleInfo: (message) => [Number(message)] });
    const consumer = new Recorder<number>();
    stage.attach(consumer).ask(1);
    stage.info(7);
    stage.info(8);
    expect(consumer.events).toEqual([7]);
    expect(stage.peek()).toEqual([8]);
  });

  it('waits in the queues of the partitions, too', () => {
    const { stage, log } = newProducer({
      dispatcher: (host) => new PartitionDispatcher({ partitions: 2, hash: (n) => [n, n % 2] }, host),
    });
    const even = stage.attach(new Recorder(), { partition: 0 });
    const odd = stage.attach(new Recorder(), { partition: 1 });
    even.ask(3);
    stage.emit([1, 3, 5]);
    stage.info('m');
    expect(log).toEqual([]);
    odd.ask(3);
    expect(log).toEqual([]);
    odd.ask(1);
    expect(log).toEqual(['m']);
  });

  it('is ignored without handleInfo, and by a stage that has stopped', () => {
    const { stage, log } = newProducer();
    stage.stop();
    stage.info('m');
    expect(log).toEqual([]);
    const deaf = new Stage<never, number>('producer');
    deaf.info('m');
    expect(deaf.exited).toBe(false);
  });
});

describe('A side message to a consumer', () => {
  it('arrives at once', () => {
    const handleInfo = jest.fn();
    collector({ handleInfo }).info('m');
    expect(handleInfo).toHaveBeenCalledWith('m');
  });

  it('arrives after the batches that have been received', () => {
    const log: unknown[] = [];
    const consumer: Stage<number> = new Stage<number>('consumer', {
      handleEvents: (events) => {
        if (events[0] === 0) consumer.info('m');
        log.push(events);
      },
      handleInfo: (message) => {
        log.push(message);
      },
    });
    consumer.subscribe(counter(4), { maxDemand: 4, minDemand: 2 });
    expect(log).toEqual([[0, 1], [2, 3], 'm']);
  });
});
