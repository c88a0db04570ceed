import { PartitionDispatcher, type PartitionName } from '../../src/engine/index.ts';
import { FakeConsumer } from './support/FakeConsumer.ts';
import { FakeHost } from './support/FakeHost.ts';
import { newPartitioned, type Partitioned } from './support/newPartitioned.ts';
import { refusalOf } from './support/refusalOf.ts';

describe('new PartitionDispatcher', () => {
  it.each([
    [0, '0'],
    [-1, '-1'],
    [1.5, '1.5'],
    [[], 'an array of 0'],
    ['ab', "'ab'"],
    [undefined, 'undefined'],
    [{}, 'an object'],
  ])('refuses %p as partitions', (partitions, shown) => {
    expect(() => newPartitioned({ partitions: partitions as number })).toThrow(
      new RangeError(`Expected \`partitions\` to be a positive integer or a list of names, got ${shown}`),
    );
  });

  it.each([
    [null, 'null'],
    ['mod', "'mod'"],
  ])('refuses %p as hash', (hash, shown) => {
    expect(() => newPartitioned({ hash: hash as never })).toThrow(
      new TypeError(`Expected \`hash\` to be a function, got ${shown}`),
    );
  });

  it('refuses to do without a hash where partitions are named', () => {
    const partitions = ['a', 'b'];
    expect(() => new PartitionDispatcher({ partitions }, new FakeHost())).toThrow(
      new TypeError('Expected `hash` to be a function, got undefined'),
    );
  });

  it.each([
    [['a', 'b', 'a'], "'a'"],
    [[1, 1], '1'],
  ])('refuses %p, in which a name comes twice', (partitions, shown) => {
    expect(() => newPartitioned({ partitions })).toThrow(
      new RangeError(`Expected \`partitions\` to be names that differ, got ${shown}`),
    );
  });

  it('takes 1 and "1" for two names', () => {
    const { dispatcher, subscribe } = newPartitioned({
      partitions: [1, '1'],
      hash: (n) => [n, n < 5 ? 1 : '1'],
    });
    const [number, text] = [subscribe(1), subscribe('1')];
    for (const consumer of [number, text]) dispatcher.ask(consumer, 5);
    dispatcher.dispatch([1, 9, 2]);
    expect([number.events, text.events]).toEqual([[1, 2], [9]]);
  });
});

describe('PartitionDispatcher without a hash', () => {
  const counts = (events: readonly (string | number)[], partitions: number) => {
    const dispatcher = new PartitionDispatcher<string | number>({ partitions }, new FakeHost());
    const consumers = Array.from({ length: partitions }, (_, partition) => new FakeConsumer({ partition }));
    for (const consumer of consumers) {
      dispatcher.subscribe(consumer);
      dispatcher.ask(consumer, Infinity);
    }
    dispatcher.dispatch(events);
    return consumers.map(({ events: { length } }) => length);
  };
  const thousands = Array.from({ length: 8000 }, (_, i) => i);

  it.each([
    ['numbers in a row', thousands],
    ['even numbers', thousands.map((n) => 2 * n)],
    ['negative and large numbers', thousands.map((n) => (n % 2 === 0 ? -n : n * 1_000_003))],
    ['fractions', thousands.map((n) => n / 7)],
    ['names in a row', thousands.map((n) => `account-${n}`)],
    ['letters outside of ASCII', thousands.map((n) => String.fromCodePoint(0x4e00 + n))],
  ])('spreads %s evenly', (_, events) => {
    for (const partitions of [2, 5, 8]) {
      const expected = events.length / partitions;
      for (const count of counts(events, partitions)) {
        expect(count).toBeGreaterThan(expected * 0.9);
        expect(count).toBeLessThan(expected * 1.1);
      }
    }
  });

  it('always sends an event to the same partition', () => {
    const events = ['ada', 'bob', '', 0, -0, 1, -1, 1.5, 2 ** 40, Infinity];
    const placed = events.map((event) => counts([event], 100).indexOf(1));
    expect(placed).toMatchInlineSnapshot(`
      [
        39,
        15,
        61,
        0,
        0,
        63,
        56,
        38,
        0,
        13,
      ]
    `);
  });

  it('says what it needs for events that it does not know to spread', () => {
    const dispatcher = new PartitionDispatcher<object>({ partitions: 1 }, new FakeHost());
    const consumer = new FakeConsumer<object>({ partition: 0 });
    dispatcher.subscribe(consumer);
    dispatcher.ask(consumer, 1);
    expect(() => dispatcher.dispatch([{}])).toThrow(
      new TypeError(
        'Expected `event` to be a string or a number, or else `hash` to say where it goes, got an object',
      ),
    );
  });
});

describe('PartitionDispatcher refuses a consumer', () => {
  const refusal = ({ dispatcher }: Partitioned, partition?: PartitionName) => {
    const consumer = new FakeConsumer<number>(partition === undefined ? {} : { partition });
    return refusalOf(() => dispatcher.subscribe(consumer)).reason;
  };

  it('of no partition', () => {
    expect(refusal(newPartitioned())).toEqual(
      new RangeError('Expected `partition` to be a free partition (0, 1, 2), got undefined'),
    );
  });

  it('of a partition that there is not', () => {
    expect(refusal(newPartitioned(), 3)).toEqual(
      new RangeError('Expected `partition` to be a free partition (0, 1, 2), got 3'),
    );
    expect(refusal(newPartitioned(), '0')).toEqual(
      new RangeError("Expected `partition` to be a free partition (0, 1, 2), got '0'"),
    );
  });

  it('of a partition that is taken', () => {
    const partitioned = newPartitioned();
    partitioned.subscribe(1);
    expect(refusal(partitioned, 1)).toEqual(
      new RangeError('Expected `partition` to be a free partition (0, 2), got 1'),
    );
    partitioned.subscribe(0);
    partitioned.subscribe(2);
    expect(refusal(partitioned, 1)).toEqual(
      new RangeError('Expected `partition` to be a free partition (none), got 1'),
    );
  });

  it('and leaves all as it was', () => {
    const partitioned = newPartitioned();
    const { dispatcher, subscribe } = partitioned;
    const first = subscribe(1);
    dispatcher.ask(first, 2);
    refusal(partitioned, 1);
    dispatcher.dispatch([1]);
    expect(first.events).toEqual([1]);
    expect(dispatcher.demand).toBe(1);
  });
});

describe('A hash that gives a name alone', () => {
  it('sends the event there as it is', () => {
    const { dispatcher } = newPartitioned({
      partitions: ['even', 'odd'],
      hash: (n: number) => (n % 2 === 0 ? 'even' : 'odd'),
    });
    const [even, odd] = [
      new FakeConsumer<number>({ partition: 'even' }),
      new FakeConsumer<number>({ partition: 'odd' }),
    ];
    for (const consumer of [even, odd]) {
      dispatcher.subscribe(consumer);
      dispatcher.ask(consumer, 5);
    }
    expect(dispatcher.dispatch([1, 2, 3, 4])).toEqual([]);
    expect([even.events, odd.events]).toEqual([
      [2, 4],
      [1, 3],
    ]);
  });
});
