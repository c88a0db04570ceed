import { asapScheduler, map, merge, of, range, scheduled, take, tap } from 'rxjs';
import { DemandQueue } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

/** Batches of one event, by its letter. */
const a = ['a'];
const b = ['b'];
const c = ['c'];
const d = ['d'];

describe('DemandQueue, between events and demand', () => {
  it('is an Observer: an Observable feeds and completes it', () => {
    marbles(({ hot, queue, demand, expectObservable, expectDemand }) => {
      const source = hot(' -a-b|');
      const asked = '      3    ';
      const expected = '   -a-b|';
      const jobs = queue();
      source.subscribe(jobs);
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a, b });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('is an Observer: the error of an Observable is its own', () => {
    marbles(({ hot, queue, demand, expectObservable, expectDemand }) => {
      const source = hot(' -a-#');
      const asked = '      3   ';
      const expected = '   -a-#';
      const jobs = queue();
      source.subscribe(jobs);
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('keeps demand that comes first, and serves it the moment events come', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const asked = '       -2------';
      const jobs = queue('  ---a--b-|');
      const expected = '    ---a--b-|';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a, b });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('keeps events that come first, and serves them the moment demand comes', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  (abc)---|    ');
      const asked = '       ------2---1  ';
      const expected = '    ------x---(c|)';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { x: ['a', 'b'], c });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('answers demand in parts when it cannot be answered at once', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const asked = '       3------------';
      const jobs = queue('  -(ab)--(cd)--');
      const expected = '    -x-----c-----';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { x: ['a', 'b'], c });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('answers with no more than it was asked for', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  -(abcd)---');
      const asked = '       --1------1';
      const expected = '    --a------b';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a, b });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('adds up demand over several asks', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const asked = '       1-2-1-------';
      const jobs = queue('  ------(abcd)');
      const expected = '    ------x     ';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { x: ['a', 'b', 'c', 'd'] });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('takes several asks in one frame', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const asked = '       -(12)-----';
      const jobs = queue('  ------(ab)');
      const expected = '    ------x---';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { x: ['a', 'b'] });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('takes a synchronous and an asynchronous ask in one frame', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  (abcd)    ');
      const asked = '       (12)      ';
      const expected = '    (ax)      ';
      const asks = merge(of(1), scheduled([2], asapScheduler));
      expectObservable(jobs.events(asks)).toBe(expected, { a, x: ['b', 'c'] });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('takes an ask in the frame of the event, whichever is first', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  --a--b');
      const asked = '       --1--1';
      const expected = '    --a--b';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a, b });
      expectDemand(jobs).toBe(asked);
    });
    const queue = new DemandQueue<string>();
    const consumer = new RawConsumer(queue);
    consumer.ask(1);
    queue.next('a');
    queue.next('b');
    consumer.ask(1);
    expect(consumer.batches).toEqual([a, b]);
  });

  it('takes demand without end', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue('  (ab)--c-d|');
      const asked = '       ---∞------';
      const expected = '    ---x--c-d|';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { x: ['a', 'b'], c, d });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('withdraws what was owed when a consumer unsubscribes', () => {
    marbles(({ queue, demand, expectObservable, expectDemand, flush }) => {
      const jobs = queue('  a---b');
      const asked = '       -3   ';
      const unsub = '       --!  ';
      const expected = '    -a   ';
      expectObservable(jobs.events(demand(asked)), unsub).toBe(expected, { a });
      expectDemand(jobs).toBe(asked);
      flush();
      expect([jobs.size, jobs.demand]).toEqual([1, 0]);
    });
  });

  it('lets two consumers share by their demand, the bigger first', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const asked1 = '     1---------';
      const asked2 = '     2---------';
      const asked = '      (12)      ';
      const jobs = queue(' ----(abcd)');
      const expected1 = '  ----c-----';
      const expected2 = '  ----x-----';
      expectObservable(jobs.events(demand(asked1))).toBe(expected1, { c });
      expectObservable(jobs.events(demand(asked2))).toBe(expected2, { x: ['a', 'b'] });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('serves equal demand in the order it was asked', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const asked1 = '     --1------';
      const asked2 = '     -1--1----';
      const asked = '      -11-1----';
      const jobs = queue(' ---a--b-c');
      const expected1 = '  ------b--';
      const expected2 = '  ---a----c';
      expectObservable(jobs.events(demand(asked1))).toBe(expected1, { b });
      expectObservable(jobs.events(demand(asked2))).toBe(expected2, { a, c });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('may be fed by several Observables', () => {
    marbles(({ cold, queue, demand, expectObservable, expectDemand }) => {
      const source1 = cold(' -a-b-|  ');
      const source2 = cold(' --c-d-| ');
      const asked = '        ∞       ';
      const expected = '     -acbd-| ';
      const jobs = queue();
      merge(source1, source2).subscribe(jobs);
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a, b, c, d });
      expectDemand(jobs).toBe(asked);
    });
  });
});

