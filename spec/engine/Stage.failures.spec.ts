import { BroadcastDispatcher, PartitionDispatcher, Stage, type Dispatcher } from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { collector, counter, idleProducer } from './support/stages.ts';

const boom = new Error('boom');
const crash = (): never => {
  throw boom;
};

/** Does what a caller of a stage does; that the stage throws at it is no part of these tests. */
function attempt(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error !== boom) throw error;
  }
}

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

// In each of these the error comes out of whatever call sent the message, and the stage stays busy for ever: it
// takes no more messages, not even `stop`. In GenStage each stops the stage with that error.
describe('A stage in which something else throws', () => {
  it('is stopped by an answer whose iteration throws', () => {
    const producer = new Stage<never, number>('producer', {
      *handleDemand() {
        yield 1;
        crash();
      },
    });
    const subscription = producer.attach(new Recorder());
    attempt(() => subscription.ask(2));
    expect(producer.exitReason).toBe(boom);
  });

  it('is stopped by the hash of its partitions', () => {
    const producer = new Stage<never, number>(
      'producer',
      {},
      { dispatcher: (host) => new PartitionDispatcher({ partitions: 1, hash: crash }, host) },
    );
    producer.attach(new Recorder(), { partition: 0 }).ask(1);
    attempt(() => producer.emit([1]));
    expect(producer.exitReason).toBe(boom);
  });

  it('is stopped by the selector of a consumer', () => {
    const producer = new Stage<never, number>(
      'producer',
      {},
      { dispatcher: (host) => new BroadcastDispatcher(host) },
    );
    producer.attach(new Recorder(), { selector: crash }).ask(1);
    attempt(() => producer.emit([1]));
    expect(producer.exitReason).toBe(boom);
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
    attempt(() => subscription.ask(1));
    attempt(() => producer.emit([1]));
    attempt(() => producer.info('m'));
    attempt(() => subscription.cancel());
    expect(producer.exitReason).toBe(boom);
  });

  it('is stopped by its discarded callback', () => {
    const producer = new Stage<never, number>('producer', { discarded: crash }, { bufferSize: 0 });
    attempt(() => producer.emit([1]));
    expect(producer.exitReason).toBe(boom);
  });

  it('can at least be stopped after a consumer’s receive has thrown', () => {
    const producer = new Stage<never, number>('producer');
    producer.attach(new Recorder(crash)).ask(1);
    attempt(() => producer.emit([1]));
    producer.stop('shutdown');
    expect(producer.exitReason).toBe('shutdown');
  });

  it('has stopped, and its consumers know, when terminate throws', () => {
    const producer = new Stage<never, number>('producer', { terminate: crash });
    const consumer = new Recorder<number>();
    producer.attach(consumer);
    attempt(() => producer.stop('shutdown'));
    expect(producer.exitReason).toBe('shutdown');
    expect(consumer.end).toEqual(['down', 'shutdown']);
  });
});
