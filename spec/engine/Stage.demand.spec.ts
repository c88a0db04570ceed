import { Stage } from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { collector, counter, idleProducer, range } from './support/stages.ts';

describe('A producer with handleDemand', () => {
  it('is told of each ask, and its answer is delivered to whoever asked', () => {
    const producer = counter(10);
    const consumer = new Recorder<number>();
    const subscription = producer.attach(consumer);
    subscription.ask(3);
    subscription.ask(2);
    expect(producer.asks).toEqual([3, 2]);
    expect(consumer.batches).toEqual([range(0, 3), range(3, 5)]);
    expect(producer.demand).toBe(0);
  });

  it('keeps demand that cannot be served yet, and serves it from what is emitted later', () => {
    const producer = idleProducer();
    const consumer = new Recorder<number>();
    producer.attach(consumer).ask(3);
    expect(producer.demand).toBe(3);
    producer.emit([1, 2]);
    expect(consumer.batches).toEqual([[1, 2]]);
    expect(producer.demand).toBe(1);
    producer.emit([3]);
    expect(consumer.events).toEqual([1, 2, 3]);
    expect(producer.asks).toEqual([3]);
  });

  it('never delivers more than was asked; the surplus waits and serves the next ask', () => {
    const producer = new Stage<never, number>('producer', {
      handleDemand: (demand) => range(0, demand + 3),
    });
    const consumer = new Recorder<number>();
    const subscription = producer.attach(consumer);
    subscription.ask(2);
    expect(consumer.events).toEqual([0, 1]);
    expect(producer.peek()).toEqual([2, 3, 4]);
    subscription.ask(2);
    expect(consumer.events).toEqual([0, 1, 2, 3]);
    expect(producer.size).toBe(1);
  });

  it('is asked only for what its buffer does not hold', () => {
    const producer = idleProducer();
    const consumer = new Recorder<number>();
    producer.emit([1, 2]);
    const subscription = producer.attach(consumer);
    subscription.ask(1);
    expect(producer.asks).toEqual([]);
    subscription.ask(4);
    expect(producer.asks).toEqual([3]);
    expect(consumer.batches).toEqual([[1], [2]]);
  });

  it('may answer with any iterable, or with nothing', () => {
    const answers: (Iterable<number> | undefined)[] = [new Set([1]), undefined, range(2, 3).values(), []];
    const producer = new Stage<never, number>('producer', { handleDemand: () => answers.shift() });
    const consumer = new Recorder<number>();
    const subscription = producer.attach(consumer);
    for (let i = 0; i < 4; i++) subscription.ask(1);
    expect(consumer.batches).toEqual([[1], [2]]);
    expect(producer.demand).toBe(2);
  });

  it('passes endless demand on, once, and delivers whatever comes', () => {
    const producer = idleProducer();
    const consumer = new Recorder<number>();
    producer.attach(consumer).ask(Infinity);
    producer.emit(range(0, 50));
    producer.emit(range(50, 20_000));
    expect(producer.asks).toEqual([Infinity]);
    expect(consumer.batches).toEqual([range(0, 50), range(50, 20_000)]);
    expect(producer.demand).toBe(Infinity);
  });

  it('counts demand that was cancelled for the next that asks', () => {
    const producer = idleProducer();
    const leaving = new Recorder<number>();
    const staying = new Recorder<number>();
    const first = producer.attach(leaving);
    first.ask(5);
    first.cancel();
    expect(producer.demand).toBe(0);
    const second = producer.attach(staying);
    second.ask(3);
    second.ask(4);
    // The producer owes 5 already: of the 7 it is told of 2.
    expect(producer.asks).toEqual([5, 2]);
    producer.emit(range(0, 10));
    expect(leaving.events).toEqual([]);
    expect(staying.events).toEqual(range(0, 7));
    expect(producer.peek()).toEqual(range(7, 10));
  });

  it('buffers what comes for demand that was cancelled, and does not count it twice', () => {
    const producer = idleProducer();
    const first = producer.attach(new Recorder());
    first.ask(5);
    first.cancel();
    producer.emit(range(0, 5));
    expect(producer.peek()).toEqual(range(0, 5));
    const consumer = new Recorder<number>();
    producer.attach(consumer).ask(6);
    expect(consumer.events).toEqual(range(0, 5));
    expect(producer.asks).toEqual([5, 1]);
  });

  it('takes an ask made in a delivery once that delivery is over', () => {
    const log: string[] = [];
    const producer = counter(3);
    const consumer = new Recorder<number>(([event], subscription) => {
      log.push(`begin ${event}`);
      subscription.ask(1);
      log.push(`end ${event}`);
    });
    producer.attach(consumer).ask(1);
    expect(log).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2', 'end 2']);
  });

  it('serves 100,000 asks, each made in the delivery before, at one stack depth', () => {
    const producer = counter(100_000);
    const consumer = new Recorder<number>((_, subscription) => subscription.ask(1));
    producer.attach(consumer).ask(1);
    expect(consumer.events).toHaveLength(100_000);
  });

  it('gives the batch of an emit, if it can, as it is', () => {
    const producer = idleProducer();
    const consumer = new Recorder<number>();
    const events = range(0, 3);
    producer.attach(consumer).ask(3);
    producer.emit(events);
    expect(consumer.batches[0]).toBe(events);
  });
});

