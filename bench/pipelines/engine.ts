import { Stage, type StageCallbacks, type StageOptions } from 'rxjs-genstage/engine';
import type { Numbers } from '../run/Numbers.ts';
import type { OpenPipeline, Start } from './Pipeline.ts';

/** The engine of this package without its RxJS face. */
export const engineArrays: OpenPipeline = ({ source, mapAll, sink }, maxDemand) =>
  connect(source, maxDemand, { handleEvents: mapAll }, { handleEvents: sink.receiveAll });

/** GenStage has no functions of one event: its callbacks loop. */
export const engineEvents: OpenPipeline = ({ source, map, sink }, maxDemand) =>
  connect(
    source,
    maxDemand,
    { handleEvents: (events) => events.map(map) },
    { handleEvents: sink.receiveEach },
  );

function connect(
  source: Numbers,
  maxDemand: number,
  stage: StageCallbacks<number, number>,
  sink: StageCallbacks<number, never>,
): Start {
  return () =>
    new Promise<void>((resolve) => {
      const producer = engineProducer(source);
      const middle = new Stage<number, number>('producer_consumer', stage);
      const consumer = new Stage<number>('consumer', { ...sink, terminate: () => resolve() });
      consumer.subscribe(middle, { maxDemand });
      middle.subscribe(producer, { maxDemand });
    });
}

/** The source as a producer stage that answers with as many as it is asked for. */
export function engineProducer(source: Numbers, options: StageOptions<number> = {}): Stage<never, number> {
  const producer = new Stage<never, number>(
    'producer',
    {
      handleDemand: (demand) => {
        const events = source.takeUpTo(demand);
        if (events.length < demand) producer.drain();
        return events;
      },
    },
    options,
  );
  return producer;
}
