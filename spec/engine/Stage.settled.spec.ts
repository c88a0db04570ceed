import {
  NOTHING,
  Stage,
  type ConsumerRef,
  type Dispatcher,
  type DispatcherFactory,
  type Subscription,
} from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { deferred, quiet } from './support/stages.ts';

/** Sends all to the consumer that came last, and remembers what it is told. */
class Watching implements Dispatcher<number> {
  readonly calls: string[] = [];
  demand = 0;
  /** What it answers when it is told of events that are done. */
  passesOn = 0;
  #consumer: ConsumerRef<number> | undefined;

  subscribe(consumer: ConsumerRef<number>): number {
    this.#consumer = consumer;
    this.calls.push(`subscribe${consumer.tells ? ', tells' : ''}`);
    return 0;
  }

  cancel(): number {
    this.calls.push('cancel');
    return 0;
  }

  ask(_: ConsumerRef<number>, demand: number): number {
    this.calls.push(`ask ${demand}`);
    this.demand += demand;
    return demand;
  }

  settled(_: ConsumerRef<number>, events: readonly number[]): number {
    this.calls.push(`settled ${events.join()}`);
    return this.passesOn;
  }

  dispatch(events: readonly number[]): readonly number[] {
    const now = events.slice(0, this.demand);
    this.demand -= now.length;
    this.calls.push(`dispatch ${now.join()}`);
    this.#consumer?.send(now);
    return events.slice(now.length);
  }
}

interface Watched {
  readonly dispatcher: Watching;
  readonly producer: Stage<never, number>;
}

function watched(
  callbacks: ConstructorParameters<typeof Stage<never, number>>[1] = {},
  answersAsker = false,
): Watched {
  const dispatcher = Object.assign(new Watching(), { answersAsker, idle: answersAsker });
  const factory: DispatcherFactory<number> = () => dispatcher;
  return { dispatcher, producer: new Stage<never, number>('producer', callbacks, { dispatcher: factory }) };
}

describe('A stage whose producer’s dispatcher wants to know what is done', () => {
  it('tells of each batch that it has handled, before it asks', () => {
    const { dispatcher, producer } = watched();
    new Stage<number>('consumer').subscribe(producer, { maxDemand: 4, minDemand: 2 });
    producer.emit([1, 2, 3]);
    expect(dispatcher.calls).toEqual([
      ...['subscribe, tells', 'ask 4', 'dispatch 1,2,3'],
      ...['settled 1,2', 'ask 2', 'settled 3'],
    ]);
  });

  it('tells once the promise of the batch has resolved', async () => {
    const { dispatcher, producer } = watched();
    const work = deferred();
    new Stage<number>('consumer', { handleEvents: () => work.promise }).subscribe(producer, { maxDemand: 1 });
    producer.emit([1]);
    await quiet();
    expect(dispatcher.calls.at(-1)).toBe('dispatch 1');
    work.resolve();
    await quiet();
    expect(dispatcher.calls.slice(-2)).toEqual(['settled 1', 'ask 1']);
  });

  it('tells if it is a producer-consumer, as it has passed the results on', () => {
    const { dispatcher, producer } = watched();
    const doubler = new Stage<number, number>('producer_consumer', {
      handleEvents: (events) => events.map((n) => 2 * n),
    });
    doubler.subscribe(producer, { maxDemand: 2, minDemand: 0 });
    const told: string[][] = [];
    const consumer = new Recorder<number>(() => told.push([...dispatcher.calls]));
    doubler.attach(consumer).ask(5);
    producer.emit([1, 2]);
    expect(consumer.events).toEqual([2, 4]);
    expect(told.map((calls) => calls.at(-1))).toEqual(['dispatch 1,2']);
    expect(dispatcher.calls.slice(-2)).toEqual(['settled 1,2', 'ask 2']);
  });

  it('tells if it asks by itself, in the middle of the batch', () => {
    const { dispatcher, producer } = watched();
    const consumer = new Stage<number>('consumer', {
      handleEvents: (_, from) => {
        from.ask(1);
      },
    });
    consumer.subscribe(producer, { mode: 'manual' }).ask(2);
    producer.emit([1, 2]);
    expect(dispatcher.calls.slice(-3)).toEqual(['dispatch 1,2', 'ask 1', 'settled 1,2']);
  });

  it('does not tell of a batch that it stopped in', () => {
    const { dispatcher, producer } = watched();
    const consumer = new Stage<number>('consumer', {
      handleEvents: () => {
        throw new Error('boom');
      },
    });
    consumer.subscribe(producer, { maxDemand: 1 });
    producer.emit([1]);
    expect(dispatcher.calls).toEqual(['subscribe, tells', 'ask 1', 'dispatch 1', 'cancel']);
  });

  it('leaves it to whoever defers some of a batch to tell of that batch', () => {
    const { dispatcher, producer } = watched();
    const consumer: Stage<number> = new Stage<number>('consumer', {
      handleEvents: ([event]) => {
        if (event === 1) consumer.process.inbox.deferred = 1;
      },
    });
    consumer.subscribe(producer, { maxDemand: 2 });
    producer.emit([1, 2]);
    expect(dispatcher.calls.filter((call) => call.startsWith('settled'))).toEqual(['settled 2']);
  });
});

