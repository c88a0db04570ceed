import {
  BroadcastDispatcher,
  PartitionDispatcher,
  Stage,
  type DispatcherFactory,
} from 'rxjs-genstage/engine';
import { engineProducer } from '../pipelines/engine.ts';
import type { Start } from '../pipelines/Pipeline.ts';
import type { FanOut } from '../run/FanOut.ts';
import type { OpenFanOut } from './OpenFanOut.ts';

/** The engine of this package without its RxJS face. */
export const engineBroadcast: OpenFanOut = (fanOut, maxDemand) =>
  engine(fanOut, maxDemand, (host) => new BroadcastDispatcher(host));

export const enginePartition: OpenFanOut = (fanOut, maxDemand) => {
  const { hash, sinks } = fanOut;
  const options = { partitions: sinks.length, hash };
  return engine(fanOut, maxDemand, (host) => new PartitionDispatcher(options, host));
};

function engine({ source, sinks }: FanOut, maxDemand: number, dispatcher: DispatcherFactory<number>): Start {
  return () => {
    const producer = engineProducer(source, { dispatcher, demand: 'accumulate' });
    const ended = sinks.map(
      (sink, partition) =>
        new Promise<void>((resolve) => {
          const consumer = new Stage<number>('consumer', {
            handleEvents: sink.receiveAll,
            terminate: () => resolve(),
          });
          consumer.subscribe(producer, { maxDemand, partition });
        }),
    );
    producer.setDemand('forward');
    return Promise.all(ended);
  };
}
