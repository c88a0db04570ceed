import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { OpenPipeline, Start } from './Pipeline.ts';

/** Node's default for objects. */
export const HIGH_WATER_MARK = 16;

export const nodeArrays: OpenPipeline = ({ source, mapAll, sink }, demand) =>
  through(source.arrays(demand), mapAll, sink.receiveAll, HIGH_WATER_MARK);

/** With `demand` events in each buffer. */
export const nodeEvents: OpenPipeline = ({ source, map, sink }, demand) =>
  through(source.each(), map, sink.receive, demand);

function through<T>(
  events: Iterator<T, void>,
  project: (event: T) => T,
  receive: (result: T) => void,
  highWaterMark: number,
): Start {
  const stage = new Transform({
    objectMode: true,
    highWaterMark,
    transform(event: T, _encoding, done) {
      done(null, project(event));
    },
  });
  const source = nodeSource(events, highWaterMark);
  const sink = nodeSink(receive, highWaterMark);
  return () => pipeline(source, stage, sink);
}

export function nodeSource<T>(events: Iterator<T, void>, highWaterMark: number): Readable {
  return new Readable({
    objectMode: true,
    highWaterMark,
    read() {
      let goesOn = true;
      while (goesOn) {
        const next = events.next();
        goesOn = this.push(next.done === true ? null : next.value);
      }
    },
  });
}

export function nodeSink<T>(receive: (event: T) => void, highWaterMark: number): Writable {
  return new Writable({
    objectMode: true,
    highWaterMark,
    write(event: T, _encoding, done) {
      receive(event);
      done();
    },
  });
}
