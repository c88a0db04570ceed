import { DemandDispatcher, type ConsumerRef, type DispatcherFactory } from '../../../src/engine/index.ts';
import {
  dispatcherConformance,
  type DispatcherConformanceOptions,
  type TestRunner,
} from '../../../src/testing/index.ts';

// What the tests of `dispatcherConformance` are called.
export const asked = 'sends a consumer at most what it has asked for, in batches that are not empty';
export const left = 'sends nothing to a consumer that has left';
export const once = 'sends every event once, and loses none';
export const onceToAll = 'sends every event to all consumers that are there, once, and loses none';
export const order = 'keeps the events of a consumer in order';
export const places = 'has the demand that it can place';
export const passes = 'passes demand on once, also that of consumers that have left';
export const messages = 'delivers side messages once, after the events before them';

export type Ref = ConsumerRef<number>;

/** A dispatcher of which something is broken; the rest is a demand dispatcher. */
export class Broken extends DemandDispatcher<number> {
  readonly refs: Ref[] = [];

  override subscribe(ref: Ref): number {
    this.refs.push(ref);
    return super.subscribe(ref);
  }
}

/** Registers the tests and does them; returns the messages of those that fail, by their names. */
export function failures<T = number>(
  factory: DispatcherFactory<T>,
  options: DispatcherConformanceOptions<T> = {},
): ReadonlyMap<string, string> {
  const messages = new Map<string, string>();
  const runner: TestRunner = {
    describe: (_, tests) => {
      tests();
    },
    it: (name, test) => {
      try {
        test();
      } catch (error) {
        messages.set(name, (error as Error).message);
      }
    },
  };
  dispatcherConformance('broken', factory, { runner, ...options });
  return messages;
}
