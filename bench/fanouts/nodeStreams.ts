import { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { HIGH_WATER_MARK, nodeSink, nodeSource } from '../pipelines/nodeStreams.ts';
import type { Start } from '../pipelines/Pipeline.ts';
import type { OpenFanOut } from './OpenFanOut.ts';

/** Writes an event, or its parts, to the sinks by their numbers. */
type Split<T> = (event: T, writeTo: (at: number, event: T) => void) => void;

export const nodeBroadcastArrays: OpenFanOut = ({ source, sinks }, demand) =>
  broadcast(
    source.arrays(demand),
    sinks.map((sink) => sink.receiveAll),
    HIGH_WATER_MARK,
  );

export const nodeBroadcastEach: OpenFanOut = ({ source, sinks }, demand) =>
  broadcast(
    source.arrays(demand),
    sinks.map((sink) => sink.receiveEach),
    HIGH_WATER_MARK,
  );

/** With `demand` events in each buffer. */
export const nodeBroadcast: OpenFanOut = ({ source, sinks }, demand) =>
  broadcast(
    source.each(),
    sinks.map((sink) => sink.receive),
    demand,
  );

export const nodePartitionArrays: OpenFanOut = ({ source, sinks, sort }, demand) =>
  partition(
    source.arrays(demand),
    sinks.map((sink) => sink.receiveAll),
    toEach(sort),
    HIGH_WATER_MARK,
  );

export const nodePartitionEach: OpenFanOut = ({ source, sinks, sort }, demand) =>
  partition(
    source.arrays(demand),
    sinks.map((sink) => sink.receiveEach),
    toEach(sort),
    HIGH_WATER_MARK,
  );

export const nodePartition: OpenFanOut = ({ source, sinks, hash }, demand) =>
  partition(
    source.each(),
    sinks.map((sink) => sink.receive),
    (event, writeTo) => {
      writeTo(hash(event), event);
    },
    demand,
  );

function broadcast<T>(
  events: Iterator<T, void>,
  receivers: readonly ((event: T) => void)[],
  highWaterMark: number,
): Start {
  const source = nodeSource(events, highWaterMark);
  const sinks = receivers.map((receive) => nodeSink(receive, highWaterMark));
  return () => {
    for (const sink of sinks) source.pipe(sink);
    return Promise.all(sinks.map((sink) => finished(sink)));
  };
}

/** Writes each sink its part of an array. */
function toEach(sort: (events: readonly number[]) => readonly number[][]): Split<number[]> {
  return (events, writeTo) => {
    for (const [at, sorted] of sort(events).entries()) if (sorted.length > 0) writeTo(at, sorted);
  };
}

/** Node has no such thing: a sink that sorts, and waits for those that are full. */
function partition<T>(
  events: Iterator<T, void>,
  receivers: readonly ((event: T) => void)[],
  split: Split<T>,
  highWaterMark: number,
): Start {
  const source = nodeSource(events, highWaterMark);
  const sinks = receivers.map((receive) => nodeSink(receive, highWaterMark));
  let full = 0;
  const writeTo = (at: number, event: T) => {
    if (!sinks[at]!.write(event)) full++;
  };
  let goOn: (() => void) | undefined;
  for (const sink of sinks) {
    sink.on('drain', () => {
      if (--full === 0) goOn?.();
    });
  }
  const splitter = new Writable({
    objectMode: true,
    highWaterMark,
    write(event: T, _encoding, done) {
      split(event, writeTo);
      if (full === 0) done();
      else goOn = done;
    },
    final(done) {
      for (const sink of sinks) sink.end();
      done();
    },
  });
  return () => Promise.all([pipeline(source, splitter), ...sinks.map((sink) => finished(sink))]);
}
