import { from as ixFrom } from 'ix/asynciterable';
import { groupBy as ixGroupBy, publish as ixPublish } from 'ix/asynciterable/operators';
import { Subject, filter, groupBy } from 'rxjs';
import type { OpenFanOut } from './OpenFanOut.ts';

export const ixBroadcast: OpenFanOut = ({ source, sinks }) => {
  const shared = ixFrom(source.each()).pipe(ixPublish());
  return () => Promise.all(sinks.map((sink) => shared.forEach(sink.receive)));
};

export const ixPartition: OpenFanOut = ({ source, sinks, hash }) => {
  const groups = ixFrom(source.each()).pipe(ixGroupBy(hash));
  return async () => {
    const ended: Promise<void>[] = [];
    await groups.forEach((group) => {
      ended.push(group.forEach(sinks[group.key]!.receive));
    });
    await Promise.all(ended);
  };
};

/** Chunks of `demand` go to all, one chunk ahead. */
export const effectBroadcast: OpenFanOut = async ({ source, sinks }, demand) => {
  const [Effect, Stream] = await Promise.all([import('effect/Effect'), import('effect/Stream')]);
  const run = Effect.gen(function* () {
    const streams = yield* Stream.range(0, source.total - 1, demand).pipe(
      Stream.broadcastN({ n: sinks.length, capacity: 1 }),
    );
    const ended = streams.map((stream, at) =>
      Stream.runForEachArray(stream, (events) => Effect.sync(() => sinks[at]!.receiveAll(events))),
    );
    yield* Effect.all(ended, { concurrency: 'unbounded' });
  });
  return () => Effect.runPromise(Effect.scoped(run));
};

export const effectPartition: OpenFanOut = async ({ source, sinks, hash }, demand) => {
  const [Effect, Stream] = await Promise.all([import('effect/Effect'), import('effect/Stream')]);
  const run = Stream.range(0, source.total - 1, demand).pipe(
    Stream.groupByKey(hash, { bufferSize: demand }),
    Stream.mapEffect(
      ([key, group]) =>
        Stream.runForEachArray(group, (events) => Effect.sync(() => sinks[key]!.receiveAll(events))),
      { concurrency: 'unbounded' },
    ),
    Stream.runDrain,
  );
  return () => Effect.runPromise(run);
};

/** It is not asked: the source sends as fast as it can. */
export const rxjsBroadcastArrays: OpenFanOut = ({ source, sinks }, demand) => {
  const subject = new Subject<readonly number[]>();
  for (const sink of sinks) subject.subscribe(sink.receiveAll);
  return () => {
    while (!source.exhausted) subject.next(source.takeUpTo(demand));
  };
};

export const rxjsBroadcast: OpenFanOut = ({ source, sinks }) => {
  const subject = new Subject<number>();
  for (const sink of sinks) subject.subscribe(sink.receive);
  return () => {
    while (!source.exhausted) subject.next(source.take());
  };
};

export const rxjsGroupBy: OpenFanOut = ({ source, sinks, hash }) => {
  const subject = new Subject<number>();
  subject.pipe(groupBy(hash)).subscribe((group) => group.subscribe(sinks[group.key]!.receive));
  return () => {
    while (!source.exhausted) subject.next(source.take());
  };
};

export const rxjsFilter: OpenFanOut = ({ source, sinks, hash }) => {
  const subject = new Subject<number>();
  for (const [at, sink] of sinks.entries())
    subject.pipe(filter((event) => hash(event) === at)).subscribe(sink.receive);
  return () => {
    while (!source.exhausted) subject.next(source.take());
  };
};
