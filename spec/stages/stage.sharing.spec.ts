import {
  DemandQueue,
  broadcast,
  consume,
  demandMap,
  fromIterable,
  partition,
  stage,
  type ConsumerSubscription,
  type DiscardCause,
  type ProducerSubscription,
} from '../../src/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { range, record, settled } from '../support/record.ts';

const boom = new Error('boom');
type Either = ProducerSubscription | ConsumerSubscription;

describe('A stage with several consumers', () => {
  it('is one stage while it runs: each result goes to one of them', () => {
    const begun: number[] = [];
    const queue = new DemandQueue<number>();
    const shared = queue.pipe(stage((n) => (begun.push(n), n * 10), { maxDemand: 2 }));
    const first = new RawConsumer(shared);
    const second = new RawConsumer(shared);
    first.ask(1);
    second.ask(2);
    queue.enqueue(range(5));
    expect([first.events, second.events].flat().sort()).toEqual([0, 10, 20]);
    expect(begun.length).toBeLessThanOrEqual(4);
    first.unsubscribe();
    second.ask(5);
    expect([first.events, second.events].flat().sort()).toEqual([0, 10, 20, 30, 40]);
  });

  it('goes on for those who stay, and begins anew for who comes after the last', () => {
    const indices: number[] = [];
    const queue = new DemandQueue<number>();
    const shared = queue.pipe(stage((n, { index }) => (indices.push(index), n)));
    const first = new RawConsumer(shared);
    first.ask(1);
    const second = new RawConsumer(shared);
    second.ask(1);
    queue.enqueue([1]);
    first.unsubscribe();
    queue.enqueue([2]);
    expect(indices).toEqual([0, 1]);
    second.unsubscribe();
    const third = new RawConsumer(shared);
    third.ask(1);
    queue.enqueue([3]);
    expect(indices).toEqual([0, 1, 0]);
    expect(third.events).toEqual([3]);
  });

  it('gives all results to all under broadcast, at the pace of the slowest', () => {
    const shared = fromIterable(range(5)).pipe(stage((n) => n, { maxDemand: 3, dispatcher: broadcast() }));
    const fast = new RawConsumer(shared);
    const slow = new RawConsumer(shared);
    fast.ask(10);
    slow.ask(2);
    expect([fast.events, slow.events]).toEqual([
      [0, 1],
      [0, 1],
    ]);
    slow.ask(10);
    expect([fast.events, slow.events]).toEqual([range(5), range(5)]);
    expect([fast.ended, slow.ended]).toEqual(['complete', 'complete']);
  });

  it('sorts results by partition', () => {
    const shared = fromIterable(range(6)).pipe(
      stage((n) => n, {
        maxDemand: 6,
        dispatcher: partition({
          partitions: ['even', 'odd'],
          hash: (n: number) => [n, n % 2 ? 'odd' : 'even'],
        }),
      }),
    );
    const odd = record(shared.pipe(consume({ partition: 'odd', maxDemand: 3 })));
    const even = record(shared.pipe(consume({ partition: 'even', maxDemand: 3 })));
    expect([odd.values, even.values]).toEqual([
      [1, 3, 5],
      [0, 2, 4],
    ]);
  });

  it('is shared by pools and gets back what a pool has not begun', async () => {
    const queue = new DemandQueue<number>();
    const shared = queue.pipe(stage((n) => n, { maxDemand: 4 }));
    const jobs = new ManualJobs<number>();
    const pool = record(shared.pipe(demandMap(jobs.project, { maxDemand: 2 })));
    const staying = new RawConsumer(shared);
    queue.enqueue(range(4));
    pool.unsubscribe();
    staying.ask(5);
    await settled();
    expect(jobs.begun).toEqual([0, 1]);
    expect(staying.events).toEqual([2, 3]);
  });

  it('has no consumer twice that it did not have before it ended', () => {
    const queue = new DemandQueue<number>();
    const shared = queue.pipe(stage((n) => n));
    let again: RawConsumer<number> | undefined;
    const values: number[] = [];
    shared.pipe(consume()).subscribe({
      next: (n) => values.push(n),
      error: () => {
        again = new RawConsumer(shared);
      },
    });
    queue.discarded.subscribe();
    queue.error(boom);
    expect(again?.ended).toBe(boom);
  });

  it('drops results when the last of them leaves, and tells of it', () => {
    const dropped: unknown[] = [];
    const discarded = (events: readonly number[], cause: DiscardCause) => void dropped.push([events, cause]);
    const shared = fromIterable(range(3)).pipe(stage((n) => [n, n + 0.5], { discarded }));
    const first = new RawConsumer(shared);
    const second = new RawConsumer(shared);
    first.ask(1);
    first.unsubscribe();
    expect(dropped).toEqual([]);
    second.ask(1);
    expect(second.events).toEqual([0.5]);
    second.ask(1);
    second.unsubscribe();
    expect(dropped).toEqual([[[1.5], 'stopped']]);
  });

  it('holds results within bufferSize', () => {
    const dropped: unknown[] = [];
    const discarded = (events: readonly number[], cause: DiscardCause) => void dropped.push([events, cause]);
    const shared = fromIterable([0]).pipe(
      stage(() => range(5), { bufferSize: 2, bufferKeep: 'first', discarded }),
    );
    const consumer = new RawConsumer(shared);
    consumer.ask(1);
    expect(dropped).toEqual([[[3, 4], 'overflow']]);
    consumer.ask(5);
    expect(consumer.events).toEqual([0, 1, 2]);
    expect(consumer.ended).toBe('complete');
  });
});

describe('The hooks of a stage', () => {
  it.each<['handleSubscribe' | 'handleCancel', 'producer' | 'consumer']>([
    ['handleSubscribe', 'producer'],
    ['handleSubscribe', 'consumer'],
    ['handleCancel', 'producer'],
    ['handleCancel', 'consumer'],
  ])('error it if they throw: %s of a %s', (hook, side) => {
    for (const reason of ['complete', 'error'] as const) {
      const queue = new DemandQueue<number>();
      const options = {
        [hook]: (...args: unknown[]) => {
          if ((args.at(-1) as Either).to === side) throw new Error('hook');
        },
      };
      const staged = queue.pipe(stage((n) => n, options));
      const staying = new RawConsumer(staged);
      new RawConsumer(staged).unsubscribe();
      if (reason === 'complete') queue.complete();
      else queue.error(boom);
      expect((staying.ended as Error).message).toBe('hook');
    }
  });
});
