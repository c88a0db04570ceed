import { Stage, type StageType, type SubscriptionOptions } from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { collector, idleProducer } from './support/stages.ts';

describe('new Stage', () => {
  it('refuses a type that there is not', () => {
    expect(() => new Stage('supervisor' as StageType)).toThrow(
      new RangeError(
        "Expected `type` to be one of 'producer', 'producer_consumer', 'consumer', got 'supervisor'",
      ),
    );
  });

  it.each([
    [-1, '-1'],
    [1.5, '1.5'],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    ['10', "'10'"],
    [null, 'null'],
    [() => 1, 'a function'],
    [[1, 2], 'an array of 2'],
    [{}, 'an object'],
  ])('refuses %p as bufferSize', (bufferSize, shown) => {
    expect(() => new Stage('producer', {}, { bufferSize: bufferSize as number })).toThrow(
      new RangeError(`Expected \`bufferSize\` to be an integer of at least 0, or Infinity, got ${shown}`),
    );
  });

  it('refuses a bufferKeep that there is not', () => {
    expect(() => new Stage('producer', {}, { bufferKeep: 'middle' as 'last' })).toThrow(
      new RangeError("Expected `bufferKeep` to be one of 'first', 'last', got 'middle'"),
    );
  });

  it('refuses a demand mode that there is not', () => {
    expect(() => new Stage('producer', {}, { demand: 'backward' as 'forward' })).toThrow(
      new RangeError("Expected `demand` to be one of 'forward', 'accumulate', got 'backward'"),
    );
  });

  it.each([
    ['producer', 10_000],
    ['producer_consumer', Infinity],
  ] as const)("gives a %s GenStage's default buffer size", (type, size) => {
    expect(new Stage(type).room).toBe(size);
  });

  it('tells its type, and that it lives', () => {
    const stage = new Stage('producer_consumer');
    expect(stage.type).toBe('producer_consumer');
    expect(stage.exited).toBe(false);
    expect(stage.exitReason).toBeUndefined();
  });

  it('refuses to accumulate if it is no producer', () => {
    expect(() => new Stage('producer_consumer', {}, { demand: 'accumulate' })).toThrow(TypeError);
  });

  it('refuses a dispatcher that is no function, with a message that names the option', () => {
    expect(() => new Stage('producer', {}, { dispatcher: {} as () => never })).toThrow(/`dispatcher`/);
  });
});

describe('Stage.subscribe', () => {
  it.each([
    [0, '0'],
    [-1, '-1'],
    [2.5, '2.5'],
    [NaN, 'NaN'],
    ['5', "'5'"],
    [null, 'null'],
  ])('refuses %p as maxDemand', (maxDemand, shown) => {
    expect(() => collector().subscribe(idleProducer(), { maxDemand: maxDemand as number })).toThrow(
      new RangeError(`Expected \`maxDemand\` to be a positive integer or Infinity, got ${shown}`),
    );
  });

  it.each([
    [-1, '-1'],
    [10, '10'],
    [11, '11'],
    [0.5, '0.5'],
    [Infinity, 'Infinity'],
    ['5', "'5'"],
  ])('refuses %p as minDemand if maxDemand is 10', (minDemand, shown) => {
    const options = { maxDemand: 10, minDemand: minDemand as number };
    expect(() => collector().subscribe(idleProducer(), options)).toThrow(
      new RangeError(
        `Expected \`minDemand\` to be an integer from 0 to below \`maxDemand\` (10), got ${shown}`,
      ),
    );
  });

  it('refuses a mode that there is not', () => {
    expect(() => collector().subscribe(idleProducer(), { mode: 'auto' as 'automatic' })).toThrow(
      new RangeError("Expected `mode` to be one of 'automatic', 'manual', got 'auto'"),
    );
  });

  it('refuses a cancel mode that there is not', () => {
    expect(() => collector().subscribe(idleProducer(), { cancel: 'never' as 'temporary' })).toThrow(
      new RangeError("Expected `cancel` to be one of 'permanent', 'transient', 'temporary', got 'never'"),
    );
  });

  it('refuses to subscribe a producer', () => {
    const producer = new Stage('producer');
    expect(() => producer.subscribe(idleProducer() as never)).toThrow(
      new TypeError("Expected `stage` to be a consumer: a producer subscribes to nothing, got 'producer'"),
    );
  });

  it('does nothing if it refuses', () => {
    const subscribed = jest.fn();
    const producer = idleProducer({}, { handleSubscribe: subscribed });
    const consumer = collector({ handleSubscribe: subscribed });
    const old = consumer.subscribe(producer, { mode: 'manual' });
    subscribed.mockClear();
    expect(() => consumer.subscribe(producer, { maxDemand: 0 })).toThrow(RangeError);
    expect(() => consumer.resubscribe(producer, old, 'again', { maxDemand: 0 })).toThrow(RangeError);
    expect(subscribed).not.toHaveBeenCalled();
    old.ask(1);
    expect(producer.asks).toEqual([1]);
  });

  it.each([
    [{}, 1000],
    [{ maxDemand: 7 }, 7],
    [{ maxDemand: 1 }, 1],
    [{ maxDemand: Infinity }, Infinity],
    [{ maxDemand: 7, minDemand: 6 }, 7],
  ])('given %p, asks for %p at first', (options: SubscriptionOptions, first) => {
    const producer = idleProducer();
    collector().subscribe(producer, options);
    expect(producer.asks).toEqual([first]);
  });

  it.each([
    [1000, 500],
    [7, 3],
    [1, 0],
  ])('given a maxDemand of %d, takes %d as minDemand', (maxDemand, minDemand) => {
    const producer = idleProducer();
    collector().subscribe(producer, { maxDemand });
    for (let i = 0; i < maxDemand - minDemand; i++) {
      expect(producer.asks).toEqual([maxDemand]);
      producer.emit([i]);
    }
    expect(producer.asks).toEqual([maxDemand, maxDemand - minDemand]);
  });
});

