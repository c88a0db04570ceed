import {
  NOTHING,
  Stage,
  SubscriptionRefused,
  type ConsumerRef,
  type Dispatcher,
  type DispatcherHost,
} from '../../src/engine/index.ts';
import { Recorder } from './support/Recorder.ts';
import { collector, idleProducer } from './support/stages.ts';

/** Gives one event after the other to those that are owed one, in the order they asked: as a user might write it. */
class TurnDispatcher<T> implements Dispatcher<T> {
  readonly calls: unknown[] = [];
  /** Whose turn it is, an entry for each event that is owed. */
  readonly #turns: ConsumerRef<T>[] = [];

  get demand(): number {
    return this.#turns.length;
  }

  subscribe(): number {
    this.calls.push('subscribe');
    return 0;
  }

  cancel(consumer: ConsumerRef<T>): number {
    this.calls.push('cancel');
    for (let at = this.#turns.indexOf(consumer); at >= 0; at = this.#turns.indexOf(consumer)) {
      this.#turns.splice(at, 1);
    }
    return 0;
  }

  ask(consumer: ConsumerRef<T>, demand: number): number {
    this.calls.push(`ask ${demand}`);
    for (let i = 0; i < demand; i++) this.#turns.push(consumer);
    return demand;
  }

  dispatch(events: readonly T[]): readonly T[] {
    this.calls.push(`dispatch ${events.join()}`);
    let placed = 0;
    while (placed < events.length && this.#turns.length > 0) {
      this.#turns.shift()?.send(events.slice(placed, ++placed));
    }
    return events.slice(placed);
  }
}

