import { Observable, of, throwError } from 'rxjs';
import {
  DemandQueue,
  RestartIntensityError,
  consumerSupervisor,
  type ChildCrash,
  type ConsumerSupervisorOptions,
  type RunningSupervisor,
} from '../../src/index.ts';
import { marbles } from '../../src/testing/index.ts';
import { ManualJobs } from '../support/ManualJobs.ts';
import { crashing } from '../support/crashing.ts';

const crash = new Error('crash');

/** A supervisor of jobs that end when they are told to, with all it tells. */
function running(options: ConsumerSupervisorOptions<number> = {}) {
  const queue = new DemandQueue<number>();
  const jobs = new ManualJobs<number>();
  const crashes: ChildCrash<number>[] = [];
  const told: unknown[] = [];
  let supervisor!: RunningSupervisor<number>;
  const subscription = queue
    .pipe(
      consumerSupervisor((event: number) => jobs.project(event, {} as never), {
        maxDemand: 3,
        started: (handle) => {
          supervisor = handle;
        },
        crashed: (one) => crashes.push(one),
        ...options,
      }),
    )
    .subscribe({ next: (result) => told.push(result), error: (error: unknown) => told.push(error) });
  return { queue, jobs, crashes, told, supervisor, subscription };
}

describe('A temporary child that crashes', () => {
  it('is gone, with its event, and the others go on', () => {
    const { queue, jobs, crashes, told } = running();
    queue.enqueue([1, 2, 3, 4]);
    jobs.fail(2, crash);
    expect(crashes).toEqual([{ error: crash, event: 2, events: [2], crashes: 1 }]);
    expect(jobs.running).toEqual([1, 3, 4]);
    jobs.finish(1);
    expect(told).toEqual([1]);
    expect(queue.demand).toBe(1);
  });

  it('may do so any number of times', () => {
    const { queue, jobs, crashes, told } = running({ maxRestarts: 0 });
    for (let n = 0; n < 10; n++) {
      queue.enqueue([n]);
      jobs.fail(n, crash);
    }
    expect(told).toEqual([]);
    expect(crashes).toHaveLength(10);
    expect(queue.demand).toBe(3);
  });

  it.each<unknown>(['normal', 'shutdown', undefined])('may fail with any value: %p', async (value) => {
    const queue = new DemandQueue<number>();
    const crashes: unknown[] = [];
    const starts = [
      () => new Observable((subscriber) => subscriber.error(value)),
      () => ({ then: (_: unknown, reject: (e: unknown) => void) => reject(value) }),
    ];
    queue
      .pipe(
        consumerSupervisor((n) => starts[n]?.(), {
          crashed: ({ event, error }) => crashes.push(event, error),
        }),
      )
      .subscribe();
    queue.enqueue([0, 1]);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    expect(crashes).toEqual([0, value, 1, value]);
  });
});

describe('A transient child that crashes', () => {
  it('is started again with its event, and settles no demand by that', () => {
    const { queue, jobs, crashes, told } = running({ restart: 'transient' });
    queue.enqueue([1, 2]);
    jobs.fail(1, crash);
    expect(crashes).toEqual([{ error: crash, event: 1, events: [], crashes: 1 }]);
    expect(jobs.running).toEqual([2, 1]);
    expect(queue.demand).toBe(1);
    jobs.finish(1);
    expect(told).toEqual([1]);
    expect(queue.demand).toBe(2);
  });

  it('is reported before it is started again', () => {
    const queue = new DemandQueue<number>();
    const log: string[] = [];
    let fails = 1;
    const job = (n: number) => {
      log.push(`start ${n}`);
      return fails-- > 0 ? throwError(() => crash) : of(n);
    };
    const crashed = ({ event }: ChildCrash<number>) => log.push(`crash ${event}`);
    queue.pipe(consumerSupervisor(job, { restart: 'transient', crashed })).subscribe();
    queue.enqueue([1]);
    expect(log).toEqual(['start 1', 'crash 1', 'start 1']);
  });

  it('too often ends all: the error lists the causes, and what the others did is reported', () => {
    const { queue, jobs, crashes, told } = running({ restart: 'transient', maxRestarts: 1 });
    queue.enqueue([1, 2, 3, 4]);
    jobs.fail(2, new Error('first'));
    jobs.fail(2, new Error('second'));
    expect(crashes.map(({ events }) => events)).toEqual([[], [2, 1, 3]]);
    expect(told).toEqual([new RestartIntensityError([new Error('first'), new Error('second')])]);
    expect((told[0] as RestartIntensityError).causes).toEqual([new Error('first'), new Error('second')]);
    expect(jobs.running).toEqual([]);
    expect(queue.peek()).toEqual([4]);
    expect(queue.demand).toBe(0);
  });

  it('too often within withinMs, which slides', () => {
    marbles(({ queue, expectObservable }) => {
      // Crashes at 2, 4, 6, 8 ... : three within 5 ms.
      const jobs = queue('  2--------');
      const expected = '    ------#';
      const error = new RestartIntensityError([1, 2, 3].map(() => new Error('crash of 2')));
      const options = {
        restart: 'transient',
        maxRestarts: 2,
        withinMs: 5,
        crashed: () => undefined,
      } as const;
      expectObservable(jobs.pipe(consumerSupervisor(crashing, options))).toBe(expected, null, error);
      const rarely = { ...options, withinMs: 3 };
      expectObservable(queue('2').pipe(consumerSupervisor(crashing, rarely)), '^--------!').toBe('-');
    });
  });
});

