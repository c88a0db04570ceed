import {
  BroadcastDispatcher,
  KeySerialDispatcher,
  type Dispatcher,
  type DispatcherHost,
} from '../../src/engine/index.ts';
import { broadcast } from '../../src/index.ts';
import * as rules from './support/brokenDispatchers.ts';
import { Broken, failures, type Ref } from './support/brokenDispatchers.ts';

const { asked, left, messages, once, onceToAll, order, passes, places } = rules;

const mutants: Record<string, [rule: string, make: (host: DispatcherHost<number>) => Dispatcher<number>]> = {
  'sends more than was asked for': [
    asked,
    () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          const rest = super.dispatch(events);
          if (rest.length === 0 || this.refs.length === 0) return rest;
          this.refs[0]?.send(rest.slice(0, 1));
          return rest.slice(1);
        }
      })(),
  ],
  'sends empty batches': [
    asked,
    () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          for (const ref of this.refs) ref.send([]);
          return super.dispatch(events);
        }
      })(),
  ],
  'goes on sending to who has left': [
    left,
    () =>
      new (class extends Broken {
        override cancel() {
          return 0;
        }
      })(),
  ],
  'drops an event now and then': [
    once,
    () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          return super.dispatch(events.filter((event) => event % 5 !== 4));
        }
      })(),
  ],
  'returns what it has sent': [
    once,
    () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          super.dispatch(events);
          return events.slice(-1);
        }
      })(),
  ],
  'discards what it has sent': [
    once,
    (host) =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          const rest = super.dispatch(events);
          if (rest.length === 0) host.discarded(events, 'unroutable');
          return rest;
        }
      })(),
  ],
  'returns the rest in another order': [
    once,
    () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          return [...super.dispatch(events)].reverse();
        }
      })(),
  ],
  'sends the last event first': [
    order,
    () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          return super.dispatch(this.demand < events.length ? events : [...events].reverse());
        }
      })(),
  ],
  'tells of demand that is gone': [
    places,
    () =>
      new (class extends Broken {
        #asked = 0;
        override get demand() {
          return this.#asked;
        }
        override ask(ref: Ref, count: number) {
          this.#asked += count;
          return super.ask(ref, count);
        }
      })(),
  ],
  'places less than it could': [
    places,
    () =>
      new (class extends Broken {
        override dispatch(events: readonly number[]) {
          const now = Math.max(Math.floor(events.length / 2), 1);
          return [...super.dispatch(events.slice(0, now)), ...events.slice(now)];
        }
      })(),
  ],
  'passes each ask on twice': [
    passes,
    () =>
      new (class extends Broken {
        override ask(ref: Ref, count: number) {
          return 2 * super.ask(ref, count);
        }
      })(),
  ],
  'forgets what it has passed on for who has left': [
    passes,
    () =>
      new (class extends Broken {
        override ask(ref: Ref, count: number) {
          super.ask(ref, count);
          return count;
        }
      })(),
  ],
  'asks for what a consumer that leaves was owed, and counts it for the next': [
    passes,
    () =>
      new (class extends Broken {
        override cancel(ref: Ref) {
          const before = this.demand;
          super.cancel(ref);
          return Math.max(before - this.demand || 0, 0);
        }
      })(),
  ],
  'keeps an ask to itself': [
    passes,
    () =>
      new (class extends Broken {
        override ask(ref: Ref, count: number) {
          return Math.max(super.ask(ref, count) - 1, 0);
        }
      })(),
  ],
  'passes on what is no demand': [
    passes,
    () =>
      new (class extends Broken {
        override cancel(ref: Ref) {
          super.cancel(ref);
          return NaN;
        }
      })(),
  ],
  'delivers a message twice': [
    messages,
    (host) =>
      new (class extends Broken {
        info(message: unknown) {
          host.deliverInfo(message);
          host.deliverInfo(message);
        }
      })(),
  ],
  'forgets messages': [messages, () => Object.assign(new Broken(), { info: () => {} })],
  'lets messages overtake what it holds': [
    messages,
    (host) =>
      new (class extends KeySerialDispatcher<number> {
        override info(message: unknown) {
          host.deliverInfo(message);
        }
      })({ key: () => 1 }, host),
  ],
  'never lets some of what it holds go': [
    once,
    (host) =>
      new (class extends KeySerialDispatcher<number> {
        override settled() {
          return 0;
        }
      })({ key: () => 1 }, host),
  ],
};

describe('dispatcherConformance', () => {
  it.each(Object.entries(mutants))('finds out a dispatcher that %s', (_, [rule, make]) => {
    expect([...failures(make).keys()]).toContain(rule);
  });

  it('finds out a broadcast that leaves somebody out', () => {
    const leaves = (host: DispatcherHost<number>) =>
      new (class extends BroadcastDispatcher<number> {
        override subscribe(ref: Ref) {
          let sends = 0;
          const forgetful = {
            ...ref,
            send: (events: readonly number[]) => {
              if (sends++ % 3 < 2) ref.send(events);
            },
          };
          this.refs.set(ref, forgetful);
          return super.subscribe(forgetful);
        }
        override ask(ref: Ref, count: number) {
          return super.ask(this.refs.get(ref) as Ref, count);
        }
        override cancel(ref: Ref) {
          return super.cancel(this.refs.get(ref) as Ref);
        }
        readonly refs = new Map<Ref, Ref>();
      })(host);
    expect([...failures(leaves, { copies: true }).keys()]).toContain(onceToAll);
  });

  it('finds out that GenStage’s broadcast dispatcher may let demand wait that nobody was asked for', () => {
    const factory = (host: DispatcherHost<number>) => new BroadcastDispatcher<number>(host);
    expect([...failures(factory, { copies: true, runs: 1000 }).keys()]).toEqual([passes]);
  });

  it('finds out a dispatcher that sends each event to all, and does not say so', () => {
    expect([...failures(broadcast<number>()).keys()]).toContain(once);
  });
});