describe('A dispatcher of one’s own', () => {
  it('is made once a stage', () => {
    const factory = jest.fn(() => new TurnDispatcher<number>());
    const stages = [1, 2].map(() => new Stage<never, number>('producer', {}, { dispatcher: factory }));
    expect(factory).toHaveBeenCalledTimes(2);
    const consumers = stages.map((stage) => {
      const consumer = new Recorder<number>();
      stage.attach(consumer).ask(1);
      return consumer;
    });
    stages[0]?.emit([1]);
    expect(consumers.map(({ events }) => events)).toEqual([[1], []]);
  });

  it('is told of consumers, demand and events, and decides who gets what', () => {
    const dispatcher = new TurnDispatcher<number>();
    const queue = new Stage<never, number>('producer', {}, { dispatcher: () => dispatcher });
    const consumers = [new Recorder<number>(), new Recorder<number>()] as const;
    const [a, b] = [queue.attach(consumers[0]), queue.attach(consumers[1])];
    a.ask(1);
    b.ask(1);
    a.ask(2);
    queue.emit([1, 2, 3, 4, 5]);
    b.cancel('enough');
    expect(consumers.map(({ batches }) => batches)).toEqual([[[1], [3], [4]], [[2]]]);
    expect(queue.peek()).toEqual([5]);
    expect(dispatcher.calls).toEqual([
      ...['subscribe', 'subscribe', 'ask 1', 'ask 1', 'ask 2'],
      ...['dispatch 1,2,3,4', 'cancel'],
    ]);
  });

  it('has its demand passed on, and what it cannot place is buffered', () => {
    const producer = idleProducer({ dispatcher: () => new TurnDispatcher() });
    const consumer = new Recorder<number>();
    producer.attach(consumer).ask(2);
    expect(producer.asks).toEqual([2]);
    producer.emit([1, 2, 3]);
    expect(consumer.events).toEqual([1, 2]);
    expect(producer.peek()).toEqual([3]);
  });

  it('has events put back that it said it had demand for', () => {
    const dispatcher = Object.assign(new TurnDispatcher<number>(), {
      dispatch: (events: readonly number[]) => events,
    });
    const queue = new Stage<never, number>('producer', {}, { dispatcher: () => dispatcher });
    queue.attach(new Recorder()).ask(2);
    queue.emit([1, 2]);
    queue.emit([3]);
    expect(queue.peek()).toEqual([1, 2, 3]);
  });

  it.each([
    [true, 1],
    [false, NOTHING],
  ])('hands a waiting event to a pull only if it answers the asker (%p)', (answersAsker, pulled) => {
    const dispatcher = Object.assign(new TurnDispatcher<number>(), { answersAsker });
    const queue = new Stage<never, number>('producer', {}, { dispatcher: () => dispatcher });
    const consumer = new Recorder<number>();
    queue.emit([1]);
    expect(queue.attach(consumer).pull()).toBe(pulled);
    expect([...consumer.events, pulled]).toContain(1);
    expect(queue.size).toBe(0);
  });

  it('refuses a consumer by SubscriptionRefused, with its reason', () => {
    const dispatcher = Object.assign(new TurnDispatcher<number>(), {
      subscribe: () => {
        throw new SubscriptionRefused('full');
      },
    });
    const handleCancel = jest.fn();
    const producer = idleProducer({ dispatcher: () => dispatcher }, { handleCancel });
    const consumer = collector();
    const subscription = consumer.subscribe(producer, { cancel: 'temporary' });
    subscription.ask(3);
    expect(consumer.ends).toEqual([['cancel', 'full']]);
    expect(handleCancel.mock.calls).toEqual([['cancel', 'full', subscription]]);
    expect(producer.asks).toEqual([]);
    expect(producer.exited).toBe(false);
  });

  it('refuses a consumer by any other error, too: that is the reason then', () => {
    const boom = new Error('boom');
    const dispatcher = Object.assign(new TurnDispatcher<number>(), {
      subscribe: () => {
        throw boom;
      },
    });
    const consumer = new Recorder<number>();
    const producer = idleProducer({ dispatcher: () => dispatcher });
    producer.attach(consumer);
    expect(consumer.end).toEqual(['cancel', boom]);
    expect(producer.exited).toBe(false);
  });

  it('refuses a consumer by the SubscriptionRefused of another copy of the package', () => {
    const dispatcher = Object.assign(new TurnDispatcher<number>(), {
      subscribe: () => {
        throw Object.assign(new Error('refused'), { name: 'SubscriptionRefused', reason: 'full' });
      },
    });
    const consumer = new Recorder<number>();
    idleProducer({ dispatcher: () => dispatcher }).attach(consumer);
    expect(consumer.end).toEqual(['cancel', 'full']);
  });

  it('may ask for a consumer; that takes effect after its own call', () => {
    let host: DispatcherHost<number> | undefined;
    class Generous extends TurnDispatcher<number> {
      override dispatch(events: readonly number[]): readonly number[] {
        const left = super.dispatch(events);
        if (events[0] === 1 && this.first) host?.ask(this.first, 2);
        this.calls.push('dispatched');
        return left;
      }
      first: ConsumerRef<number> | undefined;
      override ask(consumer: ConsumerRef<number>, demand: number): number {
        this.first = consumer;
        return super.ask(consumer, demand);
      }
    }
    const dispatcher = new Generous();
    const producer = idleProducer({
      dispatcher: (of) => {
        host = of;
        return dispatcher;
      },
    });
    producer.attach(new Recorder()).ask(1);
    producer.emit([1]);
    expect(dispatcher.calls).toEqual(['subscribe', 'ask 1', 'dispatch 1', 'dispatched', 'ask 2']);
    expect(producer.asks).toEqual([1, 2]);
  });

  it('may hold side messages back, and drop events', () => {
    const log: unknown[] = [];
    const held: unknown[] = [];
    let host: DispatcherHost<number> | undefined;
    const dispatcher = Object.assign(new TurnDispatcher<number>(), {
      info: (message: unknown) => {
        held.push(message);
      },
    });
    const stage = new Stage<never, number>(
      'producer',
      {
        handleInfo: (message) => void log.push(message),
        discarded: (events) => log.push(...events),
      },
      {
        dispatcher: (of) => {
          host = of;
          return dispatcher;
        },
      },
    );
    stage.info('m');
    expect([log, held]).toEqual([[], ['m']]);
    host?.deliverInfo('m');
    host?.discarded([7], 'unroutable');
    expect(log).toEqual(['m', 7]);
  });

  it('may drop events; that takes effect after its own call', () => {
    const log: string[] = [];
    const stage = new Stage<never, number>(
      'producer',
      { discarded: () => void log.push('discarded') },
      {
        dispatcher: (host) =>
          Object.assign(new TurnDispatcher<number>(), {
            dispatch: (events: readonly number[]) => {
              host.discarded(events, 'unroutable');
              log.push('dispatched');
              return [];
            },
          }),
      },
    );
    stage.attach(new Recorder()).ask(1);
    stage.emit([1]);
    expect(log).toEqual(['dispatched', 'discarded']);
  });
});

describe('SubscriptionRefused', () => {
  it('is an error with the reason', () => {
    const error = new SubscriptionRefused('full');
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.reason, error.cause]).toEqual(['SubscriptionRefused', 'full', 'full']);
    expect(error.message).toBe('The dispatcher has refused the subscription: full');
  });
});