describe('The handle of a supervisor', () => {
  it('is given before anything is asked', () => {
    const queue = new DemandQueue<number>();
    const demands: number[] = [];
    const started = () => demands.push(queue.demand);
    queue.pipe(consumerSupervisor((n: number) => n, { started })).subscribe();
    queue.pipe(consumerSupervisor((n: number) => n, { started })).subscribe();
    expect(demands).toEqual([0, 1000]);
  });

  it('lists and counts the children', () => {
    const { queue, jobs, supervisor } = running();
    queue.enqueue([1, 2]);
    expect(supervisor.whichChildren().map(({ event, restarting }) => [event, restarting])).toEqual([
      [1, false],
      [2, false],
    ]);
    jobs.finish(1);
    expect(supervisor.countChildren()).toEqual({ active: 1, workers: 1 });
  });

  it('starts a child of its own, which settles no demand', () => {
    const { queue, jobs, told, supervisor } = running();
    const child = supervisor.startChild(7);
    expect(child.event).toBe(7);
    expect(supervisor.whichChildren()).toEqual([child]);
    jobs.finish(7);
    expect(told).toEqual([7]);
    expect(queue.demand).toBe(3);
  });

  it('terminates a child: once, and settles its demand', () => {
    const { queue, jobs, crashes, supervisor } = running({ restart: 'transient' });
    queue.enqueue([1]);
    const [child] = supervisor.whichChildren();
    expect(supervisor.terminateChild(child!)).toBe(true);
    expect(supervisor.terminateChild(child!)).toBe(false);
    expect(jobs.running).toEqual([]);
    expect(crashes).toEqual([]);
    expect(queue.demand).toBe(3);
  });

  it('gives each child to its own work', () => {
    const queue = new DemandQueue<number>();
    const told: unknown[] = [];
    let supervisor!: RunningSupervisor<number>;
    queue
      .pipe(
        consumerSupervisor((_, { child }) => [child], {
          started: (handle) => {
            supervisor = handle;
          },
        }),
      )
      .subscribe((child) => told.push(child.event, supervisor.whichChildren().length));
    queue.enqueue([1]);
    const child = supervisor.startChild(2);
    expect(child.event).toBe(2);
    expect(told).toEqual([1, 0, 2, 0]);
  });

  it('starts no child when the supervisor has stopped', () => {
    const { subscription, supervisor } = running();
    subscription.unsubscribe();
    expect(() => supervisor.startChild(1)).toThrow('The supervisor has stopped: it starts no child');
    expect(supervisor.countChildren()).toEqual({ active: 0, workers: 0 });
  });

  it('of an error in `started` is the end', () => {
    const told: unknown[] = [];
    const queue = new DemandQueue<number>();
    const started = () => {
      throw crash;
    };
    queue
      .pipe(consumerSupervisor((n: number) => n, { started }))
      .subscribe({ error: (error: unknown) => told.push(error) });
    expect(told).toEqual([crash]);
    expect(queue.demand).toBe(0);
  });
});

describe('An error of `crashed`', () => {
  it.each(['temporary', 'transient'] as const)('ends the supervisor: %s', (restart) => {
    const failed = new Error('listener');
    const crashed = () => {
      throw failed;
    };
    const { queue, jobs, told } = running({ restart, crashed });
    queue.enqueue([1, 2]);
    jobs.fail(1, crash);
    expect(told).toEqual([failed]);
    expect(jobs.running).toEqual([]);
  });
});

describe('Without a listener', () => {
  it('each crash is a warning on the console', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const queue = new DemandQueue<number>();
    queue.pipe(consumerSupervisor(() => throwError(() => crash))).subscribe();
    queue.enqueue([1, 2]);
    expect(warn).toHaveBeenCalledTimes(2);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('a child has crashed'), {
      error: crash,
      event: 1,
      events: [1],
      crashes: 1,
    });
    warn.mockRestore();
  });
});

describe('consumerSupervisor', () => {
  it.each<[ConsumerSupervisorOptions<number>, string]>([
    [{ maxDemand: 0 }, 'Expected `maxDemand` to be a positive integer or Infinity, got 0'],
    [
      { maxDemand: 2, minDemand: 2 },
      'Expected `minDemand` to be an integer from 0 to below `maxDemand` (2), got 2',
    ],
    [{ maxRestarts: Infinity }, 'Expected `maxRestarts` to be an integer of at least 0, got Infinity'],
    [{ withinMs: -1 }, 'Expected `withinMs` to be a number of at least 0, in ms, got -1'],
    [
      { restart: 'permanent' as never },
      "Expected `restart` to be 'temporary' (never restarted) or 'transient' (restarted if it has crashed), got 'permanent'",
    ],
  ])('refuses %p when it is called', (options, message) => {
    expect(() => consumerSupervisor((n: number) => n, options)).toThrow(new RangeError(message));
  });

  it.each<[string, () => unknown]>([
    ['a start that is none', () => consumerSupervisor(1 as never)],
    ['options that are none', () => consumerSupervisor((n: number) => n, 1 as never)],
    ['a `started` that is none', () => consumerSupervisor((n: number) => n, { started: 1 as never })],
    ['a `crashed` that is none', () => consumerSupervisor((n: number) => n, { crashed: 1 as never })],
    ['a source that is none', () => consumerSupervisor((n: number) => n)(1 as never)],
  ])('refuses %s', (_, call) => {
    expect(call).toThrow(TypeError);
  });
});
