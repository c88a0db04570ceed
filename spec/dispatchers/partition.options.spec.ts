import type { PartitionName } from '../../src/engine/index.ts';
import { FakeConsumer } from './support/FakeConsumer.ts';
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
    [undefined, 'undefined'],
    ['mod', "'mod'"],
  ])('refuses %p as hash', (hash, shown) => {
    expect(() => newPartitioned({ hash: hash as never })).toThrow(
      new TypeError(`Expected \`hash\` to be a function, got ${shown}`),
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
