import {
  Observable,
  Subject,
  VirtualTimeScheduler,
  asapScheduler,
  delay,
  merge,
  of,
  scheduled,
  take,
  takeUntil,
} from 'rxjs';
import { DemandQueue, demandMap, type JobContext } from '../src/index.ts';
import { Stage } from '../src/engine/index.ts';
import { marbles } from '../src/testing/index.ts';
import { ManualJobs } from './support/ManualJobs.ts';
import { RawConsumer } from './support/RawConsumer.ts';

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

// The rules of the protocol, by their numbers.

describe('The protocol', () => {
  it('rule 1: a producer never delivers more events than were asked for on that subscription', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const jobs = queue(' (abcde)f-g');
      const asked1 = '    -------1--1';
      const asked2 = '    ---------2-';
      const asked = '     -------1-21';
      const expected1 = ' -------a--d';
      const expected2 = ' ---------x-';
      expectObservable(jobs.events(demand(asked1))).toBe(expected1, { a: ['a'], d: ['d'] });
      expectObservable(jobs.events(demand(asked2))).toBe(expected2, { x: ['b', 'c'] });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('rule 2: demand is additive and kept: events that come later are delivered at once', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const asked = '     1-2---------';
      const jobs = queue('-----a-(bc)-d');
      const expected = '  -----a-x-----';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { a: ['a'], x: ['b', 'c'] });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('rule 3: every change of the queue or of the demand tries to dispatch, and nothing is a legal answer', () => {
    const queue = new DemandQueue<number>();
    const first = new RawConsumer(queue);
    const second = new RawConsumer(queue);
    first.ask(1);
    expect(first.batches).toEqual([]);
    queue.next(1);
    expect(first.batches).toEqual([[1]]);
    queue.next(2);
    second.ask(2);
    expect(second.batches).toEqual([[2]]);
    // What a pool gives back is dispatched, too.
    queue
      .pipe(
        demandMap((event) => event, { maxDemand: 2 }),
        take(1),
      )
      .subscribe();
    queue.enqueue([3, 4]);
    expect(second.batches).toEqual([[2], [4]]);
  });

  it.each([0, -1, 1.5, NaN, '3'])('rule 4: demand of %p is a RangeError that names it', (bad) => {
    const consumer = new RawConsumer(new DemandQueue<number>());
    consumer.ask(bad as number);
    expect(consumer.ended).toBeInstanceOf(RangeError);
    expect((consumer.ended as RangeError).message).toBe(
      `Expected \`demand\` to be a positive integer or Infinity, got ${typeof bad === 'string' ? "'3'" : bad}`,
    );
  });

  it('rule 5: batches are non-empty and serial, and asks made in a delivery loop instead of recursing', () => {
    const queue = new DemandQueue<number>({ bufferSize: Infinity });
    let depth = 0;
    let deepest = 0;
    const consumer = new RawConsumer(queue, ([event = 0]) => {
      deepest = Math.max(deepest, ++depth);
      if (event === 0) queue.enqueue([]);
      if (event < 50_000) queue.next(100_000 + event);
      consumer.ask(1);
      depth--;
    });
    queue.enqueue(range(100_000));
    consumer.ask(1);
    expect(consumer.events).toHaveLength(150_000);
    expect(consumer.batches.every((batch) => batch.length === 1)).toBe(true);
    expect(deepest).toBe(1);
  });

  it('rule 6: a subscription is registered before its first ask, and an ask in the same frame is not lost', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const jobs = queue('  (abc)---');
      const sub = '         -----^--';
      const asked = '       -----(12)';
      const expected = '    -----(ax)';
      const asks = merge(of(1), scheduled([2], asapScheduler));
      expectObservable(jobs.events(asks), sub).toBe(expected, { a: ['a'], x: ['b', 'c'] });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('rule 7: events are dispatched in FIFO order, and results come in the order they are ready', () => {
    marbles(({ queue, expectObservable, expectDemand, flush }) => {
      const lasts = { a: 6, b: 2, c: 3, d: 2 };
      const jobs = queue('  (abcd)--');
      const asked = '       2-1--111';
      const expected = '    --b--cad';
      const begun: string[] = [];
      const work = (job: string) => {
        begun.push(job);
        return of(job).pipe(delay(lasts[job as 'a']));
      };
      expectObservable(jobs.pipe(demandMap(work, { maxDemand: 2 }))).toBe(expected);
      expectDemand(jobs).toBe(asked);
      flush();
      expect(begun).toEqual(['a', 'b', 'c', 'd']);
    });
  });

  it.each([
    ['first' as const, [1, 2], [3, 4]],
    ['last' as const, [3, 4], [1, 2]],
  ])(
    'rule 8: a full buffer keeps the %s events, and hands out the dropped ones',
    (bufferKeep, kept, dropped) => {
      const queue = new DemandQueue<number>({ bufferSize: 2, bufferKeep });
      const discarded: unknown[] = [];
      queue.discarded.subscribe((events) => discarded.push(events));
      queue.enqueue([1, 2, 3, 4]);
      expect(queue.peek()).toEqual(kept);
      expect(discarded).toEqual([dropped]);
    },
  );

  it('rule 9: `complete` is delivered after the last event, `error` at once', () => {
    marbles(({ queue, demand, expectObservable, expectDemand }) => {
      const asked = '            --1--1-    ';
      const completing = queue(' (ab|)      ');
      const completed = '        --a--(b|)  ';
      const erroring = queue('   (ab)#      ');
      const errored = '          --a-#      ';
      const dropped = '          ----(x|)   ';
      expectObservable(completing.events(demand(asked))).toBe(completed, { a: ['a'], b: ['b'] });
      expectObservable(erroring.events(demand(asked))).toBe(errored, { a: ['a'] });
      expectObservable(erroring.discarded).toBe(dropped, { x: ['b'] });
      expectDemand(completing).toBe(asked);
      expectDemand(erroring).toBe('--1');
    });
  });

  it('rule 10: what a consumer that leaves was owed is withdrawn exactly once', () => {
    const queue = new DemandQueue<number>();
    const leaving = new RawConsumer(queue);
    const staying = new RawConsumer(queue);
    leaving.ask(10);
    staying.ask(5);
    leaving.unsubscribe();
    leaving.unsubscribe();
    expect(queue.demand).toBe(5);
    staying.ask(1);
    expect(queue.demand).toBe(6);
    queue.enqueue(range(9));
    expect(staying.events).toEqual(range(6));
    expect(queue.peek()).toEqual([6, 7, 8]);
  });

  it('rule 11: a pool asks for maxDemand at first, and for what is missing at minDemand', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const values = { 1: 1, 2: 2, 3: 3, 4: 4 };
      const jobs = queue('  (123434)', values);
      const asked = '       4-2-2-2-';
      const expected = '    -123434-';
      const work = (frames: number) => of(frames).pipe(delay(frames));
      expectObservable(jobs.pipe(demandMap(work, { maxDemand: 4, minDemand: 2 }))).toBe(expected, values);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('rule 11: a stage splits a batch where it asks again', () => {
    const log: unknown[] = [];
    let next = 0;
    const producer = new Stage<never, number>('producer', {
      handleDemand: (count) => {
        log.push(`ask ${count}`);
        return next < 20 ? Array.from({ length: count }, () => next++) : [];
      },
    });
    const consumer = new Stage<number>('consumer', {
      handleEvents: (events) => {
        log.push(events);
      },
    });
    consumer.subscribe(producer, { maxDemand: 10, minDemand: 7 });
    expect(log.slice(0, 6)).toEqual(['ask 10', [0, 1, 2], 'ask 3', [3, 4, 5], 'ask 3', [6, 7, 8]]);
  });

  it('rule 12: all state is per subscription', () => {
    const queue = new DemandQueue<number>();
    const jobs = new ManualJobs<number>();
    const pool = queue.pipe(demandMap(jobs.project, { maxDemand: 2 }));
    const consumer = demandMap((event: number, { index }: JobContext) => [event, index].join());
    pool.subscribe();
    pool.subscribe();
    queue.enqueue([1, 2, 3, 4]);
    expect([1, 2, 3, 4].map((event) => jobs.context(event).worker)).toEqual([0, 1, 0, 1]);
    expect([1, 2, 3, 4].map((event) => jobs.context(event).index)).toEqual([0, 1, 0, 1]);
    const results: string[] = [];
    consumer(of(1)).subscribe((result) => results.push(result));
    consumer(of(2)).subscribe((result) => results.push(result));
    expect(results).toEqual(['1,0', '2,0']);
  });

  it('rule 13: everything that waits takes a SchedulerLike', async () => {
    const scheduler = new VirtualTimeScheduler();
    const queue = new DemandQueue<number>();
    let done = 0;
    const job = async () => {
      scheduler.frame += 10;
    };
    queue.enqueue(range(100));
    queue.pipe(demandMap(job, { yieldAfterMs: 8, scheduler })).subscribe(() => done++);
    await settled();
    const before = done;
    expect(before).toBeGreaterThan(0);
    await settled();
    expect(done).toBe(before);
    scheduler.flush();
    await settled();
    expect(done).toBeGreaterThan(before);
    expect(queue.size).toBeGreaterThan(0);
  });

  it.each<[string, (signal: AbortSignal, tornDown: () => void) => unknown]>([
    ['a Promise', (signal, tornDown) => new Promise(() => signal.addEventListener('abort', tornDown))],
    ['an Observable', (_, tornDown) => new Observable(() => tornDown)],
    [
      'an iterable',
      function* (_, tornDown) {
        try {
          yield* [1, 2, 3];
        } finally {
          tornDown();
        }
      },
    ],
    [
      'an async iterable',
      async function* (_, tornDown) {
        try {
          for (;;) yield await settled();
        } finally {
          tornDown();
        }
      },
    ],
  ])(
    'rule 14: a handler may return %s; unsubscribing tears it down and aborts its signal',
    async (_, job) => {
      const queue = new DemandQueue<number>();
      let aborted = false;
      let tornDown = false;
      const handler = (__: number, { signal }: JobContext) => {
        signal.addEventListener('abort', () => (aborted = true));
        return job(signal, () => (tornDown = true));
      };
      const stop = new Subject<void>();
      queue.pipe(demandMap(handler), takeUntil(stop)).subscribe(() => stop.next());
      queue.enqueue([1, 2]);
      stop.next();
      expect(aborted).toBe(true);
      await settled();
      await settled();
      expect(tornDown).toBe(true);
      expect(queue.peek()).toEqual([2]);
    },
  );

  it('rule 14: a handler may return nothing', () => {
    const queue = new DemandQueue<number>();
    const results: unknown[] = [];
    queue.pipe(demandMap(() => {})).subscribe((result) => results.push(result));
    queue.enqueue([1, 2]);
    expect(results).toEqual([undefined, undefined]);
  });
});

/** Everything that waits for nothing but microtasks has been done. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
