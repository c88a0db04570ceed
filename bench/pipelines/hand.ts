import type { OpenPipeline } from './Pipeline.ts';

const soon = Promise.resolve();

/** What one would write by hand: the sink asks for an array, takes it, and asks again a microtask later. */
export const handArrays: OpenPipeline = ({ source, mapAll, sink }, demand) => {
  const ask = handAsk(source.takeUpTo, mapAll, sink.receiveAll);
  return async () => {
    while (!source.exhausted) {
      ask(demand);
      await soon;
    }
  };
};

/** The same, and it asks again at once. */
export const handArraysSync: OpenPipeline = ({ source, mapAll, sink }, demand) => {
  const ask = handAsk(source.takeUpTo, mapAll, sink.receiveAll);
  return () => {
    while (!source.exhausted) ask(demand);
  };
};

/** Arrays go from one to the other, and stage and sink have functions of one event. */
export const handEvents: OpenPipeline = ({ source, map, sink }, demand) => {
  const ask = handAsk(source.takeUpTo, eachTo(map), sink.receiveEach);
  return async () => {
    while (!source.exhausted) {
      ask(demand);
      await soon;
    }
  };
};

export const handEventsSync: OpenPipeline = ({ source, map, sink }, demand) => {
  const ask = handAsk(source.takeUpTo, eachTo(map), sink.receiveEach);
  return () => {
    while (!source.exhausted) ask(demand);
  };
};

/** No arrays at all. */
export const handOneByOne: OpenPipeline = ({ source, map, sink }) => {
  const ask = handAsk(source.take, map, sink.receive);
  return async () => {
    while (!source.exhausted) {
      ask(1);
      await soon;
    }
  };
};

export const handOneByOneSync: OpenPipeline = ({ source, map, sink }) => {
  const ask = handAsk(source.take, map, sink.receive);
  return () => {
    while (!source.exhausted) ask(1);
  };
};

/** Demand goes up, events come down. */
function handAsk<A, B>(
  take: (demand: number) => A,
  project: (events: A) => B,
  receive: (results: B) => void,
): (demand: number) => void {
  const deliver = (events: A) => receive(project(events));
  return (demand) => deliver(take(demand));
}

function eachTo(map: (event: number) => number): (events: readonly number[]) => number[] {
  return (events) => {
    const results: number[] = [];
    for (let at = 0; at < events.length; at++) results.push(map(events[at]!));
    return results;
  };
}
