import { NEVER, Observable, Subject, delay, lastValueFrom, of, takeUntil, toArray } from 'rxjs';
import { DemandQueue, demandMap, handleEvents, keySerial, stage } from '../../src/index.ts';
import { RecordedQueue, marbles, type MarbleHelpers } from '../../src/testing/index.ts';

/** A queue of letters, whose key is the letter itself, big or small. Each marble is a batch. */
function lettersOf(
  hot: MarbleHelpers['hot'],
  row: string,
  batches: Record<string, string> = {},
): RecordedQueue<string> {
  const queue = new RecordedQueue<string>({
    dispatcher: keySerial({ key: (letter) => letter.toLowerCase() }),
  });
  hot(row).subscribe({
    next: (marble) => {
      queue.enqueue(Array.from(batches[marble] ?? marble));
    },
    complete: () => {
      queue.complete();
    },
  });
  return queue;
}

/** A job that takes so many frames, and gives its letter. */
const takes = (frames: number) => (letter: string) => of(letter).pipe(delay(frames));

describe('A pool on a queue with keySerial()', () => {
  it('does one job of a key at a time', () => {
    marbles(({ hot, expectObservable, expectDemand }) => {
      const jobs = lettersOf(hot, '--x------------------|', { x: 'aAaA' });
      const asked = '              3-----1---1---1---1---';
      const expected = '           ------a---A---a---A--|';
      expectObservable(jobs.pipe(demandMap(takes(4), { maxDemand: 3 }))).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('lets other keys go ahead of one that is busy', () => {
    marbles(({ hot, expectObservable, expectDemand }) => {
      const jobs = lettersOf(hot, '--x---------|    ', { x: 'aAbBc' });
      const asked = '              3------(111)-----';
      const expected = '           -------(abc)(AB|)';
      expectObservable(jobs.pipe(demandMap(takes(5), { maxDemand: 3 }))).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('begins the next job of a key in the frame in which the one before has ended', () => {
    marbles(({ hot, expectObservable, expectDemand }) => {
      const jobs = lettersOf(hot, '--a---A------|  ');
      const asked = '              2------1----1---';
      const expected = '           -------a----A|  ';
      expectObservable(jobs.pipe(demandMap(takes(5), { maxDemand: 2 }))).toBe(expected);
      expectDemand(jobs).toBe(asked);
    });
  });

  it('gives the next job of a key to whichever pool has a worker', () => {
    marbles(({ hot, expectObservable }) => {
      const jobs = lettersOf(hot, '--x---------|', { x: 'aAb' });
      const slow = '               -------a----|';
      const fast = '               ---b-----A--|';
      expectObservable(jobs.pipe(demandMap(takes(5)))).toBe(slow);
      expectObservable(jobs.pipe(demandMap((letter) => takes(letter === 'b' ? 1 : 2)(letter)))).toBe(fast);
    });
  });

  it('frees the key of a job that an unsubscribed pool had begun', () => {
    marbles(({ hot, expectObservable }) => {
      const jobs = lettersOf(hot, '--x---------------|', { x: 'aAb' });
      const left = '               --------!          ';
      const begins = '             ---------^         ';
      const expected = '           -------------b---A|';
      expectObservable(jobs.pipe(demandMap(takes(9))), left).toBe('');
      expectObservable(jobs.pipe(demandMap(takes(4))), begins).toBe(expected);
    });
  });

  it('has torn a job down before another of its key begins', () => {
    const queue = new DemandQueue<string>({ dispatcher: keySerial({ key: (job) => job[0] }) });
    const log: string[] = [];
    const work = (job: string) =>
      new Observable<never>(() => {
        log.push(`${job} begins`);
        return () => log.push(`${job} is torn down`);
      });
    const first = queue.pipe(demandMap(work)).subscribe();
    queue.enqueue(['a1', 'a2']);
    queue.pipe(demandMap(work)).subscribe();
    first.unsubscribe();
    expect(log).toEqual(['a1 begins', 'a1 is torn down', 'a2 begins']);
  });

  it('puts events that it has not begun in front of their keys as it leaves, before others get any', async () => {
    const queue = new DemandQueue<string>({ dispatcher: keySerial({ key: (job) => job[0] }) });
    const begun: string[] = [];
    const stop = new Subject<void>();
    const others = demandMap((job: string) => {
      begun.push(job);
      return NEVER;
    });
    queue
      .pipe(
        demandMap((job) => Promise.resolve(job), { maxDemand: 2 }),
        takeUntil(stop),
      )
      .subscribe(() => {
        // `b1` is sent to the idle worker, which does not begin within this frame.
        queue.enqueue(['b1', 'b2']);
        queue.pipe(others).subscribe();
        stop.next();
      });
    queue.enqueue(['a1']);
    await Promise.resolve();
    expect(begun).toEqual(['b1']);
    expect(queue.peek()).toEqual(['b2']);
  });

  it('completes when the last job has ended, though it waited for its key', () => {
    marbles(({ hot, expectObservable }) => {
      const jobs = lettersOf(hot, '--x|           ', { x: 'aAa' });
      const expected = '           -----a--A--(a|)';
      expectObservable(jobs.pipe(demandMap(takes(3), { maxDemand: 9 }))).toBe(expected);
    });
  });

  it('frees a key as soon as its job has ended, while the pool lets the event loop turn', async () => {
    const queue = new DemandQueue<number>({ dispatcher: keySerial({ key: (n) => n % 2 }) });
    queue.enqueue(Array.from({ length: 2000 }, (_, i) => i));
    queue.complete();
    const pool = demandMap((n: number) => Promise.resolve(n), { maxDemand: 2, yieldAfterMs: 0.01 });
    const done = await lastValueFrom(queue.pipe(pool, toArray()), { defaultValue: [] });
    expect(done).toHaveLength(2000);
  });
});

describe('Stages on a queue with keySerial()', () => {
  it('have done events when their batch has been handled', () => {
    marbles(({ hot, expectObservable, expectDemand }) => {
      const jobs = lettersOf(hot, '--x----------|', { x: 'aAbB' });
      const asked = '              2----2--2-----';
      const expected = '           -----x--y----|';
      const batches = handleEvents((letters: readonly string[]) => of(letters.join('')).pipe(delay(3)), {
        maxDemand: 2,
        minDemand: 0,
      });
      expectObservable(jobs.pipe(batches)).toBe(expected, { x: 'ab', y: 'AB' });
      expectDemand(jobs).toBe(asked);
    });
  });

  it('have done each event as its job has ended, if jobs run side by side', () => {
    marbles(({ hot, expectObservable }) => {
      const jobs = lettersOf(hot, '--x-----------|', { x: 'aAbB' });
      const expected = '           ------(ab)(AB)|';
      const worked = jobs.pipe(
        stage(takes(4), { maxDemand: 4 }),
        demandMap((letter) => letter, { maxDemand: 9 }),
      );
      expectObservable(worked).toBe(expected);
    });
  });
});

describe('A bare subscription to a queue with keySerial()', () => {
  it('has done its oldest events as it asks for as many more', () => {
    marbles(({ hot, demand, expectObservable }) => {
      const jobs = lettersOf(hot, '--x---------|', { x: 'aAbB' });
      const asked = '              3-----1---1--';
      const expected = '           --x---y---z-|';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { x: ['a', 'b'], y: ['A'], z: ['B'] });
    });
  });

  it('has done each event as it gets it, if it has asked for all', () => {
    marbles(({ hot, demand, expectObservable }) => {
      const jobs = lettersOf(hot, '--x---------|', { x: 'aAbB' });
      const asked = '              ∞------------';
      const expected = '           --(xy)------|';
      expectObservable(jobs.events(demand(asked))).toBe(expected, { x: ['a', 'b'], y: ['A', 'B'] });
    });
  });
});

describe('keySerial(), at length', () => {
  it('does 100,000 jobs of 1,000 keys, those of a key in order, and none beside another of its key', () => {
    interface Job {
      readonly key: number;
      readonly number: number;
    }
    const queue = new DemandQueue<Job>({
      bufferSize: Infinity,
      dispatcher: keySerial({ key: ({ key }) => key }),
    });
    const running = new Set<number>();
    const last = new Map<number, number>();
    const faults: string[] = [];
    const ends = new Map<number, Subject<void>>();
    let done = 0;
    const work = ({ key, number }: Job) => {
      if (running.has(key)) faults.push(`${key} runs`);
      if ((last.get(key) ?? -1) >= number) faults.push(`${number} after ${last.get(key)}`);
      running.add(key);
      last.set(key, number);
      const end = new Subject<void>();
      ends.set(key, end);
      return end;
    };
    queue
      .pipe(demandMap(work, { maxDemand: 64 }))
      .subscribe({ error: (error: unknown) => faults.push(String(error)) });
    for (let i = 0; i < 100; i++) {
      queue.enqueue(
        Array.from({ length: 1000 }, (_, j) => ({ key: (j * j + i) % 1000, number: i * 1000 + j })),
      );
    }
    // Ends one job after the other, of keys all over the place.
    for (let turn = 0; running.size > 0; turn++) {
      const keys = [...running];
      const key = keys[(turn * 7919) % keys.length]!;
      running.delete(key);
      done++;
      ends.get(key)?.complete();
    }
    expect(faults).toEqual([]);
    expect([done, queue.size]).toEqual([100_000, 0]);
  });

  it('does a backlog of one key without recursion', () => {
    const queue = new DemandQueue<number>({
      bufferSize: Infinity,
      dispatcher: keySerial({ key: () => 'one' }),
    });
    const done: number[] = [];
    queue.enqueue(Array.from({ length: 100_000 }, (_, i) => i));
    queue.pipe(demandMap((n) => n, { maxDemand: 10 })).subscribe((n) => done.push(n));
    expect(done).toHaveLength(100_000);
    expect(done).toEqual([...done].sort((a, b) => a - b));
  });

  it('does not let one key with a long backlog starve the others', () => {
    const stop = new Subject<void>();
    const queue = new DemandQueue<string>({
      bufferSize: Infinity,
      dispatcher: keySerial({ key: (job) => job[0] }),
    });
    const done: string[] = [];
    queue.enqueue(Array.from({ length: 10_000 }, () => 'many'));
    queue.enqueue(['a', 'b', 'c']);
    queue
      .pipe(
        demandMap((job) => job),
        takeUntil(stop),
      )
      .subscribe((job) => {
        done.push(job);
        if (done.length === 5) stop.next();
      });
    expect(done).toEqual(['many', 'a', 'b', 'c', 'many']);
  });
});
