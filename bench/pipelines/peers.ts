import { from as ixFrom } from 'ix/asynciterable';
import { map as ixMap } from 'ix/asynciterable/operators';
import { Observable, map as rxMap } from 'rxjs';
import { completion } from '../run/completion.ts';
import type { OpenPipeline } from './Pipeline.ts';

export const ixArrays: OpenPipeline = ({ source, mapAll, sink }, demand) => {
  const results = ixFrom(source.arrays(demand)).pipe(ixMap(mapAll));
  return () => results.forEach(sink.receiveAll);
};

export const ixEvents: OpenPipeline = ({ source, map, sink }) => {
  const results = ixFrom(source.each()).pipe(ixMap(map));
  return () => results.forEach(sink.receive);
};

export const effectArrays: OpenPipeline = async ({ source, mapAll, sink }, demand) => {
  const [Effect, Stream] = await Promise.all([import('effect/Effect'), import('effect/Stream')]);
  const results = Stream.range(0, source.total - 1, demand).pipe(
    Stream.mapArray((events) => mapAll(events) as [number, ...number[]]),
    Stream.runForEachArray((events) => Effect.sync(() => sink.receiveAll(events))),
  );
  return () => Effect.runPromise(results);
};

/** Chunks of `demand` go from one to the other. */
export const effectEvents: OpenPipeline = async ({ source, map, sink }, demand) => {
  const [Effect, Stream] = await Promise.all([import('effect/Effect'), import('effect/Stream')]);
  const results = Stream.range(0, source.total - 1, demand).pipe(
    Stream.map(map),
    Stream.runForEach((event) => Effect.sync(() => sink.receive(event))),
  );
  return () => Effect.runPromise(results);
};

export const generatorArrays: OpenPipeline = ({ source, mapAll, sink }, demand) => {
  async function* numbers() {
    while (!source.exhausted) yield source.takeUpTo(demand);
  }
  async function* stage(arrays: AsyncIterable<number[]>) {
    for await (const events of arrays) yield mapAll(events);
  }
  return async () => {
    for await (const results of stage(numbers())) sink.receiveAll(results);
  };
};

export const generatorEvents: OpenPipeline = ({ source, map, sink }) => {
  async function* numbers() {
    while (!source.exhausted) yield source.take();
  }
  async function* stage(events: AsyncIterable<number>) {
    for await (const event of events) yield map(event);
  }
  return async () => {
    for await (const result of stage(numbers())) sink.receive(result);
  };
};

/** It is not asked: the source sends as fast as it can. */
export const rxjsArrays: OpenPipeline = ({ source, mapAll, sink }, demand) => {
  const arrays = new Observable<number[]>((subscriber) => {
    while (!source.exhausted) subscriber.next(source.takeUpTo(demand));
    subscriber.complete();
  });
  return () => completion(arrays.pipe(rxMap(mapAll)), sink.receiveAll);
};

export const rxjsEvents: OpenPipeline = ({ source, map, sink }) => {
  const events = new Observable<number>((subscriber) => {
    while (!source.exhausted) subscriber.next(source.take());
    subscriber.complete();
  });
  return () => completion(events.pipe(rxMap(map)), sink.receive);
};
