import { Subject } from 'rxjs';
import {
  broadcast,
  consume,
  handleEvents,
  partition,
  type DemandMode,
  type DispatcherFactory,
  type Producer,
} from 'rxjs-genstage';
import { producerOf } from '../pipelines/genstage.ts';
import type { Start } from '../pipelines/Pipeline.ts';
import type { FanOut } from '../run/FanOut.ts';
import type { Sink } from '../run/Sink.ts';
import { completion } from '../run/completion.ts';
import type { OpenFanOut } from './OpenFanOut.ts';

/** This package. */
export const genstageBroadcast: OpenFanOut = (fanOut, maxDemand) =>
  genstage(fanOut, broadcast(), (source, sink) =>
    completion(source.pipe(handleEvents(sink.receiveAll, { maxDemand, minDemand: 0 }))),
  );

/** With functions of one event. */
export const genstageBroadcastEach: OpenFanOut = (fanOut, maxDemand) =>
  genstage(fanOut, broadcast(), (source, sink) =>
    completion(source.pipe(handleEvents(sink.receiveEach, { maxDemand, minDemand: 0 }))),
  );

/** With a plain subscriber at the end. */
export const genstageBroadcastConsume: OpenFanOut = (fanOut, maxDemand) =>
  genstage(fanOut, broadcast(), (source, sink) =>
    completion(source.pipe(consume({ maxDemand, minDemand: 0 })), sink.receive),
  );

export const genstagePartition: OpenFanOut = (fanOut, maxDemand) =>
  genstage(fanOut, hashed(fanOut), (source, sink, at) =>
    completion(source.pipe(handleEvents(sink.receiveAll, { maxDemand, minDemand: 0, partition: at }))),
  );

export const genstagePartitionEach: OpenFanOut = (fanOut, maxDemand) =>
  genstage(fanOut, hashed(fanOut), (source, sink, at) =>
    completion(source.pipe(handleEvents(sink.receiveEach, { maxDemand, minDemand: 0, partition: at }))),
  );

export const genstagePartitionConsume: OpenFanOut = (fanOut, maxDemand) =>
  genstage(fanOut, hashed(fanOut), (source, sink, at) =>
    completion(source.pipe(consume({ maxDemand, minDemand: 0, partition: at })), sink.receive),
  );

function hashed({ hash, sinks }: FanOut): DispatcherFactory<number> {
  return partition({ partitions: sinks.length, hash });
}

/** Nothing flows before all have subscribed. */
function genstage(
  { source, sinks }: FanOut,
  dispatcher: DispatcherFactory<number>,
  end: (source: Producer<number>, sink: Sink, at: number) => Promise<void>,
): Start {
  const gate = new Subject<DemandMode>();
  const shared = producerOf(source, { dispatcher, demand: gate });
  return () => {
    const ended = sinks.map((sink, at) => end(shared, sink, at));
    gate.next('forward');
    return Promise.all(ended);
  };
}