describe('An automatic consumer', () => {
  it.each([
    { max: 1000, min: 500, limit: 1500, sizes: [500, 500, 500] },
    { max: 100, min: 80, limit: 140, sizes: [20, 20, 20, 20, 20, 20, 20] },
    { max: 100, min: 20, limit: 280, sizes: [80, 20, 80, 80, 20] },
    { max: 10, min: 9, limit: 3, sizes: [1, 1, 1] },
    { max: 1, min: 0, limit: 3, sizes: [1, 1, 1] },
  ])(
    'handles batches of $sizes for a maximum of $max and a minimum of $min',
    ({ max, min, limit, sizes }) => {
      const consumer = collector();
      consumer.subscribe(counter(limit), { maxDemand: max, minDemand: min });
      expect(consumer.batches.map(({ length }) => length)).toEqual(sizes);
      expect(consumer.batches.flat()).toEqual(range(0, limit));
    },
  );

  it.each([
    { max: 1000, min: 500, limit: 1500, asks: [1000, 500, 500, 500] },
    { max: 100, min: 80, limit: 60, asks: [100, 20, 20, 20] },
    { max: 100, min: 20, limit: 280, asks: [100, 80, 100, 80] },
    { max: 1, min: 0, limit: 2, asks: [1, 1, 1] },
  ])('asks for $asks with a maximum of $max and a minimum of $min', ({ max, min, limit, asks }) => {
    const producer = counter(limit);
    collector().subscribe(producer, { maxDemand: max, minDemand: min });
    expect(producer.asks).toEqual(asks);
  });

  it('never has more than its maximum in flight', () => {
    const producer = idleProducer();
    collector().subscribe(producer, { maxDemand: 10, minDemand: 7 });
    for (let i = 0; i < 100; i++) {
      expect(producer.demand).toBeGreaterThan(7);
      expect(producer.demand).toBeLessThanOrEqual(10);
      producer.emit([i]);
    }
  });

  it('asks only once with an endless maximum, and gets batches as they come', () => {
    const producer = idleProducer();
    const consumer = collector();
    consumer.subscribe(producer, { maxDemand: Infinity });
    producer.emit(range(0, 5000));
    producer.emit([1]);
    expect(producer.asks).toEqual([Infinity]);
    expect(consumer.batches).toEqual([range(0, 5000), [1]]);
  });

  it('counts only its own demand as settled when it was asked for more from outside', () => {
    const producer = idleProducer();
    const consumer = collector();
    const subscription = consumer.subscribe(producer, { maxDemand: 4, minDemand: 2 });
    subscription.ask(3);
    producer.emit(range(0, 7));
    expect(consumer.batches).toEqual([[0, 1], [2, 3], [4, 5], [6]]);
    // Two for each of the first two batches; the others are in excess.
    expect(producer.asks).toEqual([4, 3, 2, 2]);
  });

  it('handles 100,000 events one by one at one stack depth', () => {
    let handled = 0;
    const consumer = new Stage<number>('consumer', {
      handleEvents: () => {
        handled++;
      },
    });
    consumer.subscribe(counter(100_000), { maxDemand: 1 });
    expect(handled).toBe(100_000);
  });
});

