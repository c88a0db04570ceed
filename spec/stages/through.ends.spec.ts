import {
  Observable,
  Subject,
  VirtualTimeScheduler,
  asapScheduler,
  concatMap,
  delay,
  finalize,
  map,
  observeOn,
  pipe,
  take,
  takeUntil,
  tap,
  type OperatorFunction,
} from 'rxjs';
import { AsyncOperatorError, DemandQueue, consume, fromIterable, through } from '../../src/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';
import { range, record, settled } from '../support/record.ts';

const boom = new Error('boom');

describe('through an operator that completes before its source', () => {
  it.each([1, 2, 4, 10])(
    'leaves it at once and gives back what it has not seen, in order; maxDemand %d',
    (maxDemand) => {
      const queue = new DemandQueue<number>();
      queue.enqueue(range(10));
      const got = record(queue.pipe(through(take(2), { maxDemand }), consume()));
      expect(got.values).toEqual([0, 1]);
      expect(got.ended).toBe('complete');
      expect(queue.peek()).toEqual(range(10).slice(2));
      expect(queue.demand).toBe(0);
    },
  );

  it('leaves it before its consumer has taken the last result', () => {
    const queue = new DemandQueue<number>();
    const consumer = new RawConsumer(
      queue.pipe(
        through(
          pipe(
            take<number>(1),
            concatMap((n) => [n, n]),
          ),
          { maxDemand: 4 },
        ),
      ),
    );
    consumer.ask(1);
    queue.enqueue(range(3));
    queue.enqueue([3]);
    expect(consumer.events).toEqual([0]);
    expect(queue.peek()).toEqual([1, 2, 3]);
    expect(consumer.ended).toBeUndefined();
    consumer.ask(1);
    expect(consumer.events).toEqual([0, 0]);
    expect(consumer.ended).toBe('complete');
  });

  it('gives back batches that wait, too, when it is told to complete from outside', () => {
    const queue = new DemandQueue<number>();
    const stop = new Subject<void>();
    const consumer = new RawConsumer(queue.pipe(through(takeUntil(stop), { maxDemand: 8 })));
    consumer.ask(1);
    for (const n of range(5)) queue.next(n);
    expect(consumer.events).toEqual([0]);
    stop.next();
    expect(consumer.ended).toBe('complete');
    expect(queue.peek()).toEqual([1, 2, 3, 4]);
  });
});

describe('through an operator that fails', () => {
  const fails = map((n: number) => {
    if (n === 2) throw boom;
    return n;
  });

  it.each([1, 2, 5, 10])(
    'errors after the results before, and gives back what is behind; maxDemand %d',
    (maxDemand) => {
      const queue = new DemandQueue<number>();
      queue.enqueue(range(6));
      const got = record(queue.pipe(through(fails, { maxDemand }), consume()));
      expect(got.values).toEqual([0, 1]);
      expect(got.ended).toBe(boom);
      expect(queue.peek()).toEqual([3, 4, 5]);
    },
  );

  it('gives back batches that wait behind, in order', () => {
    const queue = new DemandQueue<number>();
    const consumer = new RawConsumer(queue.pipe(through(fails, { maxDemand: 6, minDemand: 0 })));
    consumer.ask(1);
    for (const batch of [[0], [1, 2, 3], [4], [5]]) queue.enqueue(batch);
    consumer.ask(5);
    expect(consumer.events).toEqual([0, 1]);
    expect(consumer.ended).toBe(boom);
    expect(queue.peek()).toEqual([3, 4, 5]);
  });

  it.each<[string, OperatorFunction<number, number>]>([
    [
      'when it is applied',
      () => {
        throw boom;
      },
    ],
    ['when it is subscribed to', () => new Observable((subscriber) => subscriber.error(boom))],
    [
      'when its source completes',
      (source) =>
        source.pipe(
          tap({
            complete: () => {
              throw boom;
            },
          }),
        ),
    ],
  ])('errors: %s', (_, operator) => {
    const queue = new DemandQueue<number>();
    const got = record(queue.pipe(through(operator), consume()));
    queue.complete();
    expect(got.ended).toBe(boom);
  });

  it('keeps events for which it had no chance', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue(range(3));
    const got = record(
      queue.pipe(
        through(() => new Observable<number>((s) => s.error(boom)), { maxDemand: 2 }),
        consume(),
      ),
    );
    expect(got.ended).toBe(boom);
    expect(queue.peek()).toEqual(range(3));
  });
});

describe('through an operator that takes time', () => {
  const scheduler = new VirtualTimeScheduler();

  it.each<[string, OperatorFunction<number, number>]>([
    ['delay', delay(1, scheduler)],
    ['observeOn', observeOn(asapScheduler)],
    ['concatMap to a promise', concatMap(async (n) => n)],
  ])('errors when its source completes, or when it speaks: %s', async (_, operator) => {
    const completing = record(fromIterable([1]).pipe(through(operator), consume()));
    expect(completing.ended).toBeInstanceOf(AsyncOperatorError);
    const queue = new DemandQueue<number>();
    const speaking = record(queue.pipe(through(operator), consume()));
    queue.next(1);
    scheduler.flush();
    await settled();
    expect(speaking.values).toEqual([]);
    expect(speaking.ended).toBeInstanceOf(AsyncOperatorError);
    expect((speaking.ended as Error).message).toMatch(
      /^`through` takes operators that answer within the batch/,
    );
  });
});

describe('through, when it is left', () => {
  it('tears the operator down, and gives back what has not been begun', () => {
    const queue = new DemandQueue<number>();
    let torn = 0;
    const operator = pipe(
      map<number, number>((n) => n),
      finalize(() => torn++),
    );
    const got = record(
      queue.pipe(through(operator, { maxDemand: 3 }), consume({ maxDemand: 1 })),
      (n, leave) => {
        if (n === 1) leave();
      },
    );
    for (const batch of [[0, 1], [2], [3]]) queue.enqueue(batch);
    expect(got.values).toEqual([0, 1]);
    expect(torn).toBe(1);
    expect(queue.peek()).toEqual([2, 3]);
  });

  it('gives the rest of a batch back that its operator is in the middle of', () => {
    const queue = new DemandQueue<number>();
    const stop = new Subject<void>();
    const operator = tap<number>((n) => {
      if (n === 1) stop.next();
    });
    const source = queue.pipe(through(operator, { maxDemand: 5, minDemand: 0 }), consume(), takeUntil(stop));
    record(source);
    queue.enqueue(range(4));
    expect(queue.peek()).toEqual([2, 3]);
  });
});
