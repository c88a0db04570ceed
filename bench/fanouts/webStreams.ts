import { WritableStream, type ReadableStream } from 'node:stream/web';
import { webSource } from '../pipelines/webStreams.ts';
import type { Start } from '../pipelines/Pipeline.ts';
import type { OpenFanOut } from './OpenFanOut.ts';

export const webBroadcastArrays: OpenFanOut = ({ source, sinks }, demand) =>
  broadcast(
    source.arrays(demand),
    sinks.map((sink) => sink.receiveAll),
  );

export const webBroadcast: OpenFanOut = ({ source, sinks }) =>
  broadcast(
    source.each(),
    sinks.map((sink) => sink.receive),
  );

/** There is no such thing: a sink that sorts, and waits for the one that is full. */
export const webPartition: OpenFanOut = ({ source, sinks, hash }) => {
  const events = webSource(source.each(), 1);
  const writers = sinks.map(({ receive }) => new WritableStream<number>({ write: receive }).getWriter());
  const splitter = new WritableStream<number>({
    async write(event) {
      const writer = writers[hash(event)]!;
      await writer.ready;
      void writer.write(event);
    },
    async close() {
      await Promise.all(writers.map((writer) => writer.close()));
    },
  });
  return () => events.pipeTo(splitter);
};

function broadcast<T>(events: Iterator<T, void>, receivers: readonly ((event: T) => void)[]): Start {
  const branches = branchesOf(webSource(events, 1), receivers.length);
  return () =>
    Promise.all(receivers.map((write, at) => branches[at]!.pipeTo(new WritableStream<T>({ write }))));
}

/** A stream can be doubled only. */
function branchesOf<T>(stream: ReadableStream<T>, count: number): ReadableStream<T>[] {
  let branches = [stream];
  while (branches.length < count) branches = branches.flatMap((branch) => branch.tee());
  return branches;
}
