import { NEVER, concat, defer, of, throwError } from 'rxjs';
import { DemandQueue, QueueClosedError } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

/** Batches of one event, by its letter. */
const a = ['a'];
const b = ['b'];

describe('DemandQueue.complete', () => {
  it('completes the consumer after the last event', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  (ab)-|     ');
      const asked = '       --1----1   ';
      const expected = '    --a----(b|)';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a, b });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('completes every consumer, also one that got nothing', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue(' a--|      ');
      const asked1 = '     -----1    ';
      const asked2 = '     ----------';
      const expected1 = '  -----(a|) ';
      const expected2 = '  -----|    ';
      expectObservable(jobs.events(demand(asked1))).toBe(expected1, { a });
      expectObservable(jobs.events(demand(asked2))).toBe(expected2);
      expectDemand(jobs).toBe(asked1);
    });
  });

  it('waits for a consumer while events wait', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  a-|          ');
      const sub = '         ------^      ';
      const asks = '              -1     ';
      const asked = '       -------1     ';
      const expected = '    -------(a|)  ';
      expectObservable(jobs.events(demand(asks.trim())), sub).toBe(expected, { a });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('completes once what waits is cleared', () => {
    const queue = new DemandQueue<number>();
    const consumer = new RawConsumer(queue);
    queue.enqueue([1, 2]);
    queue.complete();
    expect(consumer.ended).toBeUndefined();
    expect(queue.clear()).toEqual([1, 2]);
    expect(consumer.ended).toBe('complete');
  });

  it('completes a consumer that comes later', () => {
    const queue = new DemandQueue<number>();
    queue.complete();
    const consumer = new RawConsumer(queue);
    expect(consumer.ended).toBe('complete');
  });

  it('completes after a delivery in which it is called', () => {
    const queue = new DemandQueue<number>();
    const first = new RawConsumer(queue, () => queue.complete());
    const second = new RawConsumer(queue);
    first.ask(2);
    second.ask(1);
    queue.enqueue([1, 2, 3]);
    expect([first.events, second.events]).toEqual([[1, 2], [3]]);
    expect([first.ended, second.ended]).toEqual(['complete', 'complete']);
  });

  it('completes `discarded`, and closes the queue', () => {
    const queue = new DemandQueue<number>();
    let ended = false;
    queue.discarded.subscribe({ complete: () => (ended = true) });
    expect(queue.closed).toBe(false);
    queue.next(1);
    queue.complete();
    expect([queue.closed, ended]).toEqual([true, false]);
    queue.clear();
    expect(ended).toBe(true);
  });

  it('leaves no demand behind', () => {
    const queue = new DemandQueue<number>();
    new RawConsumer(queue).ask(5);
    queue.complete();
    expect(queue.demand).toBe(0);
  });
});

describe('DemandQueue.error', () => {
  it('errors the consumers at once, and hands out what waits', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  (abc)-#');
      const asked = '       --1    ';
      const expected = '    --a---#';
      const dropped = '     ------(x|)';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a });
      expectObservable(jobs.events(demand(''))).toBe('------#');
      expectObservable(jobs.discarded).toBe(dropped, { x: ['b', 'c'] });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('errors a consumer that comes later', () => {
    const error = new Error('gone');
    const queue = new DemandQueue<number>();
    queue.error(error);
    expect(new RawConsumer(queue).ended).toBe(error);
  });

  it.each(['normal', 'shutdown', undefined, null, ['shutdown', 1]])('takes %j as an error', (error) => {
    const queue = new DemandQueue<number>();
    const ended: unknown[] = [];
    queue.events(NEVER).subscribe({ error: (reason: unknown) => ended.push(reason) });
    queue.error(error);
    queue.events(NEVER).subscribe({ error: (reason: unknown) => ended.push(reason) });
    expect(ended).toEqual([error, error]);
  });

  it('errors a consumer that comes in the delivery in which it is called', () => {
    const error = new Error('gone');
    const queue = new DemandQueue<number>();
    let late: RawConsumer<number> | undefined;
    const consumer = new RawConsumer(queue, () => {
      queue.error(error);
      late = new RawConsumer(queue);
      late.ask(1);
    });
    consumer.ask(1);
    queue.next(1);
    expect(consumer.ended).toBe(error);
    expect(late?.ended).toBe(error);
  });

  it('hands out what comes back in the delivery in which it is called', () => {
    const queue = new DemandQueue<number>();
    const discarded: unknown[] = [];
    queue.discarded.subscribe((batch) => discarded.push(batch));
    const first = new RawConsumer(queue, () => {
      queue.error(new Error('gone'));
      second.unsubscribe();
    });
    const second = new RawConsumer(queue);
    first.ask(2);
    second.ask(1);
    queue.enqueue([1, 2, 3, 4]);
    expect(discarded).toEqual([[3, 4]]);
    expect(queue.size).toBe(0);
  });

  it('leaves no demand behind', () => {
    const queue = new DemandQueue<number>();
    new RawConsumer(queue).ask(5);
    queue.error(new Error('gone'));
    expect(queue.demand).toBe(0);
  });
});

