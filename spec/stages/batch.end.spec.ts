import { map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { DemandQueue, batch, consume, demandMap, fromIterable, type Batch } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

const signs = { size: '', timeout: '~', flush: '!' };
const text = ({ events, trigger }: Batch<string, unknown>) => events.join('') + signs[trigger];
const drawn = map(text);

/** The letter of an event such as `a1`. */
const key = (event: string) => event[0];

describe('batch over a queue that ends', () => {
  it('never emits and never completes over a queue that does neither', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  ------');
      const asked = '       2-----';
      const expected = '    ------';
      expectObservable(jobs.pipe(batch({ size: 2, timeoutMs: 3 }), consume())).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('completes with an empty queue, without a batch', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  --|');
      const expected = '    --|';
      expectObservable(jobs.pipe(batch({ size: 2, timeoutMs: 3 }), consume())).toBe(expected);
    });
  });

  it('lets a batch of one event go with the end', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  a---|    ');
      const expected = '    ----(x|) ';
      expectObservable(jobs.pipe(batch({ size: 2 }), consume(), drawn)).toBe(expected, { x: 'a!' });
    });
  });

  it('lets no batch go with the end if none is open', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  ab-|');
      const expected = '    -x-|';
      expectObservable(jobs.pipe(batch({ size: 2 }), consume(), drawn)).toBe(expected, { x: 'ab' });
    });
  });

  it('lets all open batches go, those with the oldest events first', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  abcABb|');
      const expected = '    ---xy-(zw|)';
      const batches = jobs.pipe(batch({ size: 2, key: (job) => job.toLowerCase() }), consume(), drawn);
      expectObservable(batches).toBe(expected, { x: 'aA', y: 'bB', z: 'c!', w: 'b!' });
    });
  });

  it('completes when the last batch has been taken', () => {
    marbles(({ queue, demand, expectObservable }) => {
      const jobs = queue('  (abcd|)            ');
      const asks = '        1-------1------1   ';
      const expected = '    x-------y------(z|)';
      const batches = jobs
        .pipe(batch({ size: 2, key: (job) => (job === 'b' ? 'b' : 'other') }))
        .events(demand(asks));
      expectObservable(batches.pipe(map(([one]) => text(one!)))).toBe(expected, {
        x: 'ac',
        y: 'b!',
        z: 'd!',
      });
    });
  });

  it('takes what it had been sent before it lets the open batches go', () => {
    marbles(({ queue, demand, expectObservable }) => {
      const jobs = queue('  (abcde|)         ');
      const asks = '        1----1----1      ';
      const expected = '    x----y----(z|)   ';
      const batches = jobs.pipe(batch({ size: 2, maxDemand: 9 })).events(demand(asks));
      expectObservable(batches.pipe(map(([one]) => text(one!)))).toBe(expected, {
        x: 'ab',
        y: 'cd',
        z: 'e!',
      });
    });
  });

  it('errors at once, and gives back what it holds', () => {
    marbles(({ queue, expectObservable }) => {
      const jobs = queue('  a-b--#   ');
      const expected = '    -----#   ';
      const dropped = '     -----(x|)';
      expectObservable(jobs.pipe(batch({ size: 3 }), consume())).toBe(expected);
      expectObservable(jobs.discarded).toBe(dropped, { x: ['a', 'b'] });
    });
  });
});

describe('batch that is left', () => {
  it('gives the events of all open batches back, in their old order', () => {
    const queue = new DemandQueue<string>();
    const consumer = new RawConsumer(queue.pipe(batch({ size: 3, key, maxDemand: 2 })));
    consumer.ask(1);
    queue.enqueue(['a1', 'b1', 'a2', 'c1', 'a3', 'b2', 'c2', 'd1', 'e1', 'f1']);
    expect(consumer.events.map(text)).toEqual(['a1a2a3']);
    consumer.unsubscribe();
    expect(queue.peek()).toEqual(['b1', 'c1', 'b2', 'c2', 'd1', 'e1', 'f1']);
    expect(queue.demand).toBe(0);
  });

  it('gives the events of batches back that nobody has got', () => {
    const scheduler = new TestScheduler(() => undefined);
    const queue = new DemandQueue<string>();
    const consumer = new RawConsumer(
      queue.pipe(batch({ size: 3, key, timeoutMs: 5, scheduler, maxDemand: 9 })),
    );
    consumer.ask(1);
    queue.enqueue(['a1', 'b1']);
    scheduler.schedule(() => queue.enqueue(['c1', 'a2', 'c2', 'c3', 'd1', 'b2']), 3);
    scheduler.schedule(() => {
      expect(consumer.events.map(text)).toEqual(['c1c2c3']);
      consumer.unsubscribe();
      expect(queue.peek()).toEqual(['a1', 'b1', 'a2', 'd1', 'b2']);
    }, 7);
    scheduler.flush();
    expect.assertions(2);
  });

  it('gives the events of batches back that its consumer has not begun', () => {
    const queue = new DemandQueue<string>();
    const done: string[] = [];
    const pool = queue
      .pipe(
        batch({ size: 2, key, maxDemand: 9 }),
        demandMap(
          (one) => {
            done.push(text(one));
            pool.unsubscribe();
          },
          { maxDemand: 3 },
        ),
      )
      .subscribe();
    queue.enqueue(['a1', 'b1', 'c1', 'c2', 'b2', 'a2', 'd1']);
    expect([done, queue.peek()]).toEqual([['c1c2'], ['a1', 'b1', 'b2', 'a2', 'd1']]);
  });

  it('hands out what nobody has got if the queue has completed', () => {
    const queue = new DemandQueue<string>();
    const lost: string[] = [];
    const discarded = (batches: readonly Batch<string, unknown>[], cause: string) => {
      lost.push(cause, ...batches.map(text));
    };
    const consumer = new RawConsumer(queue.pipe(batch({ size: 2, key, discarded })));
    consumer.ask(1);
    queue.enqueue(['a1', 'b1', 'c1', 'b2']);
    queue.complete();
    consumer.unsubscribe();
    expect([consumer.events.map(text), lost]).toEqual([['b1b2'], ['stopped', 'a1!', 'c1!']]);
  });

  it('leaves no timer behind, however it ends', () => {
    const ends: ((queue: DemandQueue<string>, consumer: RawConsumer<unknown>) => void)[] = [
      (_, consumer) => consumer.unsubscribe(),
      (queue) => queue.error('gone'),
      (queue) => queue.complete(),
    ];
    for (const end of ends) {
      const scheduler = new TestScheduler(() => undefined);
      const queue = new DemandQueue<string>();
      queue.discarded.subscribe();
      const consumer = new RawConsumer(queue.pipe(batch({ size: 2, timeoutMs: 5, scheduler })));
      consumer.ask(2);
      queue.enqueue(['a']);
      expect(scheduler.actions).toHaveLength(1);
      end(queue, consumer);
      expect(scheduler.actions.filter(({ closed }) => !closed)).toEqual([]);
    }
  });

  it('begins anew with the next consumer', () => {
    const queue = new DemandQueue<string>();
    const batches = queue.pipe(batch({ size: 2 }));
    const first = new RawConsumer(batches);
    first.ask(1);
    queue.enqueue(['a']);
    first.unsubscribe();
    const second = new RawConsumer(batches);
    second.ask(1);
    queue.enqueue(['b', 'c']);
    expect(second.events.map(text)).toEqual(['ab']);
  });
});

