import { DemandQueue, demandMap as demandMapOf, type DemandMapOptions } from 'rxjs-genstage';
import type { OpenPool } from './Pool.ts';

/** This package's pool, with these options beside `maxDemand`. No other pool here has a bound, so this one has none. */
export function demandMapWith(options: DemandMapOptions): OpenPool {
  return (workers, job, onResult) => {
    const queue = new DemandQueue<number>({ bufferSize: Infinity });
    queue.pipe(demandMapOf(job, { maxDemand: workers, ...options })).subscribe(onResult);
    return {
      push: (x) => queue.next(x),
      pushAll: (xs) => queue.enqueue(xs),
    };
  };
}

export const demandMap = demandMapWith({});
