import type { OpenFanOut } from './OpenFanOut.ts';

const soon = Promise.resolve();

/** By hand: each sink asks again a microtask after it has got an array; when all have asked, all get the next. */
export const handBroadcast: OpenFanOut = ({ source, sinks }, demand) => {
  return () =>
    new Promise<void>((resolve) => {
      let asked = 0;
      const ask = () => {
        if (++asked < sinks.length) return;
        asked = 0;
        if (source.exhausted) resolve();
        else send(source.takeUpTo(demand));
      };
      const send = (events: readonly number[]) => {
        for (const sink of sinks) {
          sink.receiveAll(events);
          void soon.then(ask);
        }
      };
      for (let at = 0; at < sinks.length; at++) ask();
    });
};

/** The same without arrays. */
export const handBroadcastOneByOne: OpenFanOut = ({ source, sinks }) => {
  return () =>
    new Promise<void>((resolve) => {
      let asked = 0;
      const ask = () => {
        if (++asked < sinks.length) return;
        asked = 0;
        if (source.exhausted) resolve();
        else send(source.take());
      };
      const send = (event: number) => {
        for (const sink of sinks) {
          sink.receive(event);
          void soon.then(ask);
        }
      };
      for (let at = 0; at < sinks.length; at++) ask();
    });
};

/** Nobody waits: the sinks ask again at once. */
export const handBroadcastSync: OpenFanOut = ({ source, sinks }, demand) => {
  return () => {
    while (!source.exhausted) {
      const events = source.takeUpTo(demand);
      for (const sink of sinks) sink.receiveAll(events);
    }
  };
};

/** By hand: an array is sorted; when all sinks that have got some of it have asked again, the next is. */
export const handPartition: OpenFanOut = ({ source, sinks, sort }, demand) => {
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
        for (const [at, events] of sort(source.takeUpTo(demand)).entries()) {
          if (events.length === 0) continue;
          busy++;
          sinks[at]!.receiveAll(events);
          void soon.then(ask);
        }
      };
      next();
    });
};

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
