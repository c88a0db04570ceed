import { of, throwError } from 'rxjs';
import {
  DemandQueue,
  broadcast,
  consume,
  demandMap,
  fromIterable,
  fromObservable,
  partition,
  tapDemand,
  type PoolSubscription,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';

const boom = new Error('boom');
const same = (event: number) => event;

describe('The subscription of a demandMap', () => {
  it('takes its partition', () => {
    const queue = new DemandQueue<number>({
      dispatcher: partition({ partitions: 2, hash: (n: number) => [n, n % 2] }),
    });
    const got: number[][] = [[], []];
    for (const [taken, events] of got.entries()) {
      queue.pipe(demandMap(same, { partition: taken })).subscribe((event) => void events.push(event));
    }
    queue.enqueue([1, 2, 3, 4]);
    expect(got).toEqual([
      [2, 4],
      [1, 3],
    ]);
  });

  it('is sent what its selector selects', () => {
    const queue = new DemandQueue<number>({ dispatcher: broadcast() });
    const got: number[] = [];
    queue
      .pipe(demandMap(same, { selector: (n) => (n as number) > 2 }))
      .subscribe((event) => void got.push(event));
    queue.enqueue([1, 2, 3, 4]);
    expect(got).toEqual([3, 4]);
  });

  it('has hooks, which may end it', () => {
    const log: unknown[] = [];
    const queue = new DemandQueue<number>();
    let subscription: PoolSubscription | undefined;
    queue
      .pipe(
        demandMap(same, {
          maxDemand: 2,
          handleSubscribe: (begun) => {
            log.push(['subscribed', begun.to, begun.options.maxDemand, queue.demand]);
            subscription = begun;
          },
          handleCancel: (kind, reason) => void log.push([kind, reason]),
        }),
      )
      .subscribe({ error: (error: unknown) => void log.push(error) });
    subscription?.cancel(boom);
    expect(log).toEqual([['subscribed', 'producer', 2, 0], ['cancel', boom], boom]);
    expect(queue.demand).toBe(0);
  });

  it('survives what cancel says, and then completes', () => {
    const failing = fromObservable(throwError(() => boom));
    const ends: string[] = [];
    for (const cancel of ['permanent', 'transient', 'temporary'] as const) {
      for (const source of [failing, fromIterable<number>([])]) {
        source.pipe(demandMap(same, { cancel })).subscribe({
          complete: () => void ends.push(`${cancel} completes`),
          error: () => void ends.push(`${cancel} errors`),
        });
      }
    }
    expect(ends).toEqual([
      'permanent errors',
      'permanent completes',
      'transient errors',
      'transient completes',
      'temporary completes',
      'temporary completes',
    ]);
  });

  it('begins again after resubscribeAfterMs, and asks for what its idle workers are owed', () => {
    const asked: number[] = [];
    marbles(({ cold, expectObservable, scheduler }) => {
      const source = fromIterable([1, 2, 3]);
      const job = (event: number) => cold('------(e|)', { e: event });
      const expected = '    ------(ab)--c---a-b-';
      const unsubscribed = '---------------------!';
      expectObservable(
        source.pipe(
          tapDemand((demand) => void asked.push(demand)),
          demandMap(job, { maxDemand: 2, cancel: 'transient', resubscribeAfterMs: 4, scheduler }),
        ),
        unsubscribed,
      ).toBe(expected, { a: 1, b: 2, c: 3 });
    });
    expect(asked).toEqual([2, 1, 1, 1, 1, 1, 1]);
  });

  it('over a plain Observable is one to a producer of its events', () => {
    const log: unknown[] = [];
    const handleSubscribe = () => void log.push('subscribed');
    of(1, 2)
      .pipe(demandMap(same, { handleSubscribe }))
      .subscribe({ next: (event) => void log.push(event), complete: () => void log.push('done') });
    expect(log).toEqual(['subscribed', 1, 2, 'done']);
  });

  it.each([
    [
      { cancel: 'never' },
      "Expected `cancel` to be one of 'permanent', 'transient', 'temporary', got 'never'",
    ],
    [{ resubscribeAfterMs: -1, cancel: 'temporary' }, 'Expected `resubscribeAfterMs` to be a number of ms'],
    [{ resubscribeAfterMs: 1 }, "Expected `cancel` to be 'transient' or 'temporary'"],
    [{ handleCancel: 1 }, 'Expected `handleCancel` to be a function, got 1'],
  ])('refuses %j', (options, message) => {
    expect(() => demandMap(same, options as never)).toThrow(message);
  });

  it('leaves the other pools alone when its hook throws', () => {
    const queue = new DemandQueue<number>();
    const failed = jest.fn();
    const handleSubscribe = () => {
      throw boom;
    };
    queue.pipe(demandMap(same, { handleSubscribe })).subscribe({ error: failed });
    const got: number[] = [];
    queue.pipe(consume()).subscribe((event) => void got.push(event));
    queue.next(1);
    expect(failed).toHaveBeenCalledWith(boom);
    expect(got).toEqual([1]);
  });
});
