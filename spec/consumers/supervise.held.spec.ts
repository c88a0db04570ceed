import { Subject, map, merge, of, throwError } from 'rxjs';
import {
  DemandQueue,
  consumerSupervisor,
  demandMap,
  fromIterable,
  handleEvents,
  keySerial,
  supervise,
  type RunningSupervisor,
  type Producer,
  type SupervisedConsumer,
  type SuperviseOptions,
  type WorkerCrash,
} from '../../src/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';

const crash = new Error('crash');

const fail = (): never => {
  throw crash;
};

/** A queue of numbers and one worker on it. */
function supervised<R>(worker: SupervisedConsumer<number, R>, options: SuperviseOptions<number> = {}) {
  const queue = new DemandQueue<number>();
  const held: (readonly number[])[] = [];
  const results: R[] = [];
  const subscription = queue
    .pipe(supervise(worker, { crashed: ({ events }) => held.push(events), ...options }))
    .subscribe((result) => results.push(result));
  return { queue, held, results, subscription };
}

describe('A crash of demandMap', () => {
  it('holds the event whose job has failed', () => {
    const jobs = new ManualJobs<number>();
    const { queue, held, results } = supervised(demandMap(jobs.project));
    queue.enqueue([1, 2, 3]);
    jobs.finish(1);
    jobs.fail(2, crash);
    jobs.finish(3);
    expect(held).toEqual([[2]]);
    expect(results).toEqual([1, 3]);
  });

  it('holds the jobs that were aborted with it, and those alone', () => {
    const jobs = new ManualJobs<number>();
    const { queue, held, results } = supervised(demandMap(jobs.project, { maxDemand: 3 }));
    queue.enqueue([1, 2, 3, 4]);
    jobs.finish(2);
    jobs.fail(3, crash);
    expect(held).toEqual([[1, 3, 4]]);
    expect(results).toEqual([2]);
    expect(queue.demand).toBe(3);
  });

  it('holds jobs that have ended, and have not been asked for again, no more', () => {
    const jobs = new ManualJobs<number>();
    const { queue, held } = supervised(demandMap(jobs.project, { maxDemand: 4, minDemand: 0 }));
    queue.enqueue([1, 2, 3, 4]);
    jobs.finish(1);
    jobs.finish(2);
    jobs.fail(4, crash);
    expect(held).toEqual([[3, 4]]);
  });

  it('gives back events of its batch that were not begun, before those that wait', () => {
    const begun: number[] = [];
    const { queue, held } = supervised(
      demandMap(
        (n) => {
          begun.push(n);
          return n === 1 ? throwError(() => crash) : new Subject<number>();
        },
        { maxDemand: 3 },
      ),
    );
    queue.enqueue([1, 2, 3, 4, 5]);
    expect(held).toEqual([[1]]);
    expect(begun).toEqual([1, 2, 3, 4]);
    expect(queue.peek()).toEqual([5]);
  });

  it('tells equal events one by one', () => {
    const jobs = [new Subject<number>(), new Subject<number>(), new Subject<number>()];
    const running = [...jobs];
    const { queue, held } = supervised(demandMap(() => running.shift() as Subject<number>, { maxDemand: 3 }));
    queue.enqueue([NaN, 7, NaN]);
    jobs[2]?.complete();
    jobs[0]?.error(crash);
    expect(held).toEqual([[NaN, 7]]);
  });
});

describe('A crash of handleEvents', () => {
  it('holds the batch that has failed; what was not begun goes to the next life', async () => {
    const batches: (readonly number[])[] = [];
    const insert = async (batch: readonly number[]) => {
      batches.push(batch);
      await Promise.resolve();
      if (batch.includes(1)) throw crash;
      return batch.length;
    };
    const { queue, held, results } = supervised(handleEvents(insert, { maxDemand: 4, minDemand: 2 }));
    queue.enqueue([1, 2, 3, 4, 5]);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(held).toEqual([[1, 2]]);
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
    expect(results).toEqual([2, 1]);
  });

  it('holds nothing when it has crashed between two batches', () => {
    const crashes = new Subject<void>();
    const worker = (source: Producer<number>) =>
      merge(source.pipe(handleEvents((batch) => batch.length)), crashes.pipe(map(fail)));
    const { queue, held, results } = supervised(worker);
    queue.enqueue([1, 2, 3]);
    crashes.next();
    expect(held).toEqual([[]]);
    expect(results).toEqual([3]);
  });
});

describe('A crash when the producer has completed', () => {
  it('loses no event that was not begun: the next life gets it, and then completes', async () => {
    const held: (readonly number[])[] = [];
    const told: unknown[] = [];
    const insert = async (batch: readonly number[]) => {
      await Promise.resolve();
      if (batch.includes(1)) throw crash;
      return batch;
    };
    fromIterable([1, 2, 3, 4])
      .pipe(
        supervise(handleEvents(insert, { maxDemand: 4, minDemand: 2 }), {
          crashed: ({ events }) => held.push(events),
        }),
      )
      .subscribe({ next: (batch) => told.push(batch), complete: () => told.push('complete') });
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(held).toEqual([[1, 2]]);
    expect(told).toEqual([[3, 4], 'complete']);
  });

  it('hands those that no life gets any more to the producer, which discards them', () => {
    const discarded: unknown[] = [];
    const jobs = new ManualJobs<string>();
    const work = (batch: readonly string[]) => jobs.project(batch.join(), {} as never);
    fromIterable(['a', 'b'], { discarded: (events, cause) => discarded.push(events, cause) })
      .pipe(
        supervise(handleEvents(work, { maxDemand: 3, minDemand: 2 }), {
          maxRestarts: 0,
          crashed: () => undefined,
        }),
      )
      .subscribe({ error: () => undefined });
    jobs.fail('a', crash);
    expect(discarded).toEqual([['b'], 'stopped']);
  });
});

