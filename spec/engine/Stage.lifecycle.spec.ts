import { Stage, isOrderly, type CancelMode, type Reason } from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { collector, counter, idleProducer } from './support/stages.ts';

const boom = new Error('boom');

describe('isOrderly', () => {
  it.each(['normal', 'shutdown', ['shutdown', 'deploy']])('is true for %p', (reason) => {
    expect(isOrderly(reason)).toBe(true);
  });

  it.each([boom, undefined, null, 'killed', ['shutdown'], ['shutdown', 'a', 'b'], ['normal', 'x']])(
    'is false for %p',
    (reason) => {
      expect(isOrderly(reason)).toBe(false);
    },
  );
});

describe('Stage.stop', () => {
  it('stops with its reason, and tells terminate once', () => {
    const terminate = jest.fn();
    const stage = new Stage('producer', { terminate });
    stage.stop('shutdown');
    stage.stop(boom);
    expect(stage.exited).toBe(true);
    expect(stage.exitReason).toBe('shutdown');
    expect(terminate.mock.calls).toEqual([['shutdown']]);
  });

  it('stops in good order if no reason is given', () => {
    const stage = new Stage('consumer');
    stage.stop();
    expect(stage.exitReason).toBe('normal');
  });

  it('takes effect after what was sent before', () => {
    const queue = new Stage<never, number>('producer');
    const log: string[] = [];
    const consumer = new Recorder<number>(([event]) => {
      if (event === 1) {
        queue.stop();
        log.push(`alive: ${!queue.exited}`);
        queue.emit([2]);
      }
    });
    queue.attach(consumer).ask(3);
    queue.emit([1]);
    expect(log).toEqual(['alive: true']);
    expect(queue.exited).toBe(true);
    // What nobody had been sent is dropped.
    expect(consumer.events).toEqual([1]);
  });

  it('of a producer is told to its consumers', () => {
    const producer = idleProducer();
    const consumers = [new Recorder<number>(), new Recorder<number>()];
    for (const consumer of consumers) producer.attach(consumer);
    producer.stop(boom);
    for (const { end } of consumers) expect(end).toEqual(['down', boom]);
  });

  it('of a consumer is told to its producers', () => {
    const handleCancel = jest.fn();
    const producers = [idleProducer({}, { handleCancel }), idleProducer({}, { handleCancel })];
    const consumer = collector();
    const subscriptions = producers.map((producer) => consumer.subscribe(producer));
    consumer.stop('shutdown');
    expect(handleCancel.mock.calls).toEqual(subscriptions.map((one) => ['down', 'shutdown', one]));
  });

  it('of a consumer gives its demand to the next that asks', () => {
    const producer = idleProducer();
    const consumer = collector();
    consumer.subscribe(producer, { maxDemand: 10 });
    consumer.stop();
    expect(producer.demand).toBe(0);
    const next = new Recorder<number>();
    producer.attach(next).ask(12);
    expect(producer.asks).toEqual([10, 2]);
  });

  it('hands out events that are emitted later', () => {
    const discarded = jest.fn();
    const producer = idleProducer({}, { discarded });
    producer.stop();
    producer.emit([1]);
    producer.push(2);
    expect(discarded.mock.calls).toEqual([
      [[1], 'stopped'],
      [[2], 'stopped'],
    ]);
  });

  it('leaves nothing to be called back', () => {
    const called = jest.fn();
    const producer = idleProducer({}, { handleInfo: called, handleSubscribe: called, handleCancel: called });
    const subscription = producer.attach(new Recorder());
    called.mockClear();
    producer.stop();
    subscription.ask(1);
    subscription.cancel();
    producer.info('m');
    producer.emit([1]);
    producer.push(1);
    producer.attach(new Recorder());
    producer.setDemand('accumulate');
    producer.drain();
    expect(called).not.toHaveBeenCalled();
    expect(producer.asks).toEqual([]);
  });

  it('leaves no demand', () => {
    const queue = new Stage<never, number>('producer');
    queue.attach(new Recorder()).ask(5);
    queue.stop();
    expect(queue.demand).toBe(0);
  });

  it('leaves nothing that takes events', () => {
    const queue = new Stage<never, number>('producer');
    queue.stop();
    queue.emit([1]);
    queue.push(2);
    expect(queue.peek()).toEqual([]);
  });

  it('leaves the events that wait to be cleared', () => {
    const left: (readonly number[])[] = [];
    const queue: Stage<never, number> = new Stage('producer', {
      terminate: () => void left.push(queue.clear()),
    });
    queue.emit([1, 2]);
    queue.stop();
    expect(left).toEqual([[1, 2]]);
  });
});

