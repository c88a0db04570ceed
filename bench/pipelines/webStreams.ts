import { CountQueuingStrategy, ReadableStream, TransformStream, WritableStream } from 'node:stream/web';
import type { OpenPipeline, Start } from './Pipeline.ts';

export const webArrays: OpenPipeline = ({ source, mapAll, sink }, demand) =>
  through(source.arrays(demand), mapAll, sink.receiveAll, 1);

/** With `demand` events in each buffer. */
export const webEvents: OpenPipeline = ({ source, map, sink }, demand) =>
  through(source.each(), map, sink.receive, demand);

function through<T>(
  events: Iterator<T, void>,
  project: (event: T) => T,
  receive: (result: T) => void,
  highWaterMark: number,
): Start {
  const strategy = new CountQueuingStrategy({ highWaterMark });
  const stage = new TransformStream<T, T>(
    {
      transform(event, controller) {
        controller.enqueue(project(event));
      },
    },
    strategy,
    strategy,
  );
  const source = webSource(events, highWaterMark);
  const sink = new WritableStream<T>({ write: receive }, strategy);
  return () => source.pipeThrough(stage).pipeTo(sink);
}

export function webSource<T>(events: Iterator<T, void>, highWaterMark: number): ReadableStream<T> {
  return new ReadableStream<T>(
    {
      pull(controller) {
        const next = events.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
    },
    { highWaterMark },
  );
}