describe('Other workers', () => {
  it('are taken to have done their oldest events as they ask for more', () => {
    const demand = new Subject<number>();
    const crashes = new Subject<void>();
    const { queue, held } = supervised((source) => merge(source.events(demand), crashes.pipe(map(fail))));
    demand.next(3);
    queue.enqueue([1, 2, 3]);
    demand.next(2);
    queue.enqueue([4]);
    crashes.next();
    expect(held).toEqual([[3, 4]]);
  });

  it('that ask for all there is have done each event as they get it', () => {
    const { queue, held, results } = supervised((source) =>
      source.events(of(Infinity)).pipe(
        map((batch) => {
          if (batch.includes(3)) throw crash;
          return batch;
        }),
      ),
    );
    queue.enqueue([1, 2]);
    queue.enqueue([3]);
    queue.enqueue([4]);
    expect(results).toEqual([[1, 2], [4]]);
    expect(held).toEqual([[3]]);
  });

  it('may be supervisors of children: what is torn down with its children is held, what they have told is not', () => {
    const jobs = new ManualJobs<number>();
    const told: (readonly number[])[] = [];
    const children = consumerSupervisor((n: number) => jobs.project(n, {} as never), {
      restart: 'transient',
      maxRestarts: 0,
      maxDemand: 3,
      crashed: ({ events }) => told.push(events),
    });
    const crashes = new Subject<void>();
    const { queue, held } = supervised((source) => merge(source.pipe(children), crashes.pipe(map(fail))));
    queue.enqueue([1, 2, 3, 4]);
    jobs.finish(1);
    crashes.next();
    expect([told, held]).toEqual([[], [[2, 3, 4]]]);
    queue.enqueue([5, 6]);
    jobs.fail(5, crash);
    expect([told, held]).toEqual([[[5, 6]], [[2, 3, 4], []]]);
  });

  it('may be supervisors of children: what has just ended is not held', () => {
    const jobs = new ManualJobs<number>();
    const held: (readonly number[])[] = [];
    let supervisor!: RunningSupervisor<number>;
    const children = consumerSupervisor(
      (n: number) => {
        // In the turn in which a child starts, another ends, and then the worker beside it crashes.
        if (n === 7) jobs.finish(2);
        if (n === 7) jobs.fail(1, crash);
        return jobs.project(n, {} as never);
      },
      {
        maxDemand: 1,
        started: (handle) => {
          supervisor = handle;
        },
      },
    );
    const queue = new DemandQueue<number>();
    queue
      .pipe(
        supervise([demandMap(jobs.project), children], {
          strategy: 'one_for_all',
          crashed: ({ events }) => held.push(events),
        }),
      )
      .subscribe();
    queue.enqueue([1, 2]);
    supervisor.startChild(7);
    expect(held).toEqual([[1]]);
  });

  it('may be supervised themselves: what an inner crash held is told once', () => {
    const jobs = new ManualJobs<number>();
    const inner: (readonly number[])[] = [];
    const worker = supervise(demandMap(jobs.project, { maxDemand: 2 }), {
      maxRestarts: 1,
      crashed: ({ events }) => inner.push(events),
    });
    const { queue, held, results } = supervised(worker, { workers: 1 });
    queue.enqueue([1, 2, 3, 4, 5]);
    jobs.fail(2, crash);
    expect([inner, held]).toEqual([[[1, 2]], []]);
    jobs.fail(3, crash);
    expect([inner, held]).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [[]],
    ]);
    jobs.finish(5);
    expect(results).toEqual([5]);
    expect(queue.demand).toBe(2);
  });
});

describe('A dispatcher that waits for events to be done', () => {
  it('has those of a crashed worker done', () => {
    const queue = new DemandQueue<string>({ dispatcher: keySerial({ key: (event) => event[0] }) });
    const jobs = new ManualJobs<string>();
    const held: unknown[] = [];
    queue
      .pipe(supervise(demandMap(jobs.project), { workers: 2, crashed: ({ events }) => held.push(...events) }))
      .subscribe();
    queue.enqueue(['a1', 'a2', 'b1', 'b2']);
    expect(jobs.running).toEqual(['a1', 'b1']);
    jobs.fail('a1', crash);
    expect(held).toEqual(['a1']);
    expect(jobs.running).toEqual(['b1', 'a2']);
    jobs.finish('b1');
    expect(jobs.running).toEqual(['a2', 'b2']);
  });
});

describe('Without a listener', () => {
  it('each crash is a warning on the console', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const { queue } = supervised(
      demandMap(() => throwError(() => crash)),
      { crashed: undefined as never },
    );
    queue.enqueue([1, 2]);
    const [first] = warn.mock.calls;
    const told: WorkerCrash<number> = { error: crash, events: [1], worker: 0, crashes: 1 };
    expect(warn).toHaveBeenCalledTimes(2);
    expect(first).toEqual([expect.stringContaining('worker 0 has crashed, and 1 event(s) are gone'), told]);
    warn.mockRestore();
  });
});
