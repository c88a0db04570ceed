import { Stage, type StageCallbacks, type StageOptions } from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { collector, counter, idleProducer, range } from './support/stages.ts';

/** A producer-consumer that answers with what `transform` makes of a batch, and the batches it has handled. */
function newMiddle(
  transform: (events: readonly number[]) => readonly number[],
  callbacks: StageCallbacks<number, number> = {},
  options: StageOptions<number> = {},
): { readonly stage: Stage<number, number>; readonly handled: readonly (readonly number[])[] } {
  const handled: (readonly number[])[] = [];
  const stage = new Stage<number, number>(
    'producer_consumer',
    {
      handleEvents: (events) => {
        handled.push(events);
        return transform(events);
      },
      ...callbacks,
    },
    options,
  );
  return { stage, handled };
}

const double = (events: readonly number[]) => events.flatMap((event) => [event, event]);
const same = (events: readonly number[]) => events;
const none = () => [];

describe('A producer-consumer', () => {
  it('handles events only as far as its own consumers ask', () => {
    const producer = counter(100);
    const { stage, handled } = newMiddle(same);
    const consumer = new Recorder<number>();
    stage.subscribe(producer, { maxDemand: 4, minDemand: 2 });
    expect(producer.asks).toEqual([4]);
    expect(handled).toEqual([]);
    stage.attach(consumer).ask(1);
    // The received batch is handled to its end; what nobody has asked for waits in the buffer.
    expect(handled).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(consumer.events).toEqual([0]);
    expect(stage.peek()).toEqual([1, 2, 3]);
    expect(producer.asks).toEqual([4, 2, 2]);
  });

  it('serves from its buffer before it handles more', () => {
    const { stage, handled } = newMiddle(same);
    const consumer = new Recorder<number>();
    stage.subscribe(counter(100), { maxDemand: 4, minDemand: 2 });
    const subscription = stage.attach(consumer);
    subscription.ask(1);
    subscription.ask(3);
    expect(consumer.events).toEqual([0, 1, 2, 3]);
    expect(handled).toEqual([
      [0, 1],
      [2, 3],
    ]);
    subscription.ask(1);
    expect(consumer.events).toEqual([0, 1, 2, 3, 4]);
  });

  it('asks for more as long as it makes nothing of what it gets', () => {
    const producer = counter(10);
    const { stage, handled } = newMiddle(none);
    stage.subscribe(producer, { maxDemand: 4, minDemand: 2 });
    stage.attach(new Recorder()).ask(1);
    expect(handled.flat()).toEqual(range(0, 10));
    expect(stage.demand).toBe(1);
  });

  it('may make more of its events than was asked: the rest waits', () => {
    const { stage } = newMiddle(double);
    const consumer = new Recorder<number>();
    stage.subscribe(counter(2), { maxDemand: 1 });
    const subscription = stage.attach(consumer);
    subscription.ask(1);
    expect(consumer.events).toEqual([0]);
    expect(stage.peek()).toEqual([0]);
    subscription.ask(2);
    expect(consumer.events).toEqual([0, 0, 1]);
  });

  it.each([
    { max: 100, min: 80, first: [20, 20, 20, 20, 20], consumed: [40, 40, 20, 50, 30, 20, 40, 10, 30] },
    { max: 100, min: 20, first: [80, 20, 80], consumed: [50, 50, 50, 50] },
  ])(
    'splits at its own limits, $max and $min, and its consumer at 100 and 50',
    ({ max, min, first, consumed }) => {
      const { stage, handled } = newMiddle(double);
      const consumer = collector();
      stage.subscribe(counter(1000), { maxDemand: max, minDemand: min });
      consumer.subscribe(stage, { maxDemand: 100, minDemand: 50 });
      expect(handled.slice(0, first.length).map(({ length }) => length)).toEqual(first);
      expect(handled.flat()).toEqual(range(0, 1000));
      expect(consumer.batches.slice(0, consumed.length).map(({ length }) => length)).toEqual(consumed);
      expect(consumer.batches.flat()).toEqual(double(range(0, 1000)));
    },
  );

  it('stops handling when its consumer stops asking', () => {
    const { stage, handled } = newMiddle(same);
    const stuck = collector({ handleEvents: () => new Promise(() => {}) });
    stage.subscribe(counter(100), { maxDemand: 10, minDemand: 8 });
    stuck.subscribe(stage, { maxDemand: 10, minDemand: 5 });
    expect(handled).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
      [8, 9],
    ]);
  });

  it('passes no more than it may through a chain of itself', () => {
    const stages = Array.from({ length: 5 }, () => newMiddle(same).stage);
    const producer = counter(1000);
    const consumer = new Recorder<number>();
    let above: Stage<never, number> | Stage<number, number> = producer;
    for (const stage of stages) {
      stage.subscribe(above, { maxDemand: 1 });
      above = stage;
    }
    stages.at(-1)?.attach(consumer).ask(3);
    expect(consumer.events).toEqual([0, 1, 2]);
    // Each stage has one event in hand.
    expect(producer.asks).toHaveLength(3 + stages.length);
  });

  it('takes endless demand', () => {
    const { stage } = newMiddle(double);
    const consumer = new Recorder<number>();
    stage.attach(consumer).ask(Infinity);
    stage.subscribe(counter(50), { maxDemand: 10 });
    expect(consumer.events).toEqual(double(range(0, 50)));
  });

  it('emits what it is told to from outside', () => {
    const { stage } = newMiddle(same);
    const consumer = new Recorder<number>();
    stage.emit([1, 2]);
    stage.attach(consumer).ask(1);
    expect(consumer.events).toEqual([1]);
    expect(stage.size).toBe(1);
  });

  it('without handleEvents takes events and gives none', () => {
    const producer = counter(3);
    const stage = new Stage<number, number>('producer_consumer');
    stage.subscribe(producer, { maxDemand: 1 });
    stage.attach(new Recorder()).ask(1);
    expect(producer.asks).toEqual([1, 1, 1, 1]);
    expect(stage.exited).toBe(false);
  });

  it('passes 100,000 events one by one at one stack depth', () => {
    const { stage } = newMiddle(same);
    stage.subscribe(counter(100_000), { maxDemand: 1 });
    const consumer = new Recorder<number>((_, subscription) => subscription.ask(1));
    stage.attach(consumer).ask(1);
    expect(consumer.events).toHaveLength(100_000);
  });
});