describe('Subscription.settled', () => {
  const subscribed = (tells?: boolean) => {
    const { dispatcher, producer } = watched();
    const consumer = Object.assign(new Recorder<number>(), tells === undefined ? {} : { tells });
    return { dispatcher, producer, consumer, subscription: producer.attach(consumer) };
  };

  it('tells the dispatcher', () => {
    const { dispatcher, producer, subscription } = subscribed(true);
    expect(subscription.wantsSettled).toBe(true);
    subscription.ask(1);
    producer.emit([1]);
    subscription.settled([1]);
    expect(dispatcher.calls).toEqual(['subscribe, tells', 'ask 1', 'dispatch 1', 'settled 1']);
  });

  it('is known to the dispatcher as what a consumer does, if it says so', () => {
    expect(subscribed(false).dispatcher.calls).toEqual(['subscribe']);
    expect(subscribed().dispatcher.calls).toEqual(['subscribe']);
  });

  it('passes on the demand that the dispatcher answers with', () => {
    const asks: number[] = [];
    const { dispatcher, producer } = watched({ handleDemand: (demand) => void asks.push(demand) });
    const subscription = producer.attach(new Recorder());
    dispatcher.passesOn = 3;
    subscription.settled([1]);
    expect(asks).toEqual([3]);
  });

  it('waits until the producer is not busy', () => {
    const { dispatcher, producer } = watched();
    const consumer = new Recorder<number>((events, self) => {
      self.settled(events);
      dispatcher.calls.push('received');
    });
    producer.attach(consumer).ask(1);
    producer.emit([1]);
    expect(dispatcher.calls.slice(-3)).toEqual(['dispatch 1', 'received', 'settled 1']);
  });

  it('does nothing after the end of the subscription, nor once the producer has stopped', () => {
    const { dispatcher, producer, subscription } = subscribed(true);
    const other = producer.attach(new Recorder());
    subscription.cancel();
    subscription.settled([1]);
    producer.stop();
    other.settled([1]);
    expect(dispatcher.calls.filter((call) => call.startsWith('settled'))).toEqual([]);
  });

  it('does nothing where the dispatcher does not want to know', () => {
    const producer = new Stage<never, number>('producer');
    const subscription = producer.attach(new Recorder());
    expect(subscription.wantsSettled).toBe(false);
    expect(() => subscription.settled([1])).not.toThrow();
  });

  it.each([undefined, () => [1]])(
    'has pulled events dispatched: its dispatcher has to know of them',
    (answer) => {
      const { producer } = watched(answer ? { handleDemand: answer } : {}, true);
      const consumer = new Recorder<number>();
      if (!answer) producer.emit([1]);
      expect(producer.attach(consumer).pull()).toBe(NOTHING);
      expect(consumer.events).toEqual([1]);
    },
  );

  it('stops a producer whose dispatcher fails in it', () => {
    const { dispatcher, producer, consumer, subscription } = subscribed(true);
    const boom = new Error('boom');
    dispatcher.settled = () => {
      throw boom;
    };
    subscription.settled([1]);
    expect(producer.exitReason).toBe(boom);
    expect(consumer.end).toEqual(['down', boom]);
  });
});

describe('Subscription.cancel', () => {
  /** A queue whose first consumer has got 1 and 2, and a second one which is owed one. */
  function queued(onBatch?: (batch: readonly number[], self: Subscription<number>) => void) {
    const discarded = jest.fn();
    const queue = new Stage<never, number>('producer', { discarded });
    const [first, second] = [new Recorder<number>(onBatch), new Recorder<number>()];
    const subscription = queue.attach(first);
    subscription.ask(2);
    return { discarded, queue, second, subscription };
  }

  it('gives back what is said not to have been begun', () => {
    const { queue, subscription } = queued();
    queue.emit([1, 2, 3]);
    subscription.cancel('normal', [2]);
    expect(queue.peek()).toEqual([2, 3]);
  });

  it('does so before others get any', () => {
    const { queue, second, subscription } = queued();
    queue.emit([1, 2]);
    const other = queue.attach(second);
    other.ask(2);
    subscription.cancel('normal', [1, 2]);
    expect(second.batches).toEqual([[1, 2]]);
  });

  it('does so if it is said while they are being received', () => {
    const { queue, second } = queued(([event], self) => {
      if (event === 1) self.cancel('normal', [2]);
    });
    queue.attach(second).ask(1);
    queue.emit([1, 2, 3]);
    expect(second.events).toEqual([3]);
    expect(queue.peek()).toEqual([2]);
  });

  it('does not hand them back once the producer has stopped: they are discarded', () => {
    const { discarded, queue, subscription } = queued();
    queue.emit([1, 2]);
    queue.stop();
    subscription.cancel('normal', [2]);
    expect(discarded.mock.calls).toEqual([[[2], 'stopped']]);
  });
});
