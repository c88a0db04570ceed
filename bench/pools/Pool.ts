/** The job of all benchmarks: it takes a number and settles without waiting for anything outside. */
export type Job = (x: number) => Promise<void>;

/** A pool with its queue, as the benchmarks use it. */
export interface Pool {
  push(x: number): void;
  /** All at once, if the pool has a call for it. */
  pushAll?(xs: readonly number[]): void;
}

/**
 * Sets up a pool of so many workers.
 *
 * @param onResult called with each result, if the pool hands results to a callback
 */
export type OpenPool = (workers: number, job: Job, onResult: () => void) => Pool | Promise<Pool>;
