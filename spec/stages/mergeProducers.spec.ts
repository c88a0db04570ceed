import { NEVER, Subject, delay, filter, map, of } from 'rxjs';
import {
  DemandQueue,
  broadcast,
  consume,
  demandMap,
  fromIterable,
  fromObservable,
  handleEvents,
  mergeProducers,
  producer,
  stage,
  tapDemand,
  through,
  type DiscardCause,
  type Producer,
  type ProducerSubscription,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { naturals, range, record } from '../support/record.ts';

const boom = new Error('boom');

describe('mergeProducers', () => {
  it('asks each for its own demand when it is asked, and gives what comes', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const letters = queue('  -a--b-c---|');
      const digits = queue('   ---1-2-|   ');
      const askedLetters = '   11--1-1';
      const askedDigits = '    1--1-1';
      const expected = '       -a-xbyc---|';
      expectObservable(mergeProducers([letters, digits]).pipe(consume())).toBe(expected, {
        ...{ a: 'a', b: 'b', c: 'c' },
        ...{ x: '1', y: '2' },
      });
      expectDemand(letters).toBe(askedLetters);
      expectDemand(digits).toBe(askedDigits);
    });
  });

  it('asks none before it is asked', () => {
    const asked: number[] = [];
    const tapped = [fromIterable([1]), fromIterable([2])].map((source) =>
      source.pipe(tapDemand((demand) => asked.push(demand))),
    );
    const consumer = new RawConsumer(mergeProducers(tapped));
    expect(asked).toEqual([]);
    consumer.ask(1);
    expect(asked.length).toBeGreaterThanOrEqual(2);
    expect(consumer.events).toHaveLength(1);
  });

  it('holds one event of each until it is asked for it, and keeps the order of each', () => {
    const queues = [new DemandQueue<string>(), new DemandQueue<string>()];
    const consumer = new RawConsumer(mergeProducers(queues));
    queues[0]!.enqueue(['a1', 'a2', 'a3']);
    queues[1]!.enqueue(['b1', 'b2', 'b3']);
    consumer.ask(1);
    expect(queues.map((queue) => queue.size)).toEqual([1, 2]);
    consumer.ask(5);
    expect(consumer.events.filter((event) => event.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(consumer.events.filter((event) => event.startsWith('b'))).toEqual(['b1', 'b2', 'b3']);
  });

  it('asks each as it is told to', () => {
    const asked: [string, number][] = [];
    const tap = (name: string) => tapDemand<number>((demand) => asked.push([name, demand]));
    const merged = mergeProducers([
      fromIterable(naturals()).pipe(tap('one')),
      [fromIterable(naturals()).pipe(tap('many')), { maxDemand: 4, minDemand: 2 }],
    ]);
    const consumer = new RawConsumer(merged);
    consumer.ask(1);
    expect(asked.slice(0, 2)).toEqual([
      ['one', 1],
      ['many', 4],
    ]);
    consumer.ask(20);
    expect(
      asked
        .filter(([name]) => name === 'many')
        .slice(1)
        .every(([, demand]) => demand === 2),
    ).toBe(true);
    consumer.unsubscribe();
  });

  it('is not held up by a source that gives nothing', () => {
    const got = record(mergeProducers([fromObservable(NEVER), fromIterable(range(5))]).pipe(consume()));
    expect(got.values).toEqual(range(5));
    expect(got.ended).toBeUndefined();
    got.unsubscribe();
  });

  it.each<[string, readonly Producer<number>[]]>([
    ['no sources', []],
    ['empty ones', [fromIterable([]), fromIterable([])]],
    ['those that have ended', [new DemandQueue<number>(), new DemandQueue<number>()]],
  ])('completes with %s', (_, sources) => {
    for (const source of sources) if (source instanceof DemandQueue) source.complete();
    const got = record(mergeProducers(sources).pipe(consume()));
    expect(got.values).toEqual([]);
    expect(got.ended).toBe('complete');
  });

  it('completes when all have, after the last event', () => {
    const queues = [new DemandQueue<number>(), new DemandQueue<number>()];
    const consumer = new RawConsumer(mergeProducers(queues));
    consumer.ask(1);
    queues[0]!.enqueue([1, 2]);
    queues[0]!.complete();
    queues[1]!.complete();
    expect(consumer.ended).toBeUndefined();
    consumer.ask(1);
    expect(consumer.events).toEqual([1, 2]);
    expect(consumer.ended).toBe('complete');
  });

  it('errors at once when one errors, and gives back what had come from the others', () => {
    const queues = [new DemandQueue<number>(), new DemandQueue<number>()];
    const consumer = new RawConsumer(mergeProducers(queues));
    consumer.ask(1);
    queues[0]!.enqueue([1, 2, 3]);
    queues[1]!.enqueue([4]);
    queues[1]!.discarded.subscribe();
    queues[1]!.error(boom);
    expect(consumer.events).toEqual([1]);
    expect(consumer.ended).toBe(boom);
    expect(queues[0]!.peek()).toEqual([2, 3]);
  });

  it('survives the error of a temporary one, and ends with a permanent one', () => {
    const queues = range(3).map(() => new DemandQueue<number>());
    const merged = mergeProducers([
      [queues[0]!, { cancel: 'temporary' }],
      [queues[1]!, { cancel: 'permanent' }],
      queues[2]!,
    ]);
    const consumer = new RawConsumer(merged);
    consumer.ask(9);
    queues[0]!.error(boom);
    queues[2]!.next(1);
    expect(consumer.events).toEqual([1]);
    expect(consumer.ended).toBeUndefined();
    queues[1]!.complete();
    expect(consumer.ended).toBe('complete');
    queues[2]!.enqueue([2, 3]);
    expect(queues[2]!.peek()).toEqual([2, 3]);
    expect(queues[2]!.demand).toBe(0);
  });

  it('gives all back to all when it is left', () => {
    const queues = [new DemandQueue<number>(), new DemandQueue<number>()];
    const merged = mergeProducers<number>(queues.map((queue) => [queue, { maxDemand: 3 }]));
    const consumer = new RawConsumer(merged);
    consumer.ask(1);
    queues[0]!.enqueue([1, 2, 3, 4]);
    queues[1]!.enqueue([5, 6, 7, 8]);
    consumer.unsubscribe();
    const left = [1, 2, 3, 4, 5, 6, 7, 8].filter((event) => !consumer.events.includes(event));
    expect(queues.flatMap((queue) => queue.peek())).toEqual(left);
    expect(queues.map((queue) => queue.demand)).toEqual([0, 0]);
  });

  it('gives back what comes from one while it leaves another', () => {
    const second = new DemandQueue<number>();
    const first = new DemandQueue<number>({ handleCancel: () => second.enqueue([7, 8]) });
    const merged = mergeProducers<number>([first, [second, { maxDemand: Infinity }]]);
    const consumer = new RawConsumer(merged);
    consumer.ask(1);
    consumer.unsubscribe();
    expect(second.peek()).toEqual([7, 8]);
    expect(second.demand).toBe(0);
  });

  it('begins no producer when the first that it subscribes to ends it', () => {
    let begun = 0;
    const ended = new DemandQueue<number>();
    ended.complete();
    const other = producer<number>(() => {
      begun++;
    });
    const source = new Subject<number>();
    const got = record(
      mergeProducers([[ended, { cancel: 'permanent' }], other, fromObservable(source)]).pipe(consume()),
    );
    expect(got.ended).toBe('complete');
    expect(begun).toBe(0);
    expect(source.observed).toBe(false);
  });

  it('tells of its subscriptions: the sources to their own hooks, the consumers to its own', () => {
    const told: unknown[] = [];
    const queue = new DemandQueue<number>();
    let subscription!: ProducerSubscription;
    const merged = mergeProducers(
      [
        [
          queue,
          {
            mode: 'manual',
            handleSubscribe: (its) => {
              subscription = its;
              told.push(its.to);
            },
            handleCancel: (kind, reason, { to }) => told.push([to, kind, reason]),
          },
        ],
      ],
      {
        handleSubscribe: ({ to }) => told.push(to),
        handleCancel: (kind, reason, { to }) => told.push([to, kind, reason]),
      },
    );
    const consumer = new RawConsumer(merged);
    consumer.ask(2);
    queue.enqueue([1, 2]);
    expect(consumer.events).toEqual([]);
    subscription.ask(1);
    expect(consumer.events).toEqual([1]);
    subscription.cancel();
    expect(consumer.ended).toBe('complete');
    expect(told).toEqual(['producer', 'consumer', ['producer', 'cancel', 'normal']]);
  });

  it('holds its events in a buffer within bufferSize, if a stage behind it leaves them', () => {
    const dropped: unknown[] = [];
    const discarded = (events: readonly number[], cause: DiscardCause) => void dropped.push([events, cause]);
    const merged = mergeProducers([fromIterable(range(10))], { discarded });
    const jobs = new ManualJobs<number>();
    const pool = record(merged.pipe(demandMap(jobs.project, { maxDemand: 2 })));
    expect(jobs.begun).toEqual([0, 1]);
    pool.unsubscribe();
    expect(dropped).toEqual([]);
  });
});

describe('A diamond', () => {
  it('loses nothing, and needs no gate', () => {
    const source = fromIterable(range(1000), { dispatcher: broadcast() });
    const plain = source.pipe(stage((n) => n));
    const tens = source.pipe(stage((n) => n * 10_000, { maxDemand: 5 }));
    const some = source.pipe(through(filter((n) => n % 100 === 0)), through(map((n) => -n)));
    const got = record(
      mergeProducers([plain, tens, some]).pipe(handleEvents((events) => events, { maxDemand: 7 })),
    );
    const expected = [
      ...range(1000),
      ...range(1000).map((n) => n * 10_000),
      ...range(10).map((n) => -n * 100),
    ];
    expect([...got.values].sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
    expect(got.ended).toBe('complete');
  });

  it('goes at the pace of its slowest branch', () => {
    marbles(({ expectObservable }) => {
      const source = fromIterable(['a', 'b', 'c'], { dispatcher: broadcast() });
      const fast = source.pipe(stage((event) => event));
      const slow = source.pipe(stage((event) => of(event.toUpperCase()).pipe(delay(5))));
      const expected = 'a----(Ab)-(Bc)-(C|)';
      expectObservable(mergeProducers([fast, slow]).pipe(consume())).toBe(expected);
    });
  });
});
