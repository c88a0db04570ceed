import type { Observable } from 'rxjs';
import type { ProducerPort } from '../engine/Link.ts';
import { StagedProducer } from '../face/StagedProducer.ts';
import type { StageRun } from '../face/StageRun.ts';
import { feed } from '../face/feed.ts';
import { PORT } from '../face/port.ts';

/**
 * Where one subscription of a consumer takes the events of a plain Observable from. An Observable hears no demand: what
 * it emits too early waits without a bound, as in `mergeMap`. It is subscribed to after the first ask, so that a
 * consumer can leave a source that emits synchronously and without end.
 */
export function observablePort<T>(source: Observable<T>): () => ProducerPort<T> {
  let current!: StageRun<never, T>;
  let fed: StageRun<never, T> | undefined;
  const queue = new StagedProducer<never, T>(
    {
      name: 'consumer',
      type: 'producer',
      work: (run) => {
        current = run;
        return {};
      },
    },
    { bufferSize: Infinity },
  );
  return () => {
    const port = queue[PORT]();
    const run = current;
    return {
      join: (link, old, reason) => {
        port.join(link, old, reason);
      },
      ask: (link, demand) => {
        port.ask(link, demand);
        if (fed === run) return;
        fed = run;
        feed(source, run);
      },
      pull: (link) => port.pull(link),
      giveBack: (events) => {
        port.giveBack(events);
      },
      cancel: (link, kind, reason) => {
        port.cancel(link, kind, reason);
      },
    };
  };
}
