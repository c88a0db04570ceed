import { expectTypeOf } from 'expect-type';
import type { Observable } from 'rxjs';
import {
  DemandQueue,
  RestartIntensityError,
  demandMap,
  handleEvents,
  supervise,
  type Consumer,
  type SuperviseOptions,
} from '../../src/index.ts';

const worker = demandMap((n: number) => n);

describe('supervise', () => {
  it.each<[SuperviseOptions<number>, string]>([
    [{ workers: 0 }, 'Expected `workers` to be a positive integer, got 0'],
    [{ workers: Infinity }, 'Expected `workers` to be a positive integer, got Infinity'],
    [{ maxRestarts: -1 }, 'Expected `maxRestarts` to be an integer of at least 0, or Infinity, got -1'],
    [{ maxRestarts: 1.5 }, 'Expected `maxRestarts` to be an integer of at least 0, or Infinity, got 1.5'],
    [{ withinMs: -1 }, 'Expected `withinMs` to be a number of ms of at least 0, or Infinity, got -1'],
    [{ withinMs: NaN }, 'Expected `withinMs` to be a number of ms of at least 0, or Infinity, got NaN'],
    [{ restartDelayMs: -1 }, 'Expected `restartDelayMs` to be a number of ms of at least 0, got -1'],
    [
      { restartDelayMs: Infinity },
      'Expected `restartDelayMs` to be a number of ms of at least 0, got Infinity',
    ],
    [
      { strategy: 'one_for_two' as never },
      "Expected `strategy` to be one of 'one_for_one', 'one_for_all', 'rest_for_one', got 'one_for_two'",
    ],
  ])('refuses %p when it is called', (options, message) => {
    expect(() => supervise(worker, options)).toThrow(new RangeError(message));
  });

  it.each<[string, () => unknown, string]>([
    [
      'a worker that is none',
      () => supervise({} as never),
      'Expected `consumer` to be a function, got an object',
    ],
    [
      'a worker in a list that is none',
      () => supervise([worker, 1 as never]),
      'Expected `consumer` to be a function, got 1',
    ],
    [
      'options that are none',
      () => supervise(worker, 3 as never),
      'Expected `options` to be an object, got 3',
    ],
    [
      'a listener that is none',
      () => supervise(worker, { crashed: 'log' as never }),
      "Expected `crashed` to be a function, got 'log'",
    ],
    [
      'a source that is none',
      () => supervise(worker)([1, 2] as never),
      'Expected `source` to be a Producer or an Observable, got an array of 2',
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(new TypeError(message));
  });

  it('refuses an empty list, and a number of workers beside a list', () => {
    expect(() => supervise([])).toThrow(
      new RangeError('Expected `consumers` to be a list of at least one, got an array of 0'),
    );
    expect(() => supervise([worker], { workers: 2 } as never)).toThrow(
      new RangeError('Expected `workers` to be left out: a list of consumers has one worker for each, got 2'),
    );
  });

  it('takes a worker that fails to be made for one that crashes', () => {
    const told: unknown[] = [];
    const failed = new Error('no worker');
    const broken = () => {
      throw failed;
    };
    new DemandQueue<number>()
      .pipe(supervise(broken, { maxRestarts: 0, crashed: ({ error }) => told.push(error) }))
      .subscribe({ error: (error: unknown) => told.push(error) });
    expect(told).toEqual([failed, new RestartIntensityError([failed])]);
  });

  it('can be subscribed to any number of times: each has its own workers and restarts', () => {
    const queue = new DemandQueue<number>();
    const told: unknown[] = [];
    const job = (n: number) => {
      throw new Error(`no ${n}`);
    };
    const supervised = queue.pipe(
      supervise(demandMap(job), { maxRestarts: 1, crashed: ({ crashes }) => told.push(crashes) }),
    );
    supervised.subscribe({ error: () => told.push('first') });
    supervised.subscribe({ error: () => told.push('second') });
    queue.enqueue([1, 2]);
    expect(queue.demand).toBe(2);
    queue.enqueue([3, 4]);
    expect(told.filter((one) => typeof one === 'string')).toEqual(['first', 'second']);
    expect(queue.demand).toBe(0);
  });

  it('knows the types of its events and results', () => {
    const queue = new DemandQueue<string>();
    const one = queue.pipe(
      supervise(
        demandMap((job) => job.length),
        { workers: 3, crashed: ({ events }) => events.join() },
      ),
    );
    expectTypeOf(one).toEqualTypeOf<Observable<number>>();
    const list = queue.pipe(supervise([demandMap((job) => job.length), handleEvents((jobs) => jobs.length)]));
    expectTypeOf(list).toEqualTypeOf<Observable<number>>();
    const mixed = queue.pipe(
      supervise([demandMap((job: string) => job.length), demandMap((job: string) => [job])]),
    );
    expectTypeOf(mixed).toEqualTypeOf<Observable<number | string>>();
    const own = queue.pipe(supervise((source) => source.pipe(demandMap((job) => job.length))));
    expectTypeOf(own).toEqualTypeOf<Observable<number>>();
    expectTypeOf(supervise(demandMap(async (job: string) => job))).toEqualTypeOf<Consumer<string, string>>();
    // @ts-expect-error -- the queue is of strings
    void queue.pipe(supervise(demandMap((n: number) => n)));
  });
});

describe('RestartIntensityError', () => {
  it('lists the causes, the last of which is its cause', () => {
    const causes = [new Error('first'), 'second'];
    const error = new RestartIntensityError(causes);
    expect(error).toMatchObject({ name: 'RestartIntensityError', causes, cause: 'second' });
    expect(error.message).toBe(
      '2 crash(es) within `withinMs`, which is more than `maxRestarts`. The last: second',
    );
  });
});