describe('The end of a subscription', () => {
  const orderly: readonly Reason[] = ['normal', 'shutdown', ['shutdown', 'deploy']];
  const cases: (readonly [CancelMode, Reason, boolean])[] = [
    ...orderly.flatMap((reason) => [
      ['permanent', reason, true] as const,
      ['transient', reason, false] as const,
      ['temporary', reason, false] as const,
    ]),
    ['permanent', boom, true],
    ['transient', boom, true],
    ['temporary', boom, false],
  ];

  it.each(cases)(
    'is told to a consumer whose subscription is %s and cancelled (%p)',
    (mode, reason, stops) => {
      const consumer = collector();
      consumer.subscribe(idleProducer(), { cancel: mode }).cancel(reason);
      expect(consumer.ends).toEqual([['cancel', reason]]);
      expect(consumer.exited).toBe(stops);
      expect(consumer.exitReason).toEqual(stops ? reason : undefined);
    },
  );

  it.each(cases)(
    'is told to a consumer whose subscription is %s and producer down (%p)',
    (mode, reason, stops) => {
      const producer = idleProducer();
      const consumer = collector();
      consumer.subscribe(producer, { cancel: mode });
      producer.stop(reason);
      expect(consumer.ends).toEqual([['down', reason]]);
      expect(consumer.exited).toBe(stops);
      expect(consumer.exitReason).toEqual(stops ? reason : undefined);
    },
  );

  it('is permanent if nothing is said', () => {
    const producer = idleProducer();
    const consumer = collector();
    consumer.subscribe(producer);
    producer.stop();
    expect(consumer.exited).toBe(true);
  });

  it('stops stage after stage down a chain', () => {
    const producer = idleProducer();
    const middle = new Stage<number, number>('producer_consumer');
    const consumer = collector();
    middle.subscribe(producer);
    consumer.subscribe(middle);
    producer.stop(boom);
    expect([middle.exitReason, consumer.exitReason]).toEqual([boom, boom]);
  });

  it('leaves a consumer that goes on its other producers', () => {
    const a = idleProducer();
    const b = idleProducer();
    const consumer = collector();
    consumer.subscribe(a, { cancel: 'temporary' });
    consumer.subscribe(b, { cancel: 'temporary' });
    a.stop(boom);
    b.emit([1]);
    expect(consumer.batches).toEqual([[1]]);
  });

  it('comes after the events that were sent before', () => {
    const queue = new Stage<never, number>('producer');
    const log: unknown[] = [];
    const consumer = collector({
      handleEvents: ([event], from) => {
        if (event === 1) from.cancel('enough');
        log.push(event);
      },
      handleCancel: (_, reason) => {
        log.push(reason);
      },
    });
    consumer.subscribe(queue, { maxDemand: 4, minDemand: 3, cancel: 'temporary' });
    queue.emit([1, 2, 3]);
    expect(log).toEqual([1, 2, 3, 'enough']);
  });
});

describe('Subscription.cancel', () => {
  it('is told to both sides, once', () => {
    const handleCancel = jest.fn();
    const producer = idleProducer({}, { handleCancel });
    const consumer = new Recorder<number>();
    const subscription = producer.attach(consumer);
    subscription.cancel('enough');
    subscription.cancel('again');
    expect(consumer.end).toEqual(['cancel', 'enough']);
    expect(handleCancel.mock.calls).toEqual([['cancel', 'enough', subscription]]);
  });

  it('has a normal reason if none is given', () => {
    const consumer = new Recorder<number>();
    idleProducer().attach(consumer).cancel();
    expect(consumer.end).toEqual(['cancel', 'normal']);
  });

  it('stops the deliveries, and later asks do nothing', () => {
    const producer = counter(100);
    const consumer = new Recorder<number>();
    const subscription = producer.attach(consumer);
    subscription.ask(1);
    subscription.cancel();
    subscription.ask(5);
    producer.emit([100]);
    expect(consumer.events).toEqual([0]);
    expect(producer.asks).toEqual([1]);
  });

  it('may be called from inside a delivery, and takes effect after it', () => {
    const queue = new Stage<never, number>('producer');
    const consumer = new Recorder<number>((_, self) => self.cancel());
    queue.attach(consumer).ask(5);
    queue.emit([1, 2]);
    queue.emit([3]);
    expect(consumer.batches).toEqual([[1, 2]]);
    expect(queue.peek()).toEqual([3]);
  });

  it('may be answered with events by the producer', () => {
    const producer = idleProducer({}, { handleCancel: () => [9] });
    const staying = new Recorder<number>();
    producer.attach(staying).ask(1);
    producer.attach(new Recorder()).cancel();
    expect(staying.events).toEqual([9]);
  });

  it('ends a subscription that its busy consumer has just made', () => {
    const producer = idleProducer();
    const consumer = collector({
      handleInfo: () => {
        consumer.subscribe(producer, { cancel: 'temporary' }).cancel();
      },
    });
    consumer.info('subscribe');
    expect(producer.demand).toBe(0);
  });
});
