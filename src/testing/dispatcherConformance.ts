import type { DispatcherFactory, SubscriptionOptions } from '../engine/index.ts';
import { assertFunction, assertOptions, isPositiveInteger, rangeError } from '../engine/assert.ts';
import type { Rule } from './DispatcherLedger.ts';
import { DispatcherWalk, type Op, type TestedDispatcher } from './DispatcherWalk.ts';
import { anySeed, findFailure } from './randomWalk.ts';

/** What registers tests: the `describe` and `it` of a test runner. */
export interface TestRunner {
  /** Registers a group of tests. */
  describe(name: string, tests: () => void): unknown;
  /** Registers a test, which fails if it throws. */
  it(name: string, test: () => void): unknown;
}

/** What the tests have to know of a dispatcher. */
export interface DispatcherConformanceOptions<T> {
  /**
   * Makes the event with this index; all are different. They have to be sent as they are.
   * @default the index itself
   */
  readonly event?: (index: number) => T;
  /**
   * The options that a consumer subscribes with, in one of the `places` from 0 on: the partition that it takes.
   * @default none
   */
  readonly subscription?: (place: number) => SubscriptionOptions;
  /**
   * The most consumers at a time: a positive integer.
   * @default 4
   */
  readonly places?: number;
  /**
   * Every event is for every consumer, as with `broadcast()`.
   * @default false: every event is for one consumer
   */
  readonly copies?: boolean;
  /**
   * Events of the same group stay in order, for each consumer: the key of the event, or the event itself if none do.
   * @default all events are one group
   */
  readonly inOrder?: (event: T) => unknown;
  /**
   * How many random walks each test does: a positive integer.
   * @default 200
   */
  readonly runs?: number;
  /**
   * The most steps of a walk: a positive integer.
   * @default 40
   */
  readonly steps?: number;
  /**
   * What the walks depend on, an integer. A failure tells its seed, for the same walks again.
   * @default another each time
   */
  readonly seed?: number;
  /**
   * What registers the tests.
   * @default the global `describe` and `it`, which jest, vitest and others have
   */
  readonly runner?: TestRunner;
}

/** Of a producer that answers what it is asked for, and nothing else. */
const POLITE: readonly Op[] = [
  'subscribe',
  'subscribe',
  'ask',
  'ask',
  'ask',
  'cancel',
  'answer',
  'answer',
  'settle',
];
/** With events that nobody has asked for, or that are dropped, and endless demand. */
const WILD: readonly Op[] = [...POLITE, 'settle', 'emit', 'emit', 'emit', 'drop', 'askAll'];

const OPS: Readonly<Record<Rule, readonly Op[]>> = {
  asked: WILD,
  left: WILD,
  once: WILD,
  order: WILD,
  demand: WILD,
  passed: POLITE,
  info: [...WILD, 'info', 'info'],
};

const SIMPLER: Readonly<Partial<Record<Op, Op>>> = { askAll: 'ask', emit: 'answer' };

function titles(copies: boolean): Readonly<Record<Rule, string>> {
  return {
    asked: 'sends a consumer at most what it has asked for, in batches that are not empty',
    left: 'sends nothing to a consumer that has left',
    once: copies
      ? 'sends every event to all consumers that are there, once, and loses none'
      : 'sends every event once, and loses none',
    order: 'keeps the events of a consumer in order',
    demand: 'has the demand that it can place',
    passed: 'passes demand on once, also that of consumers that have left',
    info: 'delivers side messages once, after the events before them',
  };
}

/**
 * Registers tests of a dispatcher: random walks of consumers that come, ask and leave, and of events that come, after
 * which certain rules must hold. A failure tells the shortest sequence of calls that was found to break the rule.
 *
 * GenStage: has none; its dispatchers are tested one by one.
 *
 * @param name what the tests are called
 * @param factory makes the dispatcher, a new one for each walk
 * @param options what the tests have to know of it
 * @throws Error if there is no `describe` and `it`
 * @throws RangeError if `places`, `runs` or `steps` is no positive integer, or `seed` no integer
 * @throws TypeError if `factory`, or an option that is to be a function, is none
 *
 * @example
 * ```ts
 * // jest and vitest need no runner.
 * const runner = {
 *   describe: (name: string, tests: () => void) => tests(),
 *   it: (rule: string, test: () => void) => {
 *     test();
 *     console.log('it', rule);
 *   },
 * };
 * dispatcherConformance('my dispatcher', () => new DemandDispatcher<number>(), { runner });
 * // => it sends a consumer at most what it has asked for, in batches that are not empty
 * // => it sends nothing to a consumer that has left
 * // => it sends every event once, and loses none
 * // => it keeps the events of a consumer in order
 * // => it has the demand that it can place
 * // => it passes demand on once, also that of consumers that have left
 * // => it delivers side messages once, after the events before them
 * ```
 */
export function dispatcherConformance<T = number>(
  name: string,
  factory: DispatcherFactory<T>,
  options: DispatcherConformanceOptions<T> = {},
): void {
  assertFunction('factory', factory);
  const tested = testedDispatcher(factory, options);
  const { runs = 200, steps = 40, seed = anySeed(), runner = globalRunner() } = options;
  for (const [option, value] of Object.entries({ places: tested.places, runs, steps }))
    if (!isPositiveInteger(value)) throw rangeError(option, 'a positive integer', value);
  if (!Number.isInteger(seed)) throw rangeError('seed', 'an integer', seed);
  runner.describe(name, () => {
    for (const [rule, title] of Object.entries(titles(tested.copies)) as [Rule, string][]) {
      runner.it(title, () => {
        const broken = findFailure({ seed, runs, steps }, OPS[rule], SIMPLER, (walk) =>
          new DispatcherWalk(tested, rule).run(walk),
        );
        if (!broken) return;
        const calls = broken.calls.map((call) => `  ${call}`).join('\n');
        throw new Error(
          `Expected that ${name} ${title}. ${broken.message}, by these calls (events by their index):\n${calls}\n` +
            `They are the least that break the rule, of those found with \`seed\` ${seed}.`,
        );
      });
    }
  });
}

function testedDispatcher<T>(
  factory: DispatcherFactory<T>,
  options: DispatcherConformanceOptions<T>,
): TestedDispatcher<T> {
  assertOptions(options);
  const { places = 4, copies = false } = options;
  const functions = ['event', 'subscription', 'inOrder'] as const;
  for (const option of functions) if (options[option] !== undefined) assertFunction(option, options[option]);
  return {
    factory,
    places,
    copies,
    event: (index) => (options.event ? options.event(index) : (index as T)),
    subscription: (place) => options.subscription?.(place) ?? {},
    inOrder: (event) => options.inOrder?.(event),
  };
}

function globalRunner(): TestRunner {
  const { describe, it } = globalThis as Partial<TestRunner>;
  if (!describe || !it) {
    throw new Error(
      'There is no global `describe` and `it` here. Tell `dispatcherConformance` where to register its tests, for ' +
        'instance by the option `runner: { describe, it }` with those of node:test.',
    );
  }
  return { describe, it };
}
