import { Subject, VirtualTimeScheduler, defer, throwError } from 'rxjs';
import {
  DemandQueue,
  consume,
  fromIterable,
  fromObservable,
  producer,
  stage,
  tapDemand,
  type CancelMode,
  type ConsumerSubscription,
  type Producer,
  type ProducerSubscription,
  type SubscribeOptions,
} from '../../src/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { range, record } from '../support/record.ts';

const boom = new Error('boom');
type Either = ProducerSubscription | ConsumerSubscription;

/** A stage that does nothing, its subscription, what its hooks were told, and what it asked for. */
function subscribed(source: Producer<number>, options: SubscribeOptions = {}) {
  const told: unknown[] = [];
  const asked: number[] = [];
  const at: { subscription?: ProducerSubscription } = {};
  const staged = source.pipe(
    tapDemand((demand) => asked.push(demand)),
    stage((n) => n, {
      ...options,
      handleSubscribe: (subscription) => {
        told.push(`${subscription.to} subscribed`);
        if (subscription.to === 'producer') at.subscription = subscription;
      },
      handleCancel: (kind, reason, { to }) => {
        told.push([to, kind, reason]);
      },
    }),
  );
  return { asked, told, staged, subscription: () => at.subscription! };
}

describe('stage in manual mode', () => {
  it('asks only by its subscription, and splits no batch', () => {
    const queue = new DemandQueue<number>();
    const { asked, staged, subscription } = subscribed(queue, { mode: 'manual', maxDemand: 2 });
    const consumer = new RawConsumer(staged);
    queue.enqueue(range(10));
    consumer.ask(3);
    expect(asked).toEqual([]);
    subscription().ask(5);
    expect(asked).toEqual([5]);
    expect(consumer.events).toEqual([0, 1, 2, 3, 4].slice(0, 3));
    consumer.ask(7);
    expect(consumer.events).toEqual([0, 1, 2, 3, 4]);
    expect(asked).toEqual([5]);
    subscription().ask(0);
    expect(() => {
      subscription().ask(-1);
    }).toThrow(new RangeError('Expected `demand` to be a positive integer or Infinity, got -1'));
    consumer.unsubscribe();
    subscription().ask(1);
    expect(asked).toEqual([5]);
  });

  it('may ask in the hook, before anybody has asked it', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue(range(3));
    const ahead = queue.pipe(
      stage((n) => n, {
        mode: 'manual',
        handleSubscribe: (subscription: Either) => {
          if (subscription.to === 'producer') subscription.ask(2);
        },
      }),
    );
    const consumer = new RawConsumer(ahead);
    expect(queue.peek()).toEqual([2]);
    consumer.ask(5);
    expect(consumer.events).toEqual([0, 1]);
    consumer.unsubscribe();
  });
});

describe('The cancel mode of a stage', () => {
  const ends: readonly (readonly [CancelMode, 'completes' | 'errors', unknown])[] = [
    ['permanent', 'completes', 'complete'],
    ['permanent', 'errors', boom],
    ['transient', 'completes', 'complete'],
    ['transient', 'errors', boom],
    ['temporary', 'completes', 'complete'],
    ['temporary', 'errors', 'complete'],
  ];
  it.each(ends)('%s: over a producer that %s it ends with %p', (cancel, how, ended) => {
    const queue = new DemandQueue<number>();
    const { told, staged } = subscribed(queue, { cancel });
    const consumer = new RawConsumer(staged);
    consumer.ask(2);
    queue.next(1);
    if (how === 'completes') queue.complete();
    else queue.error(boom);
    expect(consumer.events).toEqual([1]);
    expect(consumer.ended).toBe(ended);
    expect(told).toEqual([
      'producer subscribed',
      'consumer subscribed',
      ['producer', 'down', how === 'completes' ? 'normal' : boom],
    ]);
  });

  it.each<[CancelMode, unknown, unknown]>([
    ['permanent', undefined, 'complete'],
    ['permanent', 'shutdown', 'complete'],
    ['permanent', boom, boom],
    ['transient', undefined, 'complete'],
    ['transient', boom, boom],
    ['temporary', boom, 'complete'],
  ])('%s: cancelled from either side with %p it ends with %p', (cancel, reason, ended) => {
    let toConsumer!: ConsumerSubscription;
    const source = producer<number>((demand) => range(demand), {
      handleSubscribe: (subscription) => {
        toConsumer = subscription;
      },
    });
    const fromBelow = subscribed(source, { cancel });
    const below = new RawConsumer(fromBelow.staged);
    fromBelow.subscription().cancel(reason);
    expect(below.ended).toBe(ended);
    expect(fromBelow.told[2]).toEqual(['producer', 'cancel', reason ?? 'normal']);
    const fromAbove = subscribed(source, { cancel });
    const above = new RawConsumer(fromAbove.staged);
    toConsumer.cancel(reason);
    expect(above.ended).toBe(ended);
    expect(fromAbove.told[2]).toEqual(['producer', 'cancel', reason ?? 'normal']);
  });

  it('lets a survivor deliver what it has before it completes', () => {
    const queue = new DemandQueue<number>();
    const { staged } = subscribed(queue, { cancel: 'temporary', maxDemand: 3 });
    const consumer = new RawConsumer(staged);
    consumer.ask(1);
    queue.enqueue([1, 2, 3]);
    queue.discarded.subscribe();
    queue.error(boom);
    expect(consumer.ended).toBeUndefined();
    consumer.ask(2);
    expect(consumer.events).toEqual([1, 2, 3]);
    expect(consumer.ended).toBe('complete');
  });
});

