import * as fc from 'fast-check';
import { VirtualTimeScheduler } from 'rxjs';
import { DemandQueue, batch, type Batch } from '../../src/index.ts';
import { RawConsumer } from '../support/RawConsumer.ts';

interface Row {
  readonly id: number;
  readonly key: number;
  readonly last: boolean;
}

type Timed =
  | { readonly type: 'enqueue'; readonly at: number; readonly rows: readonly Omit<Row, 'id'>[] }
  | { readonly type: 'ask'; readonly at: number; readonly who: number; readonly count: number };

interface Scenario {
  readonly size: number;
  readonly timeoutMs: number;
  readonly keyed: boolean;
  readonly maxDemand: number;
  readonly consumers: number;
  readonly completes: boolean;
  readonly actions: readonly Timed[];
}

type Taken = Batch<Row, unknown> & { readonly at: number };

const at = fc.nat(40);
const END = 41;

const enqueue = fc.record({
  at,
  type: fc.constant('enqueue' as const),
  rows: fc.array(fc.record({ key: fc.nat(2), last: fc.integer({ min: 0, max: 9 }).map((n) => n === 0) }), {
    maxLength: 7,
  }),
});

const ask = fc.record({
  at,
  type: fc.constant('ask' as const),
  who: fc.nat(2),
  count: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 4 }) }, fc.constant(Infinity)),
});

const scenario = (consumers: number, asks: fc.Arbitrary<Timed>): fc.Arbitrary<Scenario> =>
  fc.record({
    size: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 5 }) }, fc.constant(Infinity)),
    timeoutMs: fc.integer({ min: 1, max: 12 }),
    keyed: fc.boolean(),
    maxDemand: fc.integer({ min: 1, max: 8 }),
    consumers: fc.constant(consumers),
    completes: fc.boolean(),
    actions: fc
      .array(fc.oneof<fc.Arbitrary<Timed>[]>(enqueue, asks), { maxLength: 30 })
      .map((actions) => [...actions].sort((a, b) => a.at - b.at)),
  });

/** Runs a scenario in virtual time, on the stage itself. */
function run(given: Scenario) {
  const scheduler = new VirtualTimeScheduler();
  const queue = new DemandQueue<Row>();
  const taken: Taken[] = [];
  const arrived: Row[] = [];
  const excess: string[] = [];
  const { size, timeoutMs, maxDemand, keyed } = given;
  const batches = queue.pipe(
    batch<Row, unknown>({
      size,
      timeoutMs,
      maxDemand,
      scheduler,
      flushOn: ({ last }) => last,
      ...(keyed && { key: (row: Row) => row.key }),
    }),
  );
  const consumers = Array.from({ length: given.consumers }, (_, who) => {
    const consumer: RawConsumer<Batch<Row, unknown>> = new RawConsumer(batches, (got) => {
      if (consumer.owed < 0) excess.push(`${who} at ${scheduler.now()}`);
      for (const one of got) taken.push({ ...one, at: scheduler.now() });
    });
    return consumer;
  });
  for (const one of given.actions) {
    scheduler.schedule(() => {
      if (one.type === 'ask') {
        consumers[one.who % consumers.length]!.ask(one.count);
        return;
      }
      const rows = one.rows.map((row, i) => ({ ...row, id: arrived.length + i }));
      arrived.push(...rows);
      queue.enqueue(rows);
    }, one.at);
  }
  if (given.completes) {
    scheduler.schedule(() => queue.complete(), END);
    scheduler.schedule(() => consumers[0]!.ask(Infinity), END + 1);
  }
  scheduler.flush();
  return { taken, arrived, excess, consumers, queue };
}

/** What comes out if batches are asked for without end from the start. */
function model({ size, timeoutMs, keyed, completes, actions }: Scenario): Taken[] {
  const taken: Taken[] = [];
  const open = new Map<unknown, { readonly since: number; readonly events: Row[] }>();
  const close = (key: unknown, trigger: Taken['trigger'], now: number) => {
    taken.push({ events: open.get(key)!.events, key, trigger, at: now });
    open.delete(key);
  };
  let arrived = 0;
  let left = actions;
  for (let now = 0; now <= END + 12; now++) {
    for (; left[0]?.at === now; left = left.slice(1)) {
      if (left[0].type === 'ask') continue;
      for (const row of left[0].rows) {
        const key = keyed ? row.key : undefined;
        if (!open.has(key)) open.set(key, { since: now, events: [] });
        const { events } = open.get(key)!;
        events.push({ ...row, id: arrived++ });
        if (events.length >= size) close(key, 'size', now);
        else if (row.last) close(key, 'flush', now);
      }
    }
    if (completes && now === END) for (const key of [...open.keys()]) close(key, 'flush', now);
    for (const [key, { since }] of [...open]) if (since + timeoutMs === now) close(key, 'timeout', now);
  }
  return taken;
}

const ids = (rows: readonly Row[]) => rows.map(({ id }) => id);

describe('batch, for all arrivals and demands', () => {
  it.each([
    ['one consumer', 1],
    ['three consumers', 3],
  ])('loses nothing, and never gives more than asked for, with %s', (_, consumers) => {
    fc.assert(
      fc.property(scenario(consumers, ask), (given) => {
        const { taken, arrived, excess, consumers: all, queue } = run(given);
        expect(excess).toEqual([]);
        for (const { events, key, trigger } of taken) {
          expect(events.length).toBeGreaterThan(0);
          expect(events.length === given.size).toBe(trigger === 'size');
          expect(events.slice(0, -1).some(({ last }) => last)).toBe(false);
          expect(new Set(events.map((row) => (given.keyed ? row.key : undefined)))).toEqual(new Set([key]));
        }

        // In the order of each key, or of all.
        for (const key of given.keyed ? [0, 1, 2] : [undefined]) {
          const of = ids(taken.filter((one) => one.key === key).flatMap(({ events }) => events));
          expect(of).toEqual([...of].sort((a, b) => a - b));
        }

        // What nobody has got goes back, in its old order. There is nothing left of a queue that has ended.
        const gone = new Set(taken.flatMap(({ events }) => ids(events)));
        expect(gone.size).toBe(taken.flatMap(({ events }) => events).length);
        expect(all.map(({ ended }) => ended === 'complete')).toEqual(all.map(() => given.completes));
        for (const consumer of all) consumer.unsubscribe();
        expect(ids(queue.peek())).toEqual(ids(arrived).filter((id) => !gone.has(id)));
      }),
    );
  });

  it('never takes events while no batch is owed', () => {
    fc.assert(
      fc.property(scenario(1, ask), (given) => {
        const { taken, arrived, consumers, queue } = run({
          ...given,
          completes: false,
          timeoutMs: 1000,
          keyed: false,
        });
        const [consumer] = consumers;
        const inStage = arrived.length - queue.size - taken.flatMap(({ events }) => events).length;
        expect(inStage).toBeLessThanOrEqual(consumer!.owed === 0 ? given.maxDemand : Infinity);
      }),
    );
  });

  it('lets each batch go in the frame in which it is full, too old, or at its end, if it is owed', () => {
    const never = fc.constant<Timed>({ type: 'ask', at: 0, who: 0, count: Infinity });
    fc.assert(
      fc.property(scenario(1, never), (given) => {
        const asked = {
          ...given,
          actions: [{ type: 'ask', at: 0, who: 0, count: Infinity } as const, ...given.actions],
        };
        expect(run(asked).taken).toEqual(model(asked));
      }),
    );
  });
});
