import { consume, handleEvents, producer, stage, type Producer, type ProducerOptions } from 'rxjs-genstage';
import type { Numbers } from '../run/Numbers.ts';
import { completion } from '../run/completion.ts';
import type { OpenPipeline } from './Pipeline.ts';

/**
 * This package, with functions of arrays. Like the others it asks for more when all that it has asked for is done; by default
 * it would when half of it is.
 */
export const genstageArrays: OpenPipeline = ({ source, mapAll, sink }, maxDemand) => {
  const results = producerOf(source).pipe(
    stage(mapAll, { per: 'batch', maxDemand, minDemand: 0 }),
    handleEvents(sink.receiveAll, { maxDemand, minDemand: 0 }),
  );
  return () => completion(results);
};

/** With functions of one event. */
export const genstageEvents: OpenPipeline = ({ source, map, sink }, maxDemand) => {
  const results = producerOf(source).pipe(
    stage(map, { maxDemand, minDemand: 0 }),
    handleEvents(sink.receiveEach, { maxDemand, minDemand: 0 }),
  );
  return () => completion(results);
};

/** With functions of one event, and a plain subscriber at the end. */
export const genstageConsume: OpenPipeline = ({ source, map, sink }, maxDemand) => {
  const results = producerOf(source).pipe(
    stage(map, { maxDemand, minDemand: 0 }),
    consume({ maxDemand, minDemand: 0 }),
  );
  return () => completion(results, sink.receive);
};

/** The same, and the producer knows that it is asked for one at a time. */
export const genstageOneByOne: OpenPipeline = ({ source, map, sink }) => {
  const results = producer<number>((_, { complete }) => {
    if (!source.exhausted) return [source.take()];
    complete();
    return [];
  }).pipe(stage(map), consume({ maxDemand: 1 }));
  return () => completion(results, sink.receive);
};

/** The source as a producer that answers with as many as it is asked for. */
export function producerOf(source: Numbers, options: ProducerOptions<number> = {}): Producer<number> {
  return producer<number>((demand, { complete }) => {
    const events = source.takeUpTo(demand);
    if (events.length < demand) complete();
    return events;
  }, options);
}
