import { NEVER } from 'rxjs';
import {
  consume,
  fromIterable,
  stage,
  through,
  mergeProducers,
  tapDemand,
  type Producer,
} from '../../src/index.ts';

const same = <T>(value: T): T => value;
const source = fromIterable([1]);

/** What a producer-consumer refuses, whatever it does. */
const wrong: readonly (readonly [string, object])[] = [
  ['RangeError: Expected `maxDemand` to be a positive integer or Infinity, got 0', { maxDemand: 0 }],
  ['RangeError: Expected `maxDemand` to be a positive integer or Infinity, got 1.5', { maxDemand: 1.5 }],
  ["RangeError: Expected `maxDemand` to be a positive integer or Infinity, got '3'", { maxDemand: '3' }],
  [
    'RangeError: Expected `minDemand` to be an integer from 0 to below `maxDemand` (5), got 5',
    { maxDemand: 5, minDemand: 5 },
  ],
  [
    'RangeError: Expected `minDemand` to be an integer from 0 to below `maxDemand` (5), got -1',
    { maxDemand: 5, minDemand: -1 },
  ],
  [
    'RangeError: Expected `bufferSize` to be an integer of at least 0, or Infinity, got -1',
    { bufferSize: -1 },
  ],
  ["RangeError: Expected `bufferKeep` to be one of 'first', 'last', got 'both'", { bufferKeep: 'both' }],
  ["RangeError: Expected `mode` to be one of 'automatic', 'manual', got 'auto'", { mode: 'auto' }],
  [
    "RangeError: Expected `cancel` to be one of 'permanent', 'transient', 'temporary', got 'never'",
    { cancel: 'never' },
  ],
  [
    'RangeError: Expected `resubscribeAfterMs` to be a number of ms of at least 0, got -1',
    { cancel: 'transient', resubscribeAfterMs: -1 },
  ],
  [
    'RangeError: Expected `resubscribeAfterMs` to be a number of ms of at least 0, got NaN',
    { cancel: 'transient', resubscribeAfterMs: NaN },
  ],
  [
    "RangeError: Expected `cancel` to be 'transient' or 'temporary' where `resubscribeAfterMs` is given, got 'permanent'",
    { resubscribeAfterMs: 1 },
  ],
  ['TypeError: Expected `dispatcher` to be a function, got an object', { dispatcher: {} }],
  ['TypeError: Expected `discarded` to be a function, got 1', { discarded: 1 }],
  ['TypeError: Expected `handleSubscribe` to be a function, got true', { handleSubscribe: true }],
  ['TypeError: Expected `handleCancel` to be a function, got null', { handleCancel: null }],
];

/** The error that `call` throws. */
function errorOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return String(error);
  }
  return 'none';
}

describe.each<[string, (options: never) => unknown]>([
  ['stage', (options) => stage(same, options)],
  ['stage per batch', (options) => stage(same, options && { ...(options as object), per: 'batch' })],
  ['through', (options) => through(same, options)],
])('The options of %s', (_, make) => {
  it.each(wrong)('are checked before anybody subscribes: %s', (message, options) => {
    expect(errorOf(() => make(options as never))).toBe(message);
  });

  it('have to be an object', () => {
    expect(errorOf(() => make(null as never))).toMatch(
      'TypeError: Expected `options` to be an object, got null',
    );
  });
});

describe('The options of mergeProducers', () => {
  it.each(
    wrong.filter(([, options]) => !/maxDemand|minDemand|mode|cancel|resub/.test(JSON.stringify(options))),
  )('are checked before anybody subscribes: %s', (message, options) => {
    expect(errorOf(() => mergeProducers([source], options))).toBe(message);
  });

  it.each(
    wrong.filter(([, options]) => /maxDemand|minDemand|mode|cancel|resub/.test(JSON.stringify(options))),
  )('of a source are checked before anybody subscribes: %s', (message, options) => {
    const needsPermanent = message.includes('where `resubscribeAfterMs`') ? { cancel: 'permanent' } : {};
    expect(errorOf(() => mergeProducers([[source, { ...options, ...needsPermanent } as never]]))).toBe(
      message,
    );
  });
});

describe('The arguments of stages', () => {
  it.each<[string, () => unknown]>([
    ['TypeError: Expected `project` to be a function, got undefined', () => stage(undefined as never)],
    ['TypeError: Expected `operator` to be a function, got an object', () => through({} as never)],
    ['TypeError: Expected `next` to be a function, got 5', () => tapDemand(5 as never)],
    [
      "RangeError: Expected `per` to be one of 'event', 'batch', got 'all'",
      () => stage(same, { per: 'all' as never }),
    ],
    [
      'TypeError: Expected `sources` to be an array of producers, got an object',
      () => mergeProducers(source as never),
    ],
    ['TypeError: Expected `stage` to be a function, got an object', () => source.pipe({} as never)],
  ])('are checked: %s', (message, call) => {
    expect(errorOf(call)).toBe(message);
  });

  it.each<[string, (wrong: Producer<number>) => unknown]>([
    ['stage', stage(same as (n: number) => number)],
    ['through', through(same as never)],
    ['tapDemand', tapDemand(() => {})],
    ['mergeProducers', (producer) => mergeProducers([producer])],
  ])('have to be producers: %s of an Observable', (_, apply) => {
    expect(errorOf(() => apply(NEVER as never))).toBe(
      'TypeError: Expected `source` to be a Producer (of an Observable, make one by `fromObservable`), got an object',
    );
    expect(errorOf(() => apply(undefined as never))).toMatch(
      /^TypeError: Expected `source` to be a Producer/,
    );
  });

  it('are checked by consumers, too', () => {
    expect(errorOf(() => consume()(5 as never))).toBe(
      'TypeError: Expected `source` to be a Producer or an Observable, got 5',
    );
  });
});
