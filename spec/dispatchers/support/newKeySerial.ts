import { KeySerialDispatcher, type HeldEvents, type KeySerialOptions } from '../../../src/engine/index.ts';
import { FakeConsumer } from './FakeConsumer.ts';
import { FakeHost } from './FakeHost.ts';

/** A dispatcher of jobs such as `a1`, whose key is the letter, and what a producer does with it. */
export interface KeySerial {
  readonly host: FakeHost<string>;
  readonly dispatcher: KeySerialDispatcher<string>;
  readonly holds: HeldEvents<string>;
  /** Subscribes a consumer; it tells what is done. */
  readonly subscribe: () => FakeConsumer<string>;
  /** Subscribes a consumer that does not tell. */
  readonly subscribeSilent: () => FakeConsumer<string>;
  /** Each of these returns the demand that is passed on, once what may go has been sent. */
  readonly come: (jobs: string) => number;
  readonly ask: (consumer: FakeConsumer<string>, demand: number) => number;
  readonly done: (consumer: FakeConsumer<string>, jobs: string) => number;
  readonly leave: (consumer: FakeConsumer<string>) => number;
}

/** The jobs of `'a1 a2'`. */
export const jobs = (names: string): string[] => names.split(' ').filter((name) => name !== '');

export function newKeySerial(options: Partial<KeySerialOptions<string>> = {}): KeySerial {
  const host = new FakeHost<string>();
  const key = (job: string) => job[0];
  const dispatcher = new KeySerialDispatcher<string>({ key, ...options }, host);
  const { holds } = dispatcher;
  const served = (demand: number) => {
    for (let now = holds.take(dispatcher.demand); now.length > 0; now = holds.take(dispatcher.demand))
      expect(dispatcher.dispatch(now)).toEqual([]);
    return demand;
  };
  const subscribe = (tells: boolean) => {
    const consumer = new FakeConsumer<string>({}, {}, tells);
    expect(dispatcher.subscribe(consumer)).toBe(0);
    return consumer;
  };
  return {
    host,
    dispatcher,
    holds,
    subscribe: () => subscribe(true),
    subscribeSilent: () => subscribe(false),
    come: (names) => served(holds.store(jobs(names))),
    ask: (consumer, demand) => served(dispatcher.ask(consumer, demand)),
    done: (consumer, names) => served(dispatcher.settled(consumer, jobs(names))),
    leave: (consumer) => served(dispatcher.cancel(consumer)),
  };
}
