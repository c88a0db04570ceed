import * as fc from 'fast-check';
import { Subject, VirtualTimeScheduler } from 'rxjs';
import { DemandQueue, rateLimit } from '../../src/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

interface Job {
  readonly id: number;
  readonly key: number;
}

type Action =
  | { readonly type: 'enqueue'; readonly keys: readonly number[] }
  | { readonly type: 'ask'; readonly who: number; readonly count: number }
  | { readonly type: 'limit'; readonly limit: number };

type Timed = Action & { readonly at: number };

interface Scenario {
  readonly first: number;
  readonly intervalMs: number;
  readonly keyed: boolean;
  readonly maxDemand: number;
  readonly consumers: number;
  readonly actions: readonly Timed[];
}

/** What has passed, and when. */
interface Passed extends Job {
  readonly at: number;
}

const at = fc.nat(60);
const action: fc.Arbitrary<Timed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      at,
      type: fc.constant('enqueue' as const),
      keys: fc.array(fc.nat(3), { maxLength: 6 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      at,
      type: fc.constant('ask' as const),
      who: fc.nat(2),
      count: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 5 }) }, fc.constant(Infinity)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      at,
      type: fc.constant('limit' as const),
      limit: fc.oneof(fc.nat(4), fc.constant(Infinity)),
    }),
  },
);

const scenario = (consumers: number, maxDemand: fc.Arbitrary<number>): fc.Arbitrary<Scenario> =>
  fc.record({
    first: fc.integer({ min: 1, max: 4 }),
    intervalMs: fc.integer({ min: 1, max: 15 }),
    keyed: fc.boolean(),
    maxDemand,
    consumers: fc.constant(consumers),
    actions: fc.array(action, { maxLength: 40 }).map((actions) => [...actions].sort((a, b) => a.at - b.at)),
  });

/** Runs a scenario in virtual time, on the stage itself. */
function run({ first, intervalMs, keyed, maxDemand, consumers: count, actions }: Scenario) {
  const scheduler = new VirtualTimeScheduler();
  const queue = new DemandQueue<Job>();
  const limit = new Subject<number>();
  const passed: Passed[] = [];
  const arrived: Job[] = [];
  const excess: string[] = [];
  const key = keyed ? { key: (job: Job) => job.key } : {};
  const limited = queue.pipe(rateLimit<Job>({ limit, intervalMs, maxDemand, scheduler, ...key }));
  const consumers = Array.from({ length: count }, (_, who) => {
    const consumer: RawConsumer<Job> = new RawConsumer(limited, (jobs) => {
      if (consumer.owed < 0) excess.push(`${who} at ${scheduler.now()}`);
      for (const job of jobs) passed.push({ ...job, at: scheduler.now() });
    });
    return consumer;
  });
  const act = (one: Action) => {
    if (one.type === 'limit') {
      limit.next(one.limit);
    } else if (one.type === 'ask') {
      consumers[one.who % count]!.ask(one.count);
    } else {
      const jobs = one.keys.map((jobKey, i) => ({ id: arrived.length + i, key: jobKey }));
      arrived.push(...jobs);
      queue.enqueue(jobs);
    }
  };
  // The limit counts from the first ask, so there is one.
  scheduler.schedule(() => {
    consumers[0]!.ask(1);
    limit.next(first);
  });
  for (const one of actions) scheduler.schedule(() => act(one), one.at);
  scheduler.flush();
  return { passed, arrived, excess, consumers, queue };
}

/** What a stage should do that sees all events, and lets the oldest one that may pass do so whenever it can. */
function model({ first, intervalMs, keyed, actions }: Scenario): Passed[] {
  const passed: Passed[] = [];
  const waiting: Job[] = [];
  let owed = 1;
  let limit = first;
  let arrived = 0;
  const mayPass = (job: Job, now: number) =>
    passed.filter((one) => one.at + intervalMs > now && (!keyed || one.key === job.key)).length < limit;
  const pass = (now: number) => {
    while (owed > 0) {
      const next = waiting.findIndex((job) => mayPass(job, now));
      if (next < 0) return;
      passed.push({ ...waiting.splice(next, 1)[0]!, at: now });
      owed--;
    }
  };
  let left = actions;
  for (let now = 0; now <= 60 + 40 * 6 * intervalMs; now++) {
    for (; left[0]?.at === now; left = left.slice(1)) {
      const one = left[0];
      if (one.type === 'limit') limit = one.limit;
      else if (one.type === 'ask') owed += one.count;
      else for (const key of one.keys) waiting.push({ id: arrived++, key });
      pass(now);
    }
    pass(now);
  }
  return passed;
}

const ids = (jobs: readonly Job[]) => jobs.map(({ id }) => id);

describe('rateLimit, for all arrivals, demands and limits', () => {
  it.each([
    ['one consumer', 1],
    ['three consumers', 3],
  ])('lets no more pass than it may and is owed, and loses nothing, with %s', (_, consumers) => {
    fc.assert(
      fc.property(scenario(consumers, fc.integer({ min: 1, max: 8 })), (given) => {
        const { passed, arrived, excess, consumers: all, queue } = run(given);
        expect(excess).toEqual([]);

        // At most the limit of the moment within the interval before.
        const limitAt = (now: number) =>
          // Of several limits in one frame, any may have held.
          Math.max(
            ...[
              given.first,
              ...given.actions.flatMap((one) => (one.type === 'limit' && one.at < now ? [one.limit] : [])),
            ].slice(-1),
            ...given.actions.flatMap((one) => (one.type === 'limit' && one.at === now ? [one.limit] : [])),
          );
        for (const { at: now, key } of passed) {
          const counted = passed.filter(
            (one) => one.at <= now && one.at + given.intervalMs > now && (!given.keyed || one.key === key),
          );
          expect(counted.length).toBeLessThanOrEqual(limitAt(now));
        }

        // In the order of each key, or of all.
        for (const key of given.keyed ? [0, 1, 2, 3] : [undefined]) {
          const of = ids(passed.filter((job) => key === undefined || job.key === key));
          expect(of).toEqual([...of].sort((a, b) => a - b));
        }

        // What has not passed goes back, in its old order.
        for (const consumer of all) consumer.unsubscribe();
        const gone = new Set(ids(passed));
        expect(gone.size).toBe(passed.length);
        expect(ids(queue.peek())).toEqual(ids(arrived).filter((id) => !gone.has(id)));
      }),
    );
  });

  it('lets each event pass in the very frame in which it may and is owed', () => {
    fc.assert(
      fc.property(scenario(1, fc.constant(1000)), (given) => {
        expect(run(given).passed).toEqual(model(given));
      }),
    );
  });

  it('does so with one event in flight at a time, if there is one limit for all', () => {
    fc.assert(
      fc.property(scenario(1, fc.integer({ min: 1, max: 3 })), (given) => {
        const one = { ...given, keyed: false };
        expect(run(one).passed).toEqual(model(one));
      }),
    );
  });
});
