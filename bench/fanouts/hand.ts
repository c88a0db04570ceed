import type { Start } from '../pipelines/Pipeline.ts';
import type { Numbers } from '../run/Numbers.ts';
import type { OpenFanOut } from './OpenFanOut.ts';

const soon = Promise.resolve();

export const handBroadcast: OpenFanOut = ({ source, sinks }, demand) =>
  broadcast(
    source,
    () => source.takeUpTo(demand),
    sinks.map((sink) => sink.receiveAll),
  );

export const handBroadcastEach: OpenFanOut = ({ source, sinks }, demand) =>
  broadcast(
    source,
    () => source.takeUpTo(demand),
    sinks.map((sink) => sink.receiveEach),
  );

export const handBroadcastOneByOne: OpenFanOut = ({ source, sinks }) =>
  broadcast(
    source,
    source.take,
    sinks.map((sink) => sink.receive),
  );

/** Nobody waits: the sinks ask again at once. */
export const handBroadcastSync: OpenFanOut = ({ source, sinks }, demand) => {
  return () => {
    while (!source.exhausted) {
      const events = source.takeUpTo(demand);
      for (const sink of sinks) sink.receiveAll(events);
    }
  };
};

export const handPartition: OpenFanOut = ({ source, sinks, sort }, demand) =>
  partition(
    source,
    () => sort(source.takeUpTo(demand)),
    sinks.map((sink) => sink.receiveAll),
  );

export const handPartitionEach: OpenFanOut = ({ source, sinks, sort }, demand) =>
  partition(
    source,
    () => sort(source.takeUpTo(demand)),
    sinks.map((sink) => sink.receiveEach),
  );

export const handPartitionOneByOne: OpenFanOut = ({ source, sinks, hash }) => {
  return async () => {
    while (!source.exhausted) {
      const event = source.take();
      sinks[hash(event)]!.receive(event);
      await soon;
    }
  };
};

export const handPartitionSync: OpenFanOut = ({ source, sinks, sort }, demand) => {
  return () => {
    while (!source.exhausted) {
      const sorted = sort(source.takeUpTo(demand));
      for (let at = 0; at < sinks.length; at++) sinks[at]!.receiveAll(sorted[at]!);
    }
  };
};

/** Each sink asks again a microtask after it has got something; when all have asked, all get the next. */
function broadcast<E>(source: Numbers, take: () => E, receivers: readonly ((events: E) => void)[]): Start {
  return () =>
    new Promise<void>((resolve) => {
      let asked = 0;
      const ask = () => {
        if (++asked < receivers.length) return;
        asked = 0;
        if (source.exhausted) resolve();
        else send(take());
      };
      const send = (events: E) => {
        for (const receive of receivers) {
          receive(events);
          void soon.then(ask);
        }
      };
      for (let at = 0; at < receivers.length; at++) ask();
    });
}

/** An array is sorted; when all sinks that have got some of it have asked again, a microtask later, the next is. */
function partition(
  source: Numbers,
  takeSorted: () => readonly number[][],
  receivers: readonly ((events: readonly number[]) => void)[],
): Start {
  return () =>
    new Promise<void>((resolve) => {
      let busy = 0;
      const ask = () => {
        if (--busy === 0) next();
      };
      const next = () => {
        if (source.exhausted) {
          resolve();
          return;
        }
        const sorted = takeSorted();
        for (let at = 0; at < receivers.length; at++) {
          if (sorted[at]!.length === 0) continue;
          busy++;
          receivers[at]!(sorted[at]!);
          void soon.then(ask);
        }
      };
      next();
    });
}