describe('resubscribeAfterMs of a stage', () => {
  it('subscribes again after that time, as often as it survives', () => {
    const scheduler = new VirtualTimeScheduler();
    const { told, staged } = subscribed(fromIterable([1, 2]), {
      cancel: 'transient',
      resubscribeAfterMs: 10,
      scheduler,
    });
    const at: unknown[] = [];
    const got = record(staged.pipe(consume()), (n, leave) => {
      at.push([n, scheduler.frame]);
      if (at.length === 5) leave();
    });
    scheduler.flush();
    expect(at).toEqual([
      [1, 0],
      [2, 0],
      [1, 10],
      [2, 10],
      [1, 20],
    ]);
    expect(told.filter((what) => what === 'producer subscribed')).toHaveLength(3);
    expect(got.ended).toBeUndefined();
  });

  it('survives errors if it is temporary, and subscribes no more once it is left', () => {
    const scheduler = new VirtualTimeScheduler();
    let subscriptions = 0;
    const failing = fromObservable(throwError(() => (subscriptions++, boom)));
    const { staged, told } = subscribed(failing, { cancel: 'temporary', resubscribeAfterMs: 5, scheduler });
    scheduler.schedule(() => consumer.unsubscribe(), 12);
    const consumer = new RawConsumer(staged);
    consumer.ask(1);
    scheduler.flush();
    expect(subscriptions).toBe(3);
    expect(consumer.ended).toBeUndefined();
    expect(told).toContainEqual(['producer', 'down', boom]);
  });

  it('keeps the demand of its consumers meanwhile', () => {
    const scheduler = new VirtualTimeScheduler();
    const queues = [new DemandQueue<number>(), new DemandQueue<number>()];
    let nth = 0;
    const either: Producer<number> = {
      events: (demand, options) => queues[nth++]!.events(demand, options),
      pipe: queues[0]!.pipe,
    };
    const { staged } = subscribed(either, { cancel: 'transient', resubscribeAfterMs: 10, scheduler });
    const consumer = new RawConsumer(staged);
    consumer.ask(3);
    queues[0]!.next(1);
    queues[0]!.complete();
    scheduler.flush();
    queues[1]!.enqueue([2, 3, 4]);
    expect(consumer.events).toEqual([1, 2, 3]);
  });
});

describe('resubscribe of a stage', () => {
  it.each([undefined, 'shutdown', boom])('begins anew in one step, with reason %p for the old', (reason) => {
    const queue = new DemandQueue<number>();
    const { asked, told, staged, subscription } = subscribed(queue, { maxDemand: 2 });
    const consumer = new RawConsumer(staged);
    consumer.ask(4);
    subscription().resubscribe({ maxDemand: 5 }, reason);
    expect(consumer.ended).toBeUndefined();
    expect(queue.demand).toBe(5);
    expect(asked).toEqual([2, 5]);
    expect(told.slice(2)).toEqual(['producer subscribed', ['producer', 'cancel', reason ?? 'normal']]);
    expect(subscription().options.maxDemand).toBe(5);
    queue.enqueue(range(6));
    expect(consumer.events).toEqual(range(4));
  });

  it('may be called by the function of the stage, and asks once', () => {
    const queue = new DemandQueue<number>();
    let subscription!: ProducerSubscription;
    const staged = queue.pipe(
      stage(
        (n: number) => {
          if (n === 0) subscription.resubscribe({ maxDemand: 3 });
          return n;
        },
        {
          maxDemand: 2,
          handleSubscribe: (either: Either) => {
            if (either.to === 'producer') subscription = either;
          },
        },
      ),
    );
    const consumer = new RawConsumer(staged);
    consumer.ask(10);
    queue.enqueue(range(6));
    expect(consumer.events).toEqual(range(6));
    expect(queue.demand).toBe(3);
    subscription.resubscribe({ maxDemand: 1 });
    expect(queue.demand).toBe(1);
  });

  it('checks the options, and does nothing once the stage has ended', () => {
    const source = new Subject<number>();
    const { staged, subscription } = subscribed(fromObservable(source));
    const consumer = new RawConsumer(staged);
    expect(() => {
      subscription().resubscribe({ maxDemand: 0 });
    }).toThrow(new RangeError('Expected `maxDemand` to be a positive integer or Infinity, got 0'));
    consumer.unsubscribe();
    subscription().resubscribe();
    subscription().cancel();
    expect(source.observed).toBe(false);
  });

  it('leaves no producer running that it has begun in the moment of its end', () => {
    let source = new Subject<number>();
    const shared = fromObservable(defer(() => (source = new Subject())));
    const staged = shared.pipe(
      stage((n) => n, {
        handleCancel: (_, __, subscription) => {
          if (subscription.to === 'producer') subscription.resubscribe();
          throw boom;
        },
      }),
    );
    const consumer = new RawConsumer(staged);
    consumer.ask(1);
    const first = source;
    first.complete();
    expect(consumer.ended).toBe(boom);
    expect(source).not.toBe(first);
    expect(source.observed).toBe(false);
  });
});