describe('A closed DemandQueue', () => {
  it('does not subscribe to demand that it cannot serve', () => {
    const queue = new DemandQueue<number>();
    queue.complete();
    let asked = 0;
    queue.events(defer(() => of(++asked))).subscribe();
    expect(asked).toBe(0);
  });

  const completed = new DemandQueue<number>();
  completed.complete();
  const errored = new DemandQueue<number>();
  errored.error(new Error('gone'));
  const waiting = new DemandQueue<number>();
  waiting.next(1);
  waiting.complete();
  const message = 'The queue takes no more events: it has completed or errored';

  it.each([
    ['completed', completed],
    ['errored', errored],
    ['completed, with events that wait', waiting],
  ])('takes no events (%s)', (_, queue) => {
    expect(queue.closed).toBe(true);
    for (const add of [() => queue.next(1), () => queue.enqueue([1]), () => queue.enqueue([])]) {
      expect(add).toThrow(QueueClosedError);
      expect(add).toThrow(message);
    }
  });

  it('stays as it ended', () => {
    const consumer = new RawConsumer(completed);
    completed.error(new Error('late'));
    completed.complete();
    expect(consumer.ended).toBe('complete');
    expect(new RawConsumer(completed).ended).toBe('complete');
  });
});

describe('Bad input to a DemandQueue', () => {
  const expected =
    'Expected `events` to be an iterable of events, such as an array (use `next` for one event), got';

  it.each([
    ['abc', "'abc'"],
    [1, '1'],
    [null, 'null'],
    [undefined, 'undefined'],
    [{ length: 1 }, 'an object'],
    [() => [], 'a function'],
  ])('%p is no iterable of events', (events, got) => {
    const queue = new DemandQueue<unknown>();
    const error = new TypeError(`${expected} ${got}`);
    expect(() => queue.enqueue(events as never)).toThrow(error);
    expect(() => queue.offer(events as never)).toThrow(error);
    expect(queue.size).toBe(0);
  });

  it.each([
    [0, '0'],
    [-1, '-1'],
    [1.5, '1.5'],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    ['3', "'3'"],
    [undefined, 'undefined'],
  ])('demand of %p errors its subscription, and no other', (bad, got) => {
    const queue = new DemandQueue<number>();
    const other = new RawConsumer(queue);
    other.ask(1);
    const consumer = new RawConsumer(queue);
    consumer.ask(2);
    consumer.ask(bad as number);
    const error = new RangeError(`Expected \`demand\` to be a positive integer or Infinity, got ${got}`);
    expect(consumer.ended).toEqual(error);
    expect(consumer.ended).toBeInstanceOf(RangeError);
    expect(queue.demand).toBe(1);
    queue.enqueue([1, 2]);
    expect([consumer.events, other.events, queue.size]).toEqual([[], [1], 1]);
  });

  it('an error of the demand Observable errors its subscription, and withdraws what it is owed', () => {
    const error = new Error('demand');
    const queue = new DemandQueue<number>();
    let ended: unknown;
    const demand = concat(
      of(2),
      throwError(() => error),
    );
    queue.events(demand).subscribe({ error: (reason: unknown) => (ended = reason) });
    expect(ended).toBe(error);
    expect(queue.demand).toBe(0);
  });

  it('demand that completes is kept', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const asked = '       (2|)----';
      const jobs = queue('  ---a-b-|');
      const expected = '    ---a-b-|';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a, b });
      expectDemand(jobs).toBe('2');
    });
  });
});
