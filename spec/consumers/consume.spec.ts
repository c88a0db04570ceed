import {
  EMPTY,
  NEVER,
  Subject,
  concatMap,
  interval,
  of,
  range as rangeOf,
  take,
  takeUntil,
  throwError,
} from 'rxjs';
import {
  DemandQueue,
  consume,
  fromIterable,
  tapDemand,
  type DemandOptions,
  type ProducerSubscription,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { naturals, range, record } from '../support/record.ts';

const boom = new Error('boom');

describe('consume', () => {
  it('emits each event as it comes, and asks as its subscriber has taken them', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const events = queue('  a--(bc)-d---|');
      const asked = '         2--2----2';
      const expected = '      a--(bc)-d---|';
      expectObservable(events.pipe(consume({ maxDemand: 2, minDemand: 0 }))).toBe(expected);
      expectDemand(events).toBe(asked);
    });
  });

  it.each<[DemandOptions, number[]]>([
    [{}, [1000, 500, 500]],
    [{ maxDemand: 100, minDemand: 80 }, [100, 20, 20, 20]],
    [{ maxDemand: 1 }, [1, 1, 1, 1]],
    [{ maxDemand: 3, minDemand: 2 }, [3, 1, 1, 1]],
    [{ maxDemand: Infinity }, [Infinity]],
  ])('with %p asks for %p', (options, first) => {
    const asked: number[] = [];
    const source = fromIterable(naturals()).pipe(
      tapDemand((demand) => asked.push(demand)),
      consume(options),
    );
    expect(record(source.pipe(take(1500))).values).toEqual(range(1500));
    expect(asked.slice(0, first.length)).toEqual(first);
  });

  it.each<[string, (queue: DemandQueue<number>) => void, unknown]>([
    ['is empty', (queue) => queue.complete(), 'complete'],
    ['never gives anything', () => {}, undefined],
    ['errors', (queue) => queue.error(boom), boom],
  ])('ends as a producer that %s', (_, end, ended) => {
    const queue = new DemandQueue<number>();
    const got = record(queue.pipe(consume()));
    end(queue);
    expect([got.values, got.ended]).toEqual([[], ended]);
    const late = record(queue.pipe(consume()));
    expect([late.values, late.ended]).toEqual([[], ended]);
  });

  it('gives back what its subscriber leaves behind, in order and to who has asked', () => {
    const queue = new DemandQueue<number>();
    const staying = new RawConsumer(queue);
    queue.enqueue(range(8));
    const got = record(queue.pipe(consume(), take(3)));
    expect(got.values).toEqual([0, 1, 2]);
    expect(queue.peek()).toEqual([3, 4, 5, 6, 7]);
    staying.ask(2);
    expect(staying.events).toEqual([3, 4]);
  });

  it('can be left in the moment of its subscription', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue(range(3));
    const got = record(queue.pipe(consume(), takeUntil(of(1))));
    expect(got.ended).toBe('complete');
    expect(queue.peek()).toEqual(range(3));
    expect(queue.demand).toBe(0);
  });

  it('is cold: each subscription is a consumer of its own', () => {
    const queue = new DemandQueue<number>();
    const consumed = queue.pipe(consume({ maxDemand: 1 }));
    const first = record(consumed);
    const second = record(consumed);
    queue.enqueue(range(4));
    expect([...first.values, ...second.values].sort()).toEqual(range(4));
    first.unsubscribe();
    second.unsubscribe();
    expect(queue.demand).toBe(0);
  });

  it('takes what its subscriber enqueues, 100,000 times over, without growing the stack', () => {
    const queue = new DemandQueue<number>();
    for (const maxDemand of [1, 1000]) {
      const got = record(queue.pipe(consume({ maxDemand })), (n, leave) => {
        if (n < 100_000) queue.next(n + 1);
        else leave();
      });
      queue.next(0);
      expect(got.values).toHaveLength(100_001);
    }
  });

  it('asks only by its subscription in manual mode', () => {
    const queue = new DemandQueue<number>();
    let subscription!: ProducerSubscription;
    const handleSubscribe = (its: ProducerSubscription) => {
      subscription = its;
    };
    const got = record(queue.pipe(consume({ mode: 'manual', handleSubscribe })));
    queue.enqueue(range(5));
    expect(got.values).toEqual([]);
    subscription.ask(2);
    expect(got.values).toEqual([0, 1]);
    subscription.ask(1);
    subscription.ask(9);
    expect(got.values).toEqual(range(5));
    expect(queue.demand).toBe(7);
    subscription.cancel();
    expect(got.ended).toBe('complete');
    expect(queue.demand).toBe(0);
  });

  it('completes or errors by the reason its subscription is cancelled with', () => {
    for (const [reason, ended] of [
      ['shutdown', 'complete'],
      [boom, boom],
    ]) {
      const got = record(
        new DemandQueue<number>().pipe(
          consume({ handleSubscribe: (subscription) => subscription.cancel(reason) }),
        ),
      );
      expect(got.ended).toBe(ended);
    }
  });

  it.each(['handleSubscribe', 'handleCancel'])('errors if %s throws', (hook) => {
    const queue = new DemandQueue<number>();
    const got = record(
      queue.pipe(
        consume({
          [hook]: () => {
            throw boom;
          },
        }),
      ),
    );
    queue.complete();
    expect(got.ended).toBe(boom);
  });

  it('survives by its cancel mode, and completes when nobody is left', () => {
    const queue = new DemandQueue<number>();
    const told: unknown[] = [];
    const got = record(
      queue.pipe(consume({ cancel: 'temporary', handleCancel: (kind, reason) => told.push([kind, reason]) })),
    );
    queue.next(1);
    queue.error(boom);
    expect([got.values, got.ended]).toEqual([[1], 'complete']);
    expect(told).toEqual([['down', boom]]);
  });

  describe('over a plain Observable', () => {
    it.each<[string, typeof EMPTY, unknown]>([
      ['empty', EMPTY, 'complete'],
      ['never', NEVER, undefined],
      ['throwing', throwError(() => boom), boom],
    ])('ends as it does: %s', (_, source, ended) => {
      expect(record(source.pipe(consume())).ended).toBe(ended);
    });

    it('has all of it for each subscriber', () => {
      const consumed = of(1, 2, 3).pipe(consume({ maxDemand: 1 }));
      expect([record(consumed).values, record(consumed).values]).toEqual([
        [1, 2, 3],
        [1, 2, 3],
      ]);
    });

    it('can leave one that emits at once and without end', () => {
      for (const maxDemand of [1, 10, Infinity]) {
        const got = record(rangeOf(0, Infinity).pipe(consume({ maxDemand }), take(3)));
        expect([got.values, got.ended]).toEqual([[0, 1, 2], 'complete']);
      }
    });

    it('is in virtual time, as an operator is', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold(' -a-(bc)--d-|');
        const expected = '    -a-(bc)--d-|';
        const subscribed = '  ^----------!';
        expectObservable(source.pipe(consume({ maxDemand: 1 }))).toBe(expected);
        expectSubscriptions(source.subscriptions).toBe(subscribed);
        expectObservable(
          interval(2).pipe(
            consume(),
            concatMap((n) => of(n)),
            take(2),
          ),
        ).toBe('--x-(y|)', {
          x: 0,
          y: 1,
        });
      });
    });

    it('keeps what is not asked for in manual mode, and subscribes when it is asked', () => {
      const source = new Subject<number>();
      let subscription!: ProducerSubscription;
      const got = record(
        source.pipe(
          consume({
            mode: 'manual',
            handleSubscribe: (its) => {
              subscription = its;
            },
          }),
        ),
      );
      expect(source.observed).toBe(false);
      subscription.ask(2);
      for (const n of range(4)) source.next(n);
      expect(got.values).toEqual([0, 1]);
      source.complete();
      subscription.ask(2);
      expect([got.values, got.ended]).toEqual([range(4), 'complete']);
    });
  });
});
