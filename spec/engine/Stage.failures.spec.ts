import {
  BroadcastDispatcher,
  DemandDispatcher,
  PartitionDispatcher,
  Stage,
  type ConsumerEnd,
  type Dispatcher,
} from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { collector, counter, idleProducer, quiet } from './support/stages.ts';

const boom = new Error('boom');
const crash = (): never => {
  throw boom;
};

describe('A callback that throws', () => {
  it.each(['handleSubscribe', 'handleDemand', 'handleInfo', 'handleCancel'])(
    'stops the producer with its error (%s)',
    (callback) => {
      const terminate = jest.fn();
      const producer = new Stage<never, number>('producer', { [callback]: crash, terminate });
      const consumer = new Recorder<number>();
      const subscription = producer.attach(consumer);
      subscription.ask(1);
      producer.info('m');
      subscription.cancel();
      expect(producer.exitReason).toBe(boom);
      expect(terminate.mock.calls).toEqual([[boom]]);
    },
  );

  it('of a producer stops its consumers with the same error', () => {
    const producer = new Stage<never, number>('producer', { handleDemand: crash });
    const consumer = collector();
    consumer.subscribe(producer);
    expect(consumer.exitReason).toBe(boom);
  });

  it('of a consumer stops only the consumer', () => {
    const producer = counter(100);
    const consumer = collector({ handleEvents: crash });
    const other = new Recorder<number>();
    consumer.subscribe(producer, { maxDemand: 3 });
    expect(consumer.exitReason).toBe(boom);
    expect(producer.exited).toBe(false);
    producer.attach(other).ask(1);
    expect(other.events).toEqual([3]);
  });

  it('stops a consumer at its handleSubscribe or handleCancel, too', () => {
    const one = collector({ handleSubscribe: crash });
    const two = collector({ handleCancel: crash });
    const producer = idleProducer();
    one.subscribe(producer);
    two.subscribe(producer, { cancel: 'temporary' }).cancel();
    expect([one.exitReason, two.exitReason]).toEqual([boom, boom]);
    expect(producer.demand).toBe(0);
  });

  it('leaves the batches behind it unhandled', () => {
    const handled: (readonly number[])[] = [];
    const consumer = collector({
      handleEvents: (events) => {
        handled.push(events);
        crash();
      },
    });
    consumer.subscribe(counter(10), { maxDemand: 4, minDemand: 2 });
    expect(handled).toEqual([[0, 1]]);
  });
});

describe('An answer that is none', () => {
  it.each([
    [5, '5'],
    [{ events: [] }, 'an object'],
    [true, 'true'],
  ])('stops the stage (%p)', (answer, shown) => {
    const producer = new Stage<never, number>('producer', { handleDemand: () => answer as never });
    producer.attach(new Recorder()).ask(1);
    expect(producer.exitReason).toEqual(
      new TypeError(`Expected \`answer\` to be an iterable of events, or nothing, got ${shown}`),
    );
  });

  it('is any event of a consumer', () => {
    const consumer = collector({ handleEvents: () => [1] as never });
    consumer.subscribe(counter(1));
    expect(consumer.exitReason).toEqual(
      new TypeError('Expected `answer` to be nothing: a consumer emits no events, got an array of 1'),
    );
  });

  it.each([[null], [undefined], [[]], [new Set()]])('may be %p instead of nothing', (answer) => {
    const consumer = collector({ handleEvents: () => answer as never });
    consumer.subscribe(counter(1));
    expect(consumer.exited).toBe(false);
  });

  // The stage has stopped: it must not be called back any more.
  it('of handleCancel is the last that is heard of the stage', () => {
    const producer = idleProducer(
      { dispatcher: (host) => new BroadcastDispatcher(host) },
      { handleCancel: () => 5 as never },
    );
    const [fast, slow] = [producer.attach(new Recorder()), producer.attach(new Recorder())];
    fast.ask(3);
    slow.cancel();
    expect(producer.exited).toBe(true);
    expect(producer.asks).toEqual([]);
  });
});