describe('A manual consumer', () => {
  it('gets nothing until it asks', () => {
    const producer = counter(10);
    const consumer = collector();
    const subscription = consumer.subscribe(producer, { mode: 'manual' });
    expect(producer.asks).toEqual([]);
    subscription.ask(2);
    expect(consumer.batches).toEqual([[0, 1]]);
    expect(producer.asks).toEqual([2]);
  });

  it.each([
    ['manual', 'automatic', [1000]],
    ['automatic', 'manual', []],
    ['manual', undefined, []],
    ['automatic', undefined, [1000]],
  ] as const)('is told by the option (%s) or by handleSubscribe (%s)', (mode, answer, asks) => {
    const producer = idleProducer();
    collector({ handleSubscribe: () => answer }).subscribe(producer, { mode });
    expect(producer.asks).toEqual(asks);
  });

  it('gets its batches unsplit', () => {
    const consumer = collector();
    consumer.subscribe(counter(50), { mode: 'manual', maxDemand: 10, minDemand: 5 }).ask(30);
    expect(consumer.batches).toEqual([range(0, 30)]);
  });

  it('may ask while it handles', () => {
    const producer = counter(5);
    const batches: (readonly number[])[] = [];
    const consumer = new Stage<number>('consumer', {
      handleEvents: (events, from) => {
        batches.push(events);
        from.ask(2);
      },
    });
    consumer.subscribe(producer, { mode: 'manual' }).ask(1);
    expect(batches).toEqual([[0], [1, 2], [3, 4]]);
    expect(producer.asks).toEqual([1, 2, 2, 2]);
  });
});

describe('A consumer of two producers', () => {
  it('keeps the accounts apart, and knows who sent', () => {
    const a = counter(4);
    const b = counter(100);
    const from: string[] = [];
    const consumer = new Stage<number>('consumer', {
      handleEvents: (events, subscription) => {
        from.push(`${subscription === ofA ? 'a' : 'b'} ${events.join()}`);
      },
    });
    const ofA = consumer.subscribe(a, { mode: 'manual' });
    const ofB = consumer.subscribe(b, { mode: 'manual' });
    ofA.ask(2);
    ofB.ask(1);
    ofA.ask(1);
    expect(from).toEqual(['a 0,1', 'b 0', 'a 2']);
    expect([a.asks, b.asks]).toEqual([[2, 1], [1]]);
  });
});

describe('A subscription made while its consumer is busy', () => {
  // Rule 6: a subscription is registered before its first ask is taken; an ask in the same frame is not lost.
  it('does not lose an ask in the same frame', () => {
    const producer = idleProducer();
    const consumer = collector({
      handleInfo: () => {
        consumer.subscribe(producer, { mode: 'manual' }).ask(2);
      },
    });
    consumer.info('subscribe');
    expect(producer.asks).toEqual([2]);
  });

  // `pull` asks the producer past what the subscription keeps.
  it('does not lose a pull in the same frame', () => {
    const producer = idleProducer();
    const consumer = collector({
      handleInfo: () => {
        consumer.subscribe(producer, { mode: 'manual' }).pull();
      },
    });
    consumer.info('subscribe');
    expect(producer.asks).toEqual([1]);
  });
});