describe('What waits in a producer-consumer', () => {
  it('is handled although its producer has left', () => {
    const { stage, handled } = newMiddle(same);
    const consumer = new Recorder<number>();
    const subscription = stage.subscribe(counter(4), { maxDemand: 4, minDemand: 2, cancel: 'temporary' });
    subscription.cancel('left');
    stage.attach(consumer).ask(4);
    // Its accounting is over: nothing is split, nothing more is asked.
    expect(handled).toEqual([range(0, 4)]);
    expect(consumer.events).toEqual(range(0, 4));
  });

  it('comes before the end of the subscription', () => {
    const log: unknown[] = [];
    const { stage } = newMiddle(
      (events) => {
        log.push(...events);
        return events;
      },
      {
        handleCancel: (_, reason) => {
          log.push(reason);
        },
      },
    );
    stage.subscribe(counter(2), { cancel: 'permanent' }).cancel('left');
    expect(log).toEqual([]);
    expect(stage.exited).toBe(false);
    const consumer = new Recorder<number>();
    stage.attach(consumer).ask(3);
    expect(log).toEqual([0, 1, 'left']);
    expect(consumer.events).toEqual([0, 1]);
    expect(consumer.end).toEqual(['down', 'left']);
  });

  it('comes before a side message', () => {
    const log: unknown[] = [];
    const { stage } = newMiddle(
      (events) => {
        log.push(events);
        return events;
      },
      {
        handleInfo: (message) => {
          log.push(message);
        },
      },
    );
    const producer = idleProducer();
    stage.info('at once');
    stage.subscribe(producer);
    producer.emit([1]);
    stage.info('later');
    producer.emit([2]);
    expect(log).toEqual(['at once']);
    stage.attach(new Recorder()).ask(5);
    expect(log).toEqual(['at once', [1], [2], 'later']);
  });

  it('is kept in order between two producers', () => {
    const a = idleProducer();
    const b = idleProducer();
    const { stage, handled } = newMiddle(same);
    stage.subscribe(a);
    stage.subscribe(b);
    a.emit([1]);
    b.emit([2]);
    a.emit([3]);
    stage.attach(new Recorder()).ask(9);
    expect(handled).toEqual([[1], [2], [3]]);
  });

  it('overflows a bounded buffer as in a producer', () => {
    const dropped: number[] = [];
    const discarded = (events: readonly number[]) => dropped.push(...events);
    const { stage } = newMiddle(double, { discarded }, { bufferSize: 1, bufferKeep: 'first' });
    const consumer = new Recorder<number>();
    stage.subscribe(counter(3));
    stage.attach(consumer).ask(2);
    expect(consumer.events).toEqual([0, 0]);
    expect(stage.peek()).toEqual([1]);
    expect(dropped).toEqual([1, 2, 2]);
  });
});
