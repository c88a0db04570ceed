import { Stage } from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { counter, deferred, idleProducer, quiet, range } from './support/stages.ts';

const boom = new Error('boom');

/** A consumer whose batches are handled until the test says so. */
function slowConsumer(): {
  readonly stage: Stage<number>;
  readonly begun: readonly (readonly number[])[];
  readonly finish: () => Promise<void>;
  readonly fail: (error: unknown) => Promise<void>;
} {
  const begun: (readonly number[])[] = [];
  let current = deferred();
  const stage = new Stage<number>('consumer', {
    handleEvents: (events) => {
      begun.push(events);
      current = deferred();
      return current.promise;
    },
  });
  const finish = () => {
    current.resolve();
    return quiet();
  };
  const fail = (error: unknown) => {
    current.reject(error);
    return quiet();
  };
  return { stage, begun, finish, fail };
}

describe('A consumer that handles events by promises', () => {
  it('handles one batch at a time, and asks once it is done', async () => {
    const producer = counter(100);
    const { stage, begun, finish } = slowConsumer();
    stage.subscribe(producer, { maxDemand: 4, minDemand: 2 });
    expect(begun).toEqual([[0, 1]]);
    expect(producer.asks).toEqual([4]);
    await finish();
    expect(begun).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(producer.asks).toEqual([4, 2]);
    await finish();
    expect(begun.at(-1)).toEqual([4, 5]);
    expect(producer.asks).toEqual([4, 2, 2]);
  });

  it('takes nothing else until the promise settles', async () => {
    const log: unknown[] = [];
    const { promise, resolve } = deferred();
    const consumer = new Stage<number>('consumer', {
      handleEvents: (events) => {
        log.push(events);
        return events[0] === 1 ? promise : undefined;
      },
      handleInfo: (message) => {
        log.push(message);
      },
      handleCancel: (_, reason) => {
        log.push(reason);
      },
    });
    const producer = idleProducer();
    const subscription = consumer.subscribe(producer, { cancel: 'temporary' });
    producer.emit([1]);
    consumer.info('m');
    producer.emit([2]);
    subscription.cancel('enough');
    await quiet();
    expect(log).toEqual([[1]]);
    resolve();
    await quiet();
    // As in GenStage, a side message goes to the end of the mail when it is read.
    expect(log).toEqual([[1], [2], 'enough', 'm']);
  });

  it('stops with the error of a promise that rejects', async () => {
    const producer = idleProducer();
    const { stage, begun, fail } = slowConsumer();
    stage.subscribe(producer, { maxDemand: 3 });
    producer.emit([1]);
    producer.emit([2]);
    await fail(boom);
    expect(stage.exitReason).toBe(boom);
    expect(begun).toEqual([[1]]);
    expect(producer.demand).toBe(0);
  });

  it('leaves its producers to the others when it fails', async () => {
    const queue = new Stage<never, number>('producer');
    const { stage, fail } = slowConsumer();
    const other = new Recorder<number>();
    stage.subscribe(queue, { maxDemand: 1 });
    queue.attach(other).ask(2);
    queue.emit([1, 2, 3]);
    expect(other.events).toEqual([1, 2]);
    await fail(boom);
    expect(queue.exited).toBe(false);
    expect([queue.size, queue.demand]).toEqual([0, 0]);
  });

  it('takes events from any number of workers side by side', async () => {
    const queue = new Stage<never, number>('producer');
    const workers = Array.from({ length: 3 }, slowConsumer);
    for (const { stage } of workers) stage.subscribe(queue, { maxDemand: 1 });
    queue.emit(range(0, 5));
    const begun = () => workers.map((worker) => worker.begun.flat());
    expect(begun()).toEqual([[0], [1], [2]]);
    await workers[1]?.finish();
    expect(begun()).toEqual([[0], [1, 3], [2]]);
    expect(queue.peek()).toEqual([4]);
  });
});

describe('A producer that answers demand by promises', () => {
  it('delivers when the promise settles', async () => {
    const { promise, resolve } = deferred<readonly number[]>();
    const producer = new Stage<never, number>('producer', { handleDemand: () => promise });
    const consumer = new Recorder<number>();
    producer.attach(consumer).ask(2);
    await quiet();
    expect(consumer.events).toEqual([]);
    resolve([1, 2, 3]);
    await quiet();
    expect(consumer.events).toEqual([1, 2]);
    expect(producer.peek()).toEqual([3]);
  });

  it('takes no further ask until then, and takes each in its turn', async () => {
    const asks: number[] = [];
    const answers: (() => void)[] = [];
    const producer = new Stage<never, number>('producer', {
      handleDemand: (demand) => {
        asks.push(demand);
        const { promise, resolve } = deferred<readonly number[]>();
        answers.push(() => resolve([demand]));
        return promise;
      },
    });
    const consumer = new Recorder<number>();
    const subscription = producer.attach(consumer);
    subscription.ask(2);
    subscription.ask(3);
    producer.emit([7]);
    await quiet();
    expect(asks).toEqual([2]);
    answers[0]?.();
    await quiet();
    expect(asks).toEqual([2, 3]);
    answers[1]?.();
    await quiet();
    expect(consumer.events).toEqual([2, 3, 7]);
  });

  it('stops with the error of a promise that rejects, and tells its consumers', async () => {
    const producer = new Stage<never, number>('producer', { handleDemand: () => Promise.reject(boom) });
    const consumer = new Recorder<number>();
    producer.attach(consumer).ask(1);
    await quiet();
    expect(producer.exitReason).toBe(boom);
    expect(consumer.end).toEqual(['down', boom]);
  });

  it('takes the subscriptions that come meanwhile, and their asks, afterwards', async () => {
    const { promise, resolve } = deferred<readonly number[]>();
    const producer = new Stage<never, number>('producer', {
      handleDemand: (demand) => (demand === 1 ? promise : range(0, demand)),
    });
    const early = new Recorder<number>();
    const late = new Recorder<number>();
    producer.attach(early).ask(1);
    producer.attach(late).ask(2);
    resolve([9]);
    await quiet();
    expect(early.events).toEqual([9]);
    expect(late.events).toEqual([0, 1]);
  });
});

describe('A producer without handleDemand that waits for a promise', () => {
  it('counts what is emitted at once, and delivers it afterwards', async () => {
    const { promise, resolve } = deferred();
    const queue = new Stage<never, number>('producer', { handleInfo: () => promise });
    const consumer = new Recorder<number>();
    queue.attach(consumer).ask(2);
    queue.info('wait');
    queue.emit([1, 2, 3]);
    queue.push(4);
    expect([queue.size, queue.demand]).toEqual([4, 2]);
    resolve();
    await quiet();
    expect(consumer.batches).toEqual([[1, 2]]);
    expect(queue.peek()).toEqual([3, 4]);
  });
});

describe('A producer-consumer that handles events by promises', () => {
  it('emits what the promise gives, in order', async () => {
    const promises = [deferred<readonly number[]>(), deferred<readonly number[]>()];
    const stage = new Stage<number, number>('producer_consumer', {
      handleEvents: ([event = 0]) => promises[event]?.promise,
    });
    const consumer = new Recorder<number>();
    stage.subscribe(counter(2), { maxDemand: 2, minDemand: 1 });
    stage.attach(consumer).ask(5);
    promises[1]?.resolve([11]);
    await quiet();
    expect(consumer.events).toEqual([]);
    promises[0]?.resolve([10]);
    await quiet();
    expect(consumer.events).toEqual([10, 11]);
  });
});