describe('DemandQueue, call by call', () => {
  it('gives the events of one enqueue in one batch to a consumer that is owed them', () => {
    const queue = new DemandQueue<number>();
    const consumer = new RawConsumer(queue);
    consumer.ask(10);
    queue.enqueue([1, 2, 3]);
    queue.enqueue(new Set([4, 5]));
    queue.enqueue(
      (function* () {
        yield 6;
        yield 7;
      })(),
    );
    expect(consumer.batches).toEqual([
      [1, 2, 3],
      [4, 5],
      [6, 7],
    ]);
  });

  it('does nothing for an empty enqueue', () => {
    const queue = new DemandQueue<number>();
    const consumer = new RawConsumer(queue);
    consumer.ask(1);
    queue.enqueue([]);
    expect(consumer.batches).toEqual([]);
    expect(queue.demand).toBe(1);
  });

  it('adds nothing when the iterable throws', () => {
    const queue = new DemandQueue<number>();
    const broken = (function* () {
      yield 1;
      throw new Error('broken');
    })();
    expect(() => queue.enqueue(broken)).toThrow('broken');
    expect(queue.size).toBe(0);
  });

  it('keeps FIFO order when a consumer enqueues from inside a delivery', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue([1, 2, 3]);
    const consumer = new RawConsumer(queue, ([event = 0]) => {
      if (event < 3) queue.enqueue([event * 10, event * 10 + 1]);
      consumer.ask(1);
    });
    consumer.ask(1);
    expect(consumer.events).toEqual([1, 2, 3, 10, 11, 20, 21]);
  });

  it('delivers no batch inside another', () => {
    const queue = new DemandQueue<number>();
    const log: string[] = [];
    const consumer = new RawConsumer(queue, (batch) => {
      log.push(`begin ${String(batch)}`);
      if (batch[0] === 1) queue.enqueue([2, 3]);
      consumer.ask(2);
      log.push(`end ${String(batch)}`);
    });
    consumer.ask(2);
    queue.next(1);
    expect(log).toEqual(['begin 1', 'end 1', 'begin 2,3', 'end 2,3']);
  });

  it('counts what waits and what is owed', () => {
    const queue = new DemandQueue<number>();
    const consumer = new RawConsumer(queue);
    const seen = () => [queue.size, queue.demand];
    expect(seen()).toEqual([0, 0]);
    queue.enqueue([1, 2]);
    expect(seen()).toEqual([2, 0]);
    consumer.ask(5);
    expect(seen()).toEqual([0, 3]);
    consumer.ask(Infinity);
    expect(seen()).toEqual([0, Infinity]);
    queue.next(3);
    expect(seen()).toEqual([0, Infinity]);
    consumer.unsubscribe();
    expect(seen()).toEqual([0, 0]);
  });

  it('gives what a consumer that has left was owed to nobody, and serves the next one', () => {
    const queue = new DemandQueue<number>();
    const first = new RawConsumer(queue);
    first.ask(10);
    first.unsubscribe();
    queue.enqueue([1, 2, 3]);
    const second = new RawConsumer(queue);
    second.ask(2);
    expect(first.batches).toEqual([]);
    expect(second.batches).toEqual([[1, 2]]);
    expect(queue.peek()).toEqual([3]);
  });

  it('gives a consumer that leaves in the middle of a dispatch nothing, and loses none', () => {
    const queue = new DemandQueue<number>();
    const first = new RawConsumer(queue, () => second.unsubscribe());
    const second = new RawConsumer(queue);
    first.ask(2);
    second.ask(1);
    queue.enqueue([1, 2, 3]);
    expect(first.events).toEqual([1, 2]);
    expect(second.events).toEqual([]);
    expect(queue.peek()).toEqual([3]);
  });

  it('keeps the order of what several consumers leave behind in the middle of a dispatch', () => {
    const queue = new DemandQueue<number>();
    const first = new RawConsumer(queue, () => {
      second.unsubscribe();
      third.unsubscribe();
    });
    const second = new RawConsumer(queue);
    const third = new RawConsumer(queue);
    first.ask(3);
    second.ask(2);
    third.ask(1);
    queue.enqueue([1, 2, 3, 4, 5, 6, 7]);
    expect(queue.peek()).toEqual([4, 5, 6, 7]);
  });

  it('takes a subscription, an ask and its end from inside a delivery', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue([1, 2, 3]);
    let second: RawConsumer<number> | undefined;
    const first = new RawConsumer(queue, () => {
      second = new RawConsumer(queue);
      second.ask(1);
      first.unsubscribe();
    });
    first.ask(1);
    expect(first.batches).toEqual([[1]]);
    expect(second?.batches).toEqual([[2]]);
    expect([queue.size, queue.demand]).toEqual([1, 0]);
  });

  it('stops a synchronous demand Observable once the consumer has left', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue([1, 2, 3]);
    let asked = 0;
    const endless = range(0, 1000).pipe(
      map(() => 1),
      tap(() => asked++),
    );
    const seen: (readonly number[])[] = [];
    queue
      .events(endless)
      .pipe(take(2))
      .subscribe((batch) => seen.push(batch));
    expect(seen).toEqual([[1], [2]]);
    expect(asked).toBeLessThan(4);
    expect(queue.peek()).toEqual([3]);
  });

  it('peeks at a copy', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue([1, 2]);
    const copy = queue.peek() as number[];
    copy.push(3);
    expect(queue.peek()).toEqual([1, 2]);
  });

  it('clears what waits, returns it, and goes on', () => {
    const queue = new DemandQueue<number>();
    const consumer = new RawConsumer(queue);
    queue.enqueue([1, 2]);
    expect(queue.clear()).toEqual([1, 2]);
    expect(queue.clear()).toEqual([]);
    expect(queue.size).toBe(0);
    consumer.ask(1);
    queue.enqueue([3, 4]);
    expect(consumer.events).toEqual([3]);
    expect(queue.peek()).toEqual([4]);
  });

  it('serves 100,000 events one ask each without deepening the stack', () => {
    const queue = new DemandQueue<number>({ bufferSize: Infinity });
    queue.enqueue(Array.from({ length: 100_000 }, (_, i) => i));
    const consumer = new RawConsumer(queue, () => consumer.ask(1));
    consumer.ask(1);
    expect(consumer.events).toHaveLength(100_000);
  });
});
