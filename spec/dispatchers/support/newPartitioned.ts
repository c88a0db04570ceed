import { PartitionDispatcher, type PartitionName, type PartitionOptions } from '../../../src/engine/index.ts';
import { FakeConsumer } from './FakeConsumer.ts';
import { FakeHost } from './FakeHost.ts';

export interface Partitioned {
  readonly host: FakeHost<number>;
  readonly dispatcher: PartitionDispatcher<number>;
  /** Subscribes a consumer to a partition. */
  readonly subscribe: (partition: PartitionName) => FakeConsumer<number>;
}

/** A dispatcher to three partitions, by the remainder, if nothing else is said. */
export function newPartitioned(options: Partial<PartitionOptions<number>> = {}): Partitioned {
  const host = new FakeHost<number>();
  const hash = (event: number) => [event, event % 3] as const;
  const dispatcher = new PartitionDispatcher<number>({ partitions: 3, hash, ...options }, host);
  const subscribe = (partition: PartitionName) => {
    const consumer = new FakeConsumer<number>({ partition });
    expect(dispatcher.subscribe(consumer)).toBe(0);
    return consumer;
  };
  return { host, dispatcher, subscribe };
}
