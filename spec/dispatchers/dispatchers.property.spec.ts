import * as fc from 'fast-check';
import {
  BroadcastDispatcher,
  DemandDispatcher,
  PartitionDispatcher,
  type Dispatcher,
  type SubscriptionOptions,
} from '../../src/engine/index.ts';
import { range } from '../engine/support/stages.ts';
import { FakeConsumer } from './support/FakeConsumer.ts';
import { FakeHost } from './support/FakeHost.ts';

const PARTITIONS = 3;

interface Party {
  readonly consumer: FakeConsumer<number>;
  asked: number;
}

/** A dispatcher and the account of all that goes in and comes out of it. */
class Account {
  readonly dispatcher: Dispatcher<number>;
  /** Who is subscribed. */
  parties: Party[] = [];
  readonly left: Party[] = [];
  /** All events that were sent, in that order. */
  readonly sent: number[] = [];
  readonly returned: number[] = [];
  given = 0;
  /** What the dispatcher has passed on of the demand. */
  told = 0;
  /** Events that waited in the dispatcher for a consumer that left. */
  lost = 0;

  constructor(newDispatcher: (host: FakeHost<number>) => Dispatcher<number>) {
    this.dispatcher = newDispatcher(new FakeHost());
  }

  get everyone(): readonly Party[] {
    return [...this.parties, ...this.left];
  }

  /** What each subscribed consumer has asked for and not got. */
  get owed(): readonly number[] {
    return this.parties.map(({ asked, consumer }) => asked - consumer.events.length);
  }

  subscribe(options: SubscriptionOptions): void {
    const consumer = new FakeConsumer<number>(options);
    const send = consumer.send.bind(consumer);
    consumer.send = (events) => {
      this.sent.push(...events);
      send(events);
    };
    this.told += this.dispatcher.subscribe(consumer);
    this.parties.push({ consumer, asked: 0 });
  }

  ask(party: Party, demand: number): void {
    party.asked += demand;
    this.told += this.dispatcher.ask(party.consumer, demand);
  }

  cancel(party: Party): void {
    this.parties = this.parties.filter((one) => one !== party);
    this.left.push(party);
    const told = this.dispatcher.cancel(party.consumer);
    this.told += told;
    this.lost += told;
  }

  /** Dispatches `count` events; returns how many of them were placed. */
  dispatch(count: number): number {
    const events = range(this.given, this.given + count);
    this.given += count;
    const returned = this.dispatcher.dispatch(events);
    expect(returned).toEqual(events.slice(count - returned.length));
    this.returned.push(...returned);
    return count - returned.length;
  }
}

const step = fc.record({
  op: fc.constantFrom('subscribe', 'ask', 'ask', 'dispatch', 'dispatch', 'cancel'),
  who: fc.nat(5),
  count: fc.integer({ min: 1, max: 6 }),
});
const steps = fc.array(step, { maxLength: 50 });
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Does the steps, and checks the account after each. */
function run(account: Account, steps: readonly Step[], check: () => void): void {
  for (const { op, who, count } of steps) {
    const party = account.parties[who % Math.max(account.parties.length, 1)];
    const demand = account.dispatcher.demand;
    if (op === 'subscribe') {
      const taken = account.parties.map(({ consumer }) => consumer.options.partition);
      const partition = range(0, PARTITIONS).find((name) => !taken.includes(name));
      if (partition !== undefined) account.subscribe({ partition });
    } else if (op === 'dispatch') {
      // `demand` is what a dispatch places.
      expect(account.dispatch(count)).toBe(Math.min(count, demand));
    } else if (party && op === 'ask') {
      account.ask(party, count);
    } else if (party) {
      account.cancel(party);
    }
    for (const { asked, consumer } of account.everyone) {
      expect(consumer.events.length).toBeLessThanOrEqual(asked);
      expect(consumer.batches.every(({ length }) => length > 0)).toBe(true);
    }
    check();
  }
}

const ascending = (events: readonly number[]) => [...events].sort((a, b) => a - b);
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

describe('DemandDispatcher, whatever is done', () => {
  it('sends at most what was asked, in order, each event to one, and has the demand that is open', () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const account = new Account(() => new DemandDispatcher());
        run(account, steps, () => {
          expect(account.sent).toEqual(ascending(account.sent));
          expect(ascending([...account.sent, ...account.returned])).toEqual(range(0, account.given));
          expect(account.dispatcher.demand).toBe(sum(account.owed));
        });
      }),
      { numRuns: 300 },
    );
  });

  it('passes on all demand that was served or is open, and none twice', () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const account = new Account(() => new DemandDispatcher());
        run(account, steps, () => {
          expect(account.told).toBeGreaterThanOrEqual(
            account.sent.length + sum(account.owed) - account.given,
          );
          expect(account.told).toBeLessThanOrEqual(sum(account.everyone.map(({ asked }) => asked)));
        });
      }),
    );
  });
});

describe('BroadcastDispatcher, whatever is done', () => {
  it('sends at most what the slowest has asked for, in order, to each, and has that as its demand', () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const account = new Account((host) => new BroadcastDispatcher(host));
        run(account, steps, () => {
          for (const { consumer } of account.everyone) {
            expect(consumer.events).toEqual(ascending(consumer.events));
          }
          const placed = [...new Set(account.sent)];
          expect(ascending([...placed, ...account.returned])).toEqual(range(0, account.given));
          expect(account.dispatcher.demand).toBe(account.parties.length ? Math.min(...account.owed) : 0);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('sends the same to all who are there', () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const account = new Account((host) => new BroadcastDispatcher(host));
        const counts = new Map<number, number>();
        run(account, steps, () => {
          const now = account.sent.slice(sum([...counts.values()]));
          for (const event of now) counts.set(event, (counts.get(event) ?? 0) + 1);
          for (const event of now) expect(counts.get(event)).toBe(account.parties.length);
        });
      }),
    );
  });
});

describe('PartitionDispatcher, whatever is done', () => {
  const newAccount = () =>
    new Account(
      (host) => new PartitionDispatcher({ partitions: PARTITIONS, hash: (n) => [n, n % PARTITIONS] }, host),
    );

  it('sends at most what was asked, in order, to the consumer of the partition', () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const account = newAccount();
        run(account, steps, () => {
          for (const { consumer } of account.everyone) {
            expect(consumer.events).toEqual(ascending(consumer.events));
            const own = consumer.events.filter((event) => event % PARTITIONS === consumer.options.partition);
            expect(own).toEqual(consumer.events);
          }
          expect(account.dispatcher.demand).toBe(account.told + account.returned.length - account.given);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('sends or returns each event once, but for those that wait for a consumer that leaves', () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const account = newAccount();
        run(account, steps, () => {});
        // Now all that still waits is asked for.
        const taken = new Set(account.parties.map(({ consumer }) => consumer.options.partition));
        for (const partition of range(0, PARTITIONS))
          if (!taken.has(partition)) account.subscribe({ partition });
        for (const party of account.parties) account.ask(party, 1000);
        const out = ascending([...account.sent, ...account.returned]);
        expect(out).toEqual([...new Set(out)]);
        expect(out).toHaveLength(account.given - account.lost);
      }),
      { numRuns: 300 },
    );
  });
});
