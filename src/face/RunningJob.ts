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
  // Not initialised twice: this object is made for every job.
  declare readonly index: number;
  declare private readonly owner: JobOwner;

  constructor(index: number, owner: JobOwner) {
    this.index = index;
    this.owner = owner;
  }

  get worker(): number {
    return this.owner.slot;
  }

  get signal(): AbortSignal {
    return this.owner.signalOf(this.index);
  }
}
