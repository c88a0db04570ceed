import { ReplaySubject, type Observable } from 'rxjs';
import type { ProducerPort } from '../engine/Link.ts';
import { NOTHING } from '../engine/protocol.ts';
import { PORT } from '../face/port.ts';
import { DemandQueue } from '../producers/DemandQueue.ts';

/**
 * A `DemandQueue` that remembers what it has been asked for.
 *
 * @example
 * ```ts
 * const queue = new RecordedQueue<string>();
 * queue.asked.subscribe((demand) => console.log('asked for', demand));
 * queue.pipe(demandMap((job) => job, { maxDemand: 2 })).subscribe((job) => console.log(job));
 * queue.next('a');
 * // => asked for 2
 * // => a
 * // => asked for 1
 * ```
 */
export class RecordedQueue<T> extends DemandQueue<T> {
  // A test's row has to be complete, however late it is looked at.
  readonly #asked = new ReplaySubject<number>(Infinity);

  /** Each ask, from all consumers together, in the order they came. A late subscriber gets the past ones first. */
  get asked(): Observable<number> {
    return this.#asked.asObservable();
  }

  /** @internal */
  override [PORT](): ProducerPort<T> {
    const port = super[PORT]();
    return {
      join: (link, old, reason) => {
        port.join(link, old, reason);
      },
      ask: (link, demand) => {
        this.#asked.next(demand);
        port.ask(link, demand);
      },
      pull: (link) => {
        const event = port.pull(link);
        // Else it was an ask like any other.
        if (event !== NOTHING) this.#asked.next(1);
        return event;
      },
      giveBack: (events) => {
        port.giveBack(events);
      },
      cancel: (link, kind, reason) => {
        port.cancel(link, kind, reason);
      },
    };
  }
}
