import { of } from 'rxjs';
import {
  DemandQueue,
  broadcast,
  consume,
  demandMap,
  fromIterable,
  handleEvents,
  producer,
  stage,
  tapDemand,
  type Consumer,
  type ProducerSubscription,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { plainProducer } from '../support/plainProducer.ts';
import { naturals, range, record } from '../support/record.ts';

describe('tapDemand', () => {
  it('looks at each ask before it is answered, and changes nothing', () => {
    const log: unknown[] = [];
    const source = producer((demand) => {
      log.push(`answers ${demand}`);
      return demand === Infinity ? [] : range(demand);
    }).pipe(tapDemand((demand) => log.push(`asked for ${demand}`)));
    const consumer = new RawConsumer(source);
    consumer.ask(2);
    consumer.ask(Infinity);
    expect(log).toEqual(['asked for 2', 'answers 2', 'asked for Infinity', 'answers Infinity']);
    expect(consumer.events).toEqual([0, 1]);
    consumer.unsubscribe();
  });

  it('gets the asks of all consumers, as they come', () => {
    marbles(({ queue, demand, expectObservable, expectDemand, flush, scheduler }) => {
      const log: unknown[] = [];
      const events = queue(' (abcde)-');
      const asked1 = '       -1-2-----';
      const asked2 = '       --2------';
      const asked = '        -122-----';
      const source = events.pipe(tapDemand((count) => log.push([scheduler.now(), count])));
      expectObservable(source.events(demand(asked1))).toBe('-a-x', { a: ['a'], x: ['d', 'e'] });
      expectObservable(source.events(demand(asked2))).toBe('--x-', { x: ['b', 'c'] });
      expectDemand(events).toBe(asked);
      flush();
      expect(log).toEqual([
        [1, 1],
        [2, 2],
        [3, 2],
      ]);
    });
  });

  const consumers: readonly (readonly [string, Consumer<number, unknown>, number[]])[] = [
    ['handleEvents', handleEvents((events) => events, { maxDemand: 4, minDemand: 3 }), [4, 1, 1, 1]],
    ['consume', consume({ maxDemand: 2, minDemand: 0 }), [2, 2, 2]],
    ['demandMap', demandMap((n) => n, { maxDemand: 2 }), [2, 1, 1, 1]],
    [
      'a stage',
      (source) =>
        (source as DemandQueue<number>).pipe(
          stage((n) => n),
          consume(),
        ),
      [1, 1, 1, 1],
    ],
  ];
  it.each(consumers)('gets the asks of %s', (_, consumer, first) => {
    const asked: number[] = [];
    const got = record(
      consumer(fromIterable(naturals()).pipe(tapDemand((demand) => asked.push(demand)))),
      (n, leave) => {
        if (n === 9) leave();
      },
    );
    expect(got.values).toEqual(range(10));
    expect(asked.slice(0, first.length)).toEqual(first);
  });

  it.each<[string, () => DemandQueue<number>]>([
    ['a queue', () => new DemandQueue()],
    ['a queue that broadcasts', () => new DemandQueue({ dispatcher: broadcast() })],
  ])('sums up to what %s has delivered and owes', (_, open) => {
    const queue = open();
    let asked = 0;
    const tapped = queue.pipe(tapDemand((demand) => (asked += demand)));
    const consumer = new RawConsumer(tapped);
    consumer.ask(3);
    queue.enqueue(range(5));
    consumer.ask(4);
    expect(asked).toBe(7);
    expect(consumer.events).toEqual(range(5));
    expect(queue.demand).toBe(2);
    consumer.unsubscribe();
    expect(queue.demand).toBe(0);
  });

  it('lets the consumer give back what it has not begun', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue(range(5));
    record(
      queue.pipe(
        tapDemand(() => {}),
        tapDemand(() => {}),
        consume(),
      ),
      (n, leave) => {
        if (n === 1) leave();
      },
    );
    expect(queue.peek()).toEqual([2, 3, 4]);
  });

  it('lets the consumer begin its subscription anew in one step', () => {
    const queue = new DemandQueue<number>();
    let subscription!: ProducerSubscription;
    const handleSubscribe = (its: ProducerSubscription) => {
      subscription = its;
    };
    const got = record(
      queue.pipe(
        tapDemand(() => {}),
        handleEvents((events) => events, { maxDemand: 2, handleSubscribe }),
      ),
    );
    subscription.resubscribe({ maxDemand: 5 });
    expect(queue.demand).toBe(5);
    queue.enqueue(range(3));
    expect(got.values).toEqual(range(3));
  });

  it('passes on the options of its consumers', () => {
    const queue = new DemandQueue<number>({ dispatcher: broadcast() });
    const tapped = queue.pipe(tapDemand(() => {}));
    const all = new RawConsumer(tapped);
    const even = record(tapped.events(of(3), { selector: (n) => (n as number) % 2 === 0 }));
    all.ask(9);
    queue.enqueue(range(5));
    expect(even.values.flat()).toEqual([0, 2, 4]);
    expect(all.events).toEqual(range(5));
  });

  it('looks at a producer of another making', () => {
    const asked: number[] = [];
    const source = plainProducer<number>((demand) => new DemandQueue<number>().events(demand));
    const consumer = new RawConsumer(source.pipe(tapDemand((demand) => asked.push(demand))));
    consumer.ask(3);
    expect(asked).toEqual([3]);
  });

  it('ends as its producer does', () => {
    const completing = new DemandQueue<number>();
    const completed = record(
      completing.pipe(
        tapDemand(() => {}),
        consume(),
      ),
    );
    completing.complete();
    const erroring = new DemandQueue<number>();
    const errored = record(
      erroring.pipe(
        tapDemand(() => {}),
        consume(),
      ),
    );
    erroring.error('boom');
    expect([completed.ended, errored.ended]).toEqual(['complete', 'boom']);
  });

  it.each<[string, Consumer<number, unknown>]>([
    ['consume', consume()],
    [
      'a stage',
      (source) =>
        (source as DemandQueue<number>).pipe(
          stage((n) => n),
          consume(),
        ),
    ],
    ['events', (source) => (source as DemandQueue<number>).events(of(1))],
  ])('errors who asks if it throws: %s', (_, consumer) => {
    const queue = new DemandQueue<number>();
    const boom = new Error('boom');
    const tapped = queue.pipe(
      tapDemand(() => {
        throw boom;
      }),
    );
    const got = record(consumer(tapped as never));
    expect(got.ended).toBe(boom);
    // The queue lives on.
    const other = new RawConsumer(queue);
    other.ask(1);
    queue.next(1);
    expect(other.events).toEqual([1]);
    expect(queue.demand).toBe(0);
  });
});
