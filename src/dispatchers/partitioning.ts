import { assertFunction, assertOptions, isPositiveInteger, rangeError } from '../engine/assert.ts';
import { spread } from './spread.ts';

/** Names a partition. */
export type PartitionName = string | number;

/**
 * How events are spread over partitions.
 *
 * GenStage: the options of `GenStage.PartitionDispatcher`.
 */
export interface PartitionOptions<T> {
  /** How many partitions (they are named 0, 1, ...), or their names, which differ. */
  readonly partitions: number | readonly PartitionName[];
  /**
   * Where an event goes: the partition's name; `[event, partition]` to rewrite the event as well; or `null` to discard it.
   * An event that is sent to no partition of that name is dropped and handed out as discarded.
   * @default for a number of partitions, and events that are strings or numbers: spread evenly, the same in every
   *   process; what an object goes by, nobody but you can know
   */
  readonly hash?: (event: T) => PartitionName | readonly [event: T, partition: PartitionName] | null;
}

/** Where an event goes. */
export type Hash<T> = NonNullable<PartitionOptions<T>['hash']>;

/** The names of the partitions, and where events go; checks both. */
export function partitioning<T>(options: PartitionOptions<T>): {
  readonly names: readonly PartitionName[];
  readonly hash: Hash<T>;
} {
  assertOptions(options);
  const { partitions, hash } = options;
  if (isPositiveInteger(partitions)) {
    if (hash !== undefined) assertFunction('hash', hash);
    const names = Array.from({ length: partitions }, (_, name) => name);
    return { names, hash: hash ?? ((event) => spread(event, partitions)) };
  }
  if (!Array.isArray(partitions) || partitions.length === 0) {
    throw rangeError('partitions', 'a positive integer or a list of names', partitions);
  }
  const names = partitions as readonly PartitionName[];
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw rangeError('partitions', 'names that differ', twice);
  assertFunction('hash', hash);
  return { names, hash: hash as Hash<T> };
}
