import { ReplaySubject, type Observable } from 'rxjs';
import type { ConsumerEnd, Subscription, SubscriptionOptions } from '../engine/index.ts';
import { DemandQueue } from '../producers/DemandQueue.ts';
import { ATTACH } from '../producers/attach.ts';

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
  override [ATTACH](consumer: ConsumerEnd<T>, options?: SubscriptionOptions): Subscription<T> {
    const link = super[ATTACH](consumer, options);
    return {
      options: link.options,
      ask: (demand) => {
        this.#asked.next(demand);
        link.ask(demand);
      },
      pull: () => {
        this.#asked.next(1);
        return link.pull();
      },
      giveBack: (events) => {
        link.giveBack(events);
      },
      cancel: (reason) => {
        link.cancel(reason);
      },
    };
  }
}