describe('Stage.attach', () => {
  it('refuses what subscribe refuses', () => {
    const attach = (options: object) => () => idleProducer().attach(new Recorder(), options);
    expect(attach({ maxDemand: -1 })).toThrow(RangeError);
    expect(attach({ maxDemand: 5, minDemand: 5 })).toThrow(RangeError);
    expect(attach({ cancel: 'no' })).toThrow(RangeError);
    expect(attach({ mode: 'no' })).toThrow(RangeError);
  });
});

describe('Subscription.ask', () => {
  it.each([
    [-1, '-1'],
    [1.5, '1.5'],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    ['1', "'1'"],
    [undefined, 'undefined'],
  ])('refuses %p', (demand, shown) => {
    const producer = idleProducer();
    const subscription = producer.attach(new Recorder());
    expect(() => subscription.ask(demand as number)).toThrow(
      new RangeError(`Expected \`demand\` to be a positive integer or Infinity, got ${shown}`),
    );
    expect(producer.asks).toEqual([]);
    expect(producer.demand).toBe(0);
  });

  it('takes 0 as nothing', () => {
    const producer = idleProducer();
    producer.attach(new Recorder()).ask(0);
    expect(producer.asks).toEqual([]);
  });
});

describe('A verb that a stage does not have', () => {
  it.each([
    ['emit', (stage: Stage<number>) => stage.emit([])],
    ['push', (stage: Stage<number>) => stage.push(1 as never)],
  ])('is %s for a consumer', (_, verb) => {
    expect(() => verb(collector())).toThrow(
      new TypeError("Expected `stage` to be a producer: a consumer emits no events, got 'consumer'"),
    );
  });

  it.each(['consumer', 'producer_consumer'] as const)('is to accumulate for a %s', (type) => {
    expect(() => new Stage(type).setDemand('accumulate')).toThrow(
      new TypeError(`Expected \`stage\` to be a producer: only a producer accumulates demand, got '${type}'`),
    );
    expect(() => new Stage(type).setDemand('forward')).not.toThrow();
  });

  it('is any but accumulate and forward for setDemand', () => {
    expect(() => new Stage('producer').setDemand('hold' as 'forward')).toThrow(
      new RangeError("Expected `mode` to be one of 'forward', 'accumulate', got 'hold'"),
    );
  });

  it('is an answer of handleSubscribe that is no mode', () => {
    const consumer = collector({ handleSubscribe: () => 'auto' as 'automatic' });
    consumer.subscribe(idleProducer());
    expect(consumer.exited).toBe(true);
  });
});
