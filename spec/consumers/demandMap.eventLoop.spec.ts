import { VirtualTimeScheduler, asapScheduler, scheduled, toArray } from 'rxjs';
import { DemandQueue, demandMap } from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** Does so many jobs that settle without waiting, and counts how often the event loop turned meanwhile. */
async function turnsDuring(
  count: number,
  job: (event: number) => unknown,
  yieldAfterMs?: number,
): Promise<number> {
  const queue = new DemandQueue<number>({ bufferSize: Infinity });
  queue.enqueue(range(count));
  queue.complete();
  let turns = 0;
  let done = false;
  const turn = () => {
    if (done) return;
    turns++;
    setImmediate(turn);
  };
  setImmediate(turn);
  let finished = 0;
  const options = yieldAfterMs === undefined ? {} : { yieldAfterMs };
  await new Promise<void>((resolve, reject) => {
    queue.pipe(demandMap(job, { maxDemand: 10, ...options })).subscribe({
      next: () => finished++,
      error: reject,
      complete: () => {
        done = true;
        resolve();
      },
    });
  });
  expect(finished).toBe(count);
  return turns;
}

describe('A pool whose jobs settle without waiting', () => {
  it('lets the event loop turn before the backlog is done', async () => {
    await expect(turnsDuring(200_000, async () => {}, 1)).resolves.toBeGreaterThan(0);
  });

  it('keeps the event loop from turning with yieldAfterMs Infinity', async () => {
    await expect(turnsDuring(200_000, async () => {}, Infinity)).resolves.toBe(0);
  });

  it('does jobs that end in the frame they were started in without a turn of the loop', async () => {
    await expect(turnsDuring(200_000, () => {}, 1)).resolves.toBe(0);
  });

  it('never waits for the event loop in virtual time', () => {
    marbles(({ queue, expectObservable, expectDemand }) => {
      const values = { x: 1, r: range(20) };
      const jobs = queue<number>();
      const asked = '       (2----)   '.replace('----', '1'.repeat(18));
      const expected = '    (r|)';
      jobs.enqueue(range(20));
      jobs.complete();
      // Each job takes real time, but no virtual time.
      const job = (event: number) => {
        for (const end = performance.now() + 0.5; performance.now() < end;);
        return scheduled([event], asapScheduler);
      };
      const pool = jobs.pipe(demandMap(job, { maxDemand: 2, yieldAfterMs: 1 }));
      expectObservable(pool.pipe(toArray())).toBe(expected, values);
      expectDemand(jobs).toBe(asked.trim());
    });
  });

  it('completes when the queue completes while it waits for the loop to turn', async () => {
    const queue = new DemandQueue<number>({ bufferSize: Infinity });
    queue.enqueue(range(200_000));
    let finished = 0;
    const completed = new Promise<void>((resolve) => {
      queue.pipe(demandMap(async () => {}, { maxDemand: 3, yieldAfterMs: 1 })).subscribe({
        next: () => finished++,
        complete: resolve,
      });
    });
    setImmediate(() => {
      queue.clear();
      queue.complete();
    });
    await completed;
    expect(queue.size).toBe(0);
    expect(finished).toBeLessThan(200_000);
  });

  it('leaves nothing to be done once it is unsubscribed from', async () => {
    const scheduler = new VirtualTimeScheduler();
    const queue = new DemandQueue<number>();
    const job = async () => {
      scheduler.frame += 10;
    };
    queue.enqueue(range(100));
    const pool = queue.pipe(demandMap(job, { yieldAfterMs: 8, scheduler })).subscribe();
    await new Promise((resolve) => setImmediate(resolve));
    expect(scheduler.actions).toHaveLength(1);
    pool.unsubscribe();
    expect(scheduler.actions).toHaveLength(0);
  });

  it('stops for good when it is unsubscribed from while it waits for the loop to turn', async () => {
    const queue = new DemandQueue<number>({ bufferSize: Infinity });
    queue.enqueue(range(200_000));
    const pool = queue.pipe(demandMap(async () => {}, { yieldAfterMs: 1 })).subscribe();
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        pool.unsubscribe();
        resolve();
      });
    });
    const waiting = queue.size;
    await new Promise((resolve) => setImmediate(resolve));
    expect(waiting).toBeGreaterThan(0);
    expect(queue.size).toBe(waiting);
    expect(queue.demand).toBe(0);
  });
});

describe('The stack of a pool', () => {
  it.each([1, 3, Infinity])(
    'holds 100,000 synchronous jobs that were waiting (maxDemand %p)',
    (maxDemand) => {
      const queue = new DemandQueue<number>({ bufferSize: Infinity });
      queue.enqueue(range(100_000));
      let done = 0;
      queue.pipe(demandMap((event) => event, { maxDemand })).subscribe(() => done++);
      expect(done).toBe(100_000);
    },
  );

  it.each([1, 3, Infinity])(
    'holds 100,000 synchronous jobs, one enqueue each (maxDemand %p)',
    (maxDemand) => {
      const queue = new DemandQueue<number>();
      let done = 0;
      queue.pipe(demandMap((event) => [event], { maxDemand })).subscribe(() => done++);
      for (let event = 0; event < 100_000; event++) queue.next(event);
      expect(done).toBe(100_000);
    },
  );

  it.each([1, 3, Infinity])(
    'holds 100,000 jobs, each enqueued by the one before (maxDemand %p)',
    (maxDemand) => {
      const queue = new DemandQueue<number>();
      const begun: number[] = [];
      const job = (event: number) => {
        begun.push(event);
        if (event < 99_999) queue.enqueue([event + 1]);
      };
      queue.pipe(demandMap(job, { maxDemand })).subscribe();
      queue.enqueue([0]);
      expect(begun).toEqual(range(100_000));
    },
  );

  it.each([1, 3])(
    'holds 1,000 jobs, each enqueued by the result of the one before (maxDemand %p)',
    async (maxDemand) => {
      const queue = new DemandQueue<number>();
      const results: number[] = [];
      const completed = new Promise<void>((resolve) => {
        queue.pipe(demandMap(async (event) => event, { maxDemand })).subscribe({
          next: (result) => {
            results.push(result);
            if (result < 999) queue.next(result + 1);
            else queue.complete();
          },
          complete: resolve,
        });
      });
      queue.next(0);
      await completed;
      expect(results).toEqual(range(1000));
    },
  );

  it('holds a job that enqueues 1,000 jobs, each of which enqueues one more', () => {
    const queue = new DemandQueue<string>();
    const begun: string[] = [];
    const job = (event: string) => {
      begun.push(event);
      if (event === 'root') queue.enqueue(range(1000).map((i) => `child ${i}`));
      else if (event.startsWith('child')) queue.next(event.replace('child', 'grandchild'));
    };
    queue.pipe(demandMap(job, { maxDemand: 3 })).subscribe();
    queue.next('root');
    const family = (name: string) => range(1000).map((i) => `${name} ${i}`);
    expect(begun).toEqual(['root', ...family('child'), ...family('grandchild')]);
  });
});
