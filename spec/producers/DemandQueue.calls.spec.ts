import { map, range, take, tap } from 'rxjs';
import { DemandQueue } from '../../src/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

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