// As in GenStage; and whoever happened to call the stage is not thrown at.
describe('A stage in which something else throws', () => {
  it('is stopped by an answer whose iteration throws', () => {
    const producer = new Stage<never, number>('producer', {
      *handleDemand() {
        yield 1;
        crash();
      },
    });
    const subscription = producer.attach(new Recorder());
    subscription.ask(2);
    expect(producer.exitReason).toBe(boom);
  });

  it('discards an event that the hash of its partitions throws at, and goes on', () => {
    const warned = jest.spyOn(console, 'warn').mockImplementation();
    const discarded = jest.fn();
    const hash = (n: number): readonly [number, number] => (n < 0 ? crash() : [n, 0]);
    const producer = new Stage<never, number>(
      'producer',
      { discarded },
      { dispatcher: (host) => new PartitionDispatcher({ partitions: 1, hash }, host) },
    );
    const consumer = new Recorder<number>();
    producer.attach(consumer, { partition: 0 }).ask(9);
    producer.emit([1, -1, 2]);
    producer.emit([-2, 3]);
    expect(consumer.events).toEqual([1, 2, 3]);
    expect(discarded.mock.calls).toEqual([
      [[-1], 'unroutable'],
      [[-2], 'unroutable'],
    ]);
    expect(warned).toHaveBeenCalledTimes(1);
    warned.mockRestore();
  });

  it('is stopped where the hash that is there by default can serve nothing', () => {
    const producer = new Stage<never, object>(
      'producer',
      {},
      { dispatcher: (host) => new PartitionDispatcher<object>({ partitions: 1 }, host) },
    );
    producer.attach(new Recorder(), { partition: 0 }).ask(1);
    producer.emit([{}]);
    expect(producer.exitReason).toBeInstanceOf(TypeError);
  });

  it('ends the subscription of a consumer whose selector throws, and no other', () => {
    const producer = new Stage<never, number>(
      'producer',
      {},
      { dispatcher: (host) => new BroadcastDispatcher(host) },
    );
    const [broken, other] = [new Recorder<number>(), new Recorder<number>()];
    producer.attach(broken, { selector: crash }).ask(2);
    producer.attach(other).ask(2);
    producer.emit([1]);
    producer.emit([2]);
    expect(broken.end).toEqual(['cancel', boom]);
    expect(other.events).toEqual([1, 2]);
    expect(producer.exited).toBe(false);
  });

  it.each(['ask', 'cancel', 'dispatch', 'info'] as const)('is stopped by its dispatcher (%s)', (method) => {
    const dispatcher: Dispatcher<number> = {
      demand: 1,
      subscribe: () => 0,
      cancel: () => 0,
      ask: () => 0,
      dispatch: () => [],
      [method]: crash,
    };
    const producer = new Stage<never, number>('producer', {}, { dispatcher: () => dispatcher });
    const subscription = producer.attach(new Recorder());
    subscription.ask(1);
    producer.emit([1]);
    producer.info('m');
    subscription.cancel();
    expect(producer.exitReason).toBe(boom);
  });

  it('is stopped by its discarded callback', () => {
    const producer = new Stage<never, number>('producer', { discarded: crash }, { bufferSize: 0 });
    producer.emit([1]);
    expect(producer.exitReason).toBe(boom);
  });

  it('is stopped by its discarded callback, also if it is called in a delivery', () => {
    const producer = new Stage<never, number>('producer', { discarded: crash }, { bufferSize: 0 });
    producer.attach(new Recorder(() => producer.emit([2]))).ask(1);
    producer.emit([1]);
    expect(producer.exitReason).toBe(boom);
  });

  it('is stopped by its discarded callback, also while it waits for a promise', async () => {
    const callbacks = { discarded: crash, handleInfo: () => Promise.resolve() };
    const producer = new Stage<never, number>('producer', callbacks, { bufferSize: 0 });
    producer.info('wait');
    producer.emit([1]);
    await quiet();
    expect(producer.exitReason).toBe(boom);
  });

  it('tells everyone of its stop, also if that is by the cancel of its dispatcher', () => {
    const terminate = jest.fn();
    const dispatcher = Object.assign(new DemandDispatcher<number>(), { cancel: crash });
    const producer = new Stage<never, number>('producer', { terminate }, { dispatcher: () => dispatcher });
    const staying = new Recorder<number>();
    const leaving = producer.attach(new Recorder());
    producer.attach(staying);
    leaving.cancel();
    expect(staying.end).toEqual(['down', boom]);
    expect(terminate).toHaveBeenCalledWith(boom);
  });

  it('has stopped, and its consumers know, when terminate throws', () => {
    const producer = new Stage<never, number>('producer', { terminate: crash });
    const consumer = new Recorder<number>();
    producer.attach(consumer);
    producer.stop('shutdown');
    expect(producer.exitReason).toBe('shutdown');
    expect(consumer.end).toEqual(['down', 'shutdown']);
  });
});

describe('A consumer, no stage, that throws', () => {
  it('has left with its error when it is in receive, and the others go on', () => {
    const queue = new Stage<never, number>('producer');
    const [broken, other] = [new Recorder<number>(crash), new Recorder<number>()];
    queue.attach(broken).ask(2);
    queue.attach(other).ask(1);
    queue.emit([1, 2, 3]);
    expect(broken.end).toEqual(['cancel', boom]);
    expect(other.events).toEqual([3]);
    expect(queue.exited).toBe(false);
  });

  const brokenEnd: ConsumerEnd<number> = { receive: () => {}, ended: crash };
  let logged: jest.SpyInstance;

  beforeEach(() => {
    logged = jest.spyOn(console, 'warn').mockImplementation();
  });

  afterEach(() => {
    logged.mockRestore();
  });

  it('leaves the others alone when it is in ended', () => {
    const queue = new Stage<never, number>('producer');
    const other = new Recorder<number>();
    const broken = queue.attach(brokenEnd);
    queue.attach(other).ask(1);
    broken.cancel();
    queue.emit([1]);
    expect(other.events).toEqual([1]);
    expect(logged).toHaveBeenCalledWith(expect.stringContaining('end of its subscription'), boom);
  });

  it('does not keep the others from being told of a stop', () => {
    const queue = new Stage<never, number>('producer');
    const other = new Recorder<number>();
    queue.attach(brokenEnd);
    queue.attach(other);
    queue.stop('shutdown');
    expect(other.end).toEqual(['down', 'shutdown']);
  });
});
