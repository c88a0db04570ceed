import type { JobContext } from '../types.ts';

/** What a job's context needs of the worker that does the job. */
export interface JobOwner {
  readonly slot: number;
  signalOf(index: number): AbortSignal;
}

/**
 * The context of a job. One is made for each job, so it is as small as can be: nothing holds it, and its signal is made
 * only when it is looked at.
 */
export class RunningJob implements JobContext {
  readonly index: number;
  readonly #worker: JobOwner;

  constructor(index: number, worker: JobOwner) {
    this.index = index;
    this.#worker = worker;
  }

  get worker(): number {
    return this.#worker.slot;
  }

  get signal(): AbortSignal {
    return this.#worker.signalOf(this.index);
  }
}
