import { Stage } from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { collector, deferred, idleProducer, quiet } from './support/stages.ts';

const boom = new Error('boom');

describe('A promise', () => {
  it('may tell the mode of a subscription', async () => {
    const producer = idleProducer();
    const manual = collector({ handleSubscribe: async () => 'manual' as const });
    const automatic = collector({ handleSubscribe: async () => {} });
    manual.subscribe(producer, { maxDemand: 3 });
    automatic.subscribe(producer, { maxDemand: 5 });
    expect(producer.asks).toEqual([]);
    await quiet();
    expect(producer.asks).toEqual([5]);
  });

  it('may hold back the first ask, by the producer’s handleSubscribe', async () => {
    const { promise, resolve } = deferred();
    const producer = idleProducer({}, { handleSubscribe: () => promise });
    collector().subscribe(producer, { maxDemand: 5 });
    await quiet();
    expect(producer.asks).toEqual([]);
    resolve();
    await quiet();
    expect(producer.asks).toEqual([5]);
  });

  it('may answer the end of a subscription', async () => {
    const producer = idleProducer({}, { handleCancel: async () => [1] });
    const consumer = new Recorder<number>();
    producer.attach(consumer).ask(1);
    producer.attach(new Recorder()).cancel();
    await quiet();
    expect(consumer.events).toEqual([1]);
  });

  it('may hold back the stop of a permanent consumer', async () => {
    const { promise, resolve } = deferred();
    const consumer = collector({ handleCancel: () => promise });
    consumer.subscribe(idleProducer()).cancel('over');
    expect(consumer.exited).toBe(false);
    resolve();
    await quiet();
    expect(consumer.exitReason).toBe('over');
  });

  it.each(['handleSubscribe', 'handleCancel', 'handleInfo'] as const)(
    'of %s that rejects stops the stage with its error',
    async (callback) => {
      const producer = idleProducer({}, { [callback]: () => Promise.reject(boom) });
      producer.attach(new Recorder()).cancel();
      producer.info('m');
      await quiet();
      expect(producer.exitReason).toBe(boom);
    },
  );

  it('may be any thenable', () => {
    const thenable = { then: (onValue: (events: readonly number[]) => void) => onValue([1]) };
    const producer = new Stage<never, number>('producer', {
      handleDemand: () => thenable as unknown as PromiseLike<readonly number[]>,
    });
    const consumer = new Recorder<number>();
    const subscription = producer.attach(consumer);
    subscription.ask(1);
    subscription.ask(1);
    expect(consumer.events).toEqual([1, 1]);
  });

  it('is waited for by a stop, which comes after it', async () => {
    const { promise, resolve } = deferred<readonly number[]>();
    const producer = new Stage<never, number>('producer', { handleDemand: () => promise });
    const consumer = new Recorder<number>();
    producer.attach(consumer).ask(1);
    producer.stop('shutdown');
    expect(producer.exited).toBe(false);
    resolve([1]);
    await quiet();
    expect(consumer.events).toEqual([1]);
    expect(consumer.end).toEqual(['down', 'shutdown']);
  });
});

describe('A subscription made while its consumer waits for a promise', () => {
  // Rule 6: an ask in the same frame is not lost.
  it('does not lose an ask in the same frame', async () => {
    const { promise, resolve } = deferred();
    const producer = idleProducer();
    const consumer = collector({ handleInfo: () => promise });
    consumer.info('wait');
    consumer.subscribe(producer, { mode: 'manual' }).ask(2);
    resolve();
    await quiet();
    expect(producer.asks).toEqual([2]);
  });
});