describe('batch with a function that throws', () => {
  it.each(['key', 'flushOn'])(
    'errors if it is %s, and loses nothing but the event that it throws for',
    (name) => {
      const error = new Error(name);
      const queue = new DemandQueue<string>();
      const failing = {
        [name]: (event: string) => {
          if (event === 'bad') throw error;
          return false;
        },
      };
      const consumer = new RawConsumer(queue.pipe(batch({ size: 2, maxDemand: 9, ...failing })));
      consumer.ask(9);
      queue.enqueue(['a', 'b', 'c']);
      queue.enqueue(['d', 'e', 'bad', 'f', 'g', 'h', 'i']);
      expect(consumer.ended).toBe(error);
      expect(consumer.events.map(text)).toEqual(['ab']);
      // What was full in the same piece has not gone yet, and goes back too.
      expect(queue.peek()).toEqual(['c', 'd', 'e', 'f', 'g', 'h', 'i']);
    },
  );
});

describe('batch, whatever its functions and consumers do', () => {
  it('loses nothing if a function leaves the stage', () => {
    const queue = new DemandQueue<string>();
    const flushOn = (event: string) => {
      if (event === 'leave') consumer.unsubscribe();
      return false;
    };
    const consumer = new RawConsumer(queue.pipe(batch({ size: 2, maxDemand: 9, flushOn })));
    consumer.ask(9);
    queue.enqueue(['a', 'b', 'c']);
    queue.enqueue(['d', 'e', 'leave', 'f']);
    expect(consumer.events.flatMap(({ events }) => events).concat(queue.peek())).toEqual([
      ...['a', 'b', 'c', 'd', 'e', 'leave', 'f'],
    ]);
  });

  it('takes events that are enqueued from inside a delivery', () => {
    const queue = new DemandQueue<number>();
    const consumer = new RawConsumer(queue.pipe(batch({ size: 2 })), ([one]) => {
      const [first = 0] = one!.events;
      if (first < 6) queue.enqueue([first + 2, first + 3]);
    });
    consumer.ask(9);
    queue.enqueue([0, 1]);
    expect(consumer.events.map(({ events }) => events)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
    ]);
  });

  it('takes asks that are made from inside a delivery', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue([0, 1, 2, 3, 4]);
    const consumer: RawConsumer<Batch<number>> = new RawConsumer(queue.pipe(batch({ size: 2 })), () =>
      consumer.ask(1),
    );
    consumer.ask(1);
    queue.enqueue([5]);
    expect(consumer.events.map(({ events }) => events.join())).toEqual(['0,1', '2,3', '4,5']);
  });

  it('stops in the middle of a delivery when it is left there', () => {
    const queue = new DemandQueue<number>();
    queue.enqueue([0, 1, 2, 3, 4]);
    const consumer: RawConsumer<Batch<number>> = new RawConsumer(
      queue.pipe(batch({ size: 2, maxDemand: 5 })),
      () => consumer.unsubscribe(),
    );
    consumer.ask(1);
    expect(consumer.events.map(({ events }) => events.join())).toEqual(['0,1']);
    expect([queue.peek(), queue.demand]).toEqual([[2, 3, 4], 0]);
  });

  it.each([1, 7, 1000, 100_000])(
    'takes 100,000 events that come at once without growing the stack, %d a batch',
    (size) => {
      const events = Array.from({ length: 100_000 }, (_, n) => n);
      const got: number[] = [];
      fromIterable(events)
        .pipe(
          batch({ size, key: (n) => n % 3 }),
          demandMap((one) => one.events),
        )
        .subscribe({ next: (n) => got.push(n), complete: () => got.push(-1) });
      expect(got.pop()).toBe(-1);
      got.sort((a, b) => a - b);
      expect(got.findIndex((n, i) => n !== i)).toBe(-1);
      expect(got).toHaveLength(100_000);
    },
  );
});
