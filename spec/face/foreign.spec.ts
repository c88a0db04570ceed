import {
  EMPTY,
  NEVER,
  type Observable,
  Subject,
  concat,
  concatMap,
  from,
  map,
  merge,
  of,
  scan,
  take,
  tap,
  throwError,
} from 'rxjs';
import {
  DemandQueue,
  ExcessEventsError,
  consume,
  fromIterable,
  handleEvents,
  mergeProducers,
  stage,
  tapDemand,
  through,
  toAsyncIterable,
  type Consumer,
  type Producer,
} from '../../src/index.ts';
import { plainProducer } from '../support/plainProducer.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { range, record, settled } from '../support/record.ts';

// Producers of another making: objects with `events` and `pipe`, of which nothing else is known.

const boom = new Error('boom');

/** Answers each ask with so many numbers, counting on. */
function counter(log: unknown[] = []): Producer<number> {
  return plainProducer((demand) =>
    demand.pipe(
      tap((count) => log.push(count)),
      scan(({ next }, count) => ({ first: next, next: next + count }), { first: 0, next: 0 }),
      map(({ first, next }) => range(next).slice(first)),
    ),
  );
}

const consumers: readonly (readonly [string, Consumer<number, number>])[] = [
  ['consume', consume({ maxDemand: 3 })],
  ['handleEvents', handleEvents((events) => events, { maxDemand: 4 })],
  [
    'a stage',
    (source) =>
      (source as Producer<number>).pipe(
        stage((n) => n),
        consume(),
      ),
  ],
  [
    'a stage per batch',
    (source) =>
      (source as Producer<number>).pipe(
        stage((n) => n, { per: 'batch' }),
        consume(),
      ),
  ],
  ['through', (source) => (source as Producer<number>).pipe(through(map((n) => n)), consume())],
  [
    'tapDemand',
    (source) =>
      (source as Producer<number>).pipe(
        tapDemand(() => {}),
        consume(),
      ),
  ],
  ['mergeProducers', (source) => mergeProducers([source as Producer<number>]).pipe(consume())],
];

describe.each(consumers)('A foreign producer before %s', (_, consumer) => {
  it('is asked through its demand Observable', () => {
    const asked: number[] = [];
    const got = record(consumer(counter(asked)), (n, leave) => {
      if (n === 19) leave();
    });
    expect(got.values).toEqual(range(20));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every((count) => count > 0)).toBe(true);
  });

  it.each<[string, Observable<readonly number[]>, unknown]>([
    ['completes', EMPTY, 'complete'],
    ['errors', throwError(() => boom), boom],
    ['does nothing', NEVER, undefined],
  ])('that %s ends it so', (__, events, ended) => {
    const got = record(consumer(plainProducer(() => events)));
    expect([got.values, got.ended]).toEqual([[], ended]);
  });

  it('is unsubscribed from when it is left', () => {
    const events = new Subject<readonly number[]>();
    const got = record(consumer(plainProducer(() => events)));
    expect(events.observed).toBe(true);
    got.unsubscribe();
    expect(events.observed).toBe(false);
  });

  it('that delivers more than was asked for ends it, after what was', () => {
    const pushy = plainProducer<number>((demand) =>
      demand.pipe(
        map((count) => range(count + 2)),
        take(1),
      ),
    );
    const got = record(consumer(pushy));
    expect(got.ended).toBeInstanceOf(ExcessEventsError);
    const { events } = got.ended as ExcessEventsError;
    expect(events).toHaveLength(2);
    expect([...got.values, ...events]).toEqual(range(got.values.length + 2));
  });

  it('that delivers before it is asked ends it', () => {
    const hasty = plainProducer<number>(() => concat(of([1, 2]), NEVER));
    const got = record(consumer(hasty));
    expect((got.ended as ExcessEventsError).events).toEqual([1, 2]);
    expect(got.values).toEqual([]);
  });

  it('may deliver empty batches, and later', async () => {
    const slow = plainProducer<number>((demand) =>
      demand.pipe(concatMap((count) => merge(of([]), from(Promise.resolve(range(count)))))),
    );
    const got = record(consumer(slow), (__, leave) => leave());
    await settled();
    expect(got.values).toEqual([0]);
  });
});

describe('A foreign producer', () => {
  it('is read by for await', async () => {
    const events: number[] = [];
    for await (const n of toAsyncIterable(counter())) {
      events.push(n);
      if (n === 4) break;
    }
    expect(events).toEqual(range(5));
  });

  it('is subscribed to once for each consumer, and once for all consumers of a stage', () => {
    let subscriptions = 0;
    const source = plainProducer<number>(() => {
      subscriptions++;
      return NEVER;
    });
    record(source.pipe(consume()));
    record(source.pipe(consume()));
    expect(subscriptions).toBe(2);
    const shared = source.pipe(stage((n) => n));
    const first = new RawConsumer(shared);
    const second = new RawConsumer(shared);
    first.ask(1);
    second.ask(1);
    expect(subscriptions).toBe(3);
  });

  it('hears of demand that comes before it listens, once it does', () => {
    const heard: number[] = [];
    const late = new Subject<void>();
    const source = plainProducer<number>((demand) =>
      late.pipe(
        concatMap(() =>
          demand.pipe(
            tap((count) => heard.push(count)),
            map((count) => range(count)),
          ),
        ),
      ),
    );
    const got = record(source.pipe(consume({ maxDemand: 2 })), (_, leave) => leave());
    expect(heard).toEqual([]);
    late.next();
    expect(heard[0]).toBe(2);
    expect(got.values).toEqual([0]);
  });

  it('that throws when it is subscribed to errors its consumer', () => {
    const broken = plainProducer<number>(() => {
      throw boom;
    });
    for (const [, consumer] of consumers) expect(record(consumer(broken)).ended).toBe(boom);
  });

  it('may be made of one of ours', () => {
    const queue = new DemandQueue<number>();
    const doubled = plainProducer<number>((demand) =>
      queue.events(demand).pipe(map((batch) => batch.map((n) => n * 2))),
    );
    queue.enqueue(range(5));
    const got = record(
      doubled.pipe(
        stage((n) => n, { maxDemand: 2 }),
        consume({ maxDemand: 2 }),
      ),
    );
    expect(got.values).toEqual([0, 2, 4, 6, 8]);
    got.unsubscribe();
    expect(queue.demand).toBe(0);
  });
});

describe('events of any producer', () => {
  const source = fromIterable(range(10));

  it.each([0, -1, 1.5, NaN, '2'])('errors on demand of %p', (bad) => {
    const got = record(source.events(of(bad as number)));
    expect((got.ended as Error).message).toBe(
      `Expected \`demand\` to be a positive integer or Infinity, got ${typeof bad === 'string' ? `'${bad}'` : bad}`,
    );
  });

  it('errors when its demand does, and delivers what is owed after that has completed', () => {
    expect(record(source.events(throwError(() => boom))).ended).toBe(boom);
    const queue = new DemandQueue<number>();
    const got = record(queue.pipe(stage((n) => n, { maxDemand: 2 })).events(of(2)));
    queue.enqueue(range(3));
    expect(got.values.flat()).toEqual([0, 1]);
    expect(got.ended).toBeUndefined();
  });

  it('takes asks from inside a delivery, and gives back what comes after it was left', () => {
    const demand = new Subject<number>();
    const seen: number[] = [];
    const subscription = source.events(demand).subscribe((batch) => {
      seen.push(...batch);
      if (seen.length < 6) demand.next(2);
      else subscription.unsubscribe();
    });
    demand.next(2);
    expect(seen).toEqual(range(6));
    expect(demand.observed).toBe(false);
  });
});
