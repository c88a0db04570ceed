import { type SchedulerLike, type Subscription } from 'rxjs';

/** The clock is read at least once in so many jobs. */
const MAX_STRIDE = 256;
/** More jobs than will ever be done, and still a small integer. */
const NEVER = 2 ** 30;

/**
 * Watches how long a pool has kept the event loop from turning. A pool whose jobs settle in microtasks would hold it
 * until the backlog is done; after `limitMs` of that it is told to pause, and resumes once the loop has turned.
 *
 *     calm ── half of the limit has passed ──▶ armed (a task waits in the loop) ── the other half ──▶ paused
 *      ▲                                          └───────── the task runs: the loop has turned ────────┘
 *
 * The clock is read rarely: reading it for each job would cost more than the job's own overhead.
 */
export class Pacer {
  readonly #limitMs: number;
  readonly #scheduler: SchedulerLike;
  readonly #resume: () => void;
  /** Check again after so many jobs. */
  stride = 1;
  #lastCheck: number;
  /** Since when the time is taken: the last turn of the loop that is known of. */
  #since: number;
  #armed: Subscription | undefined;
  #paused = false;

  constructor(limitMs: number, scheduler: SchedulerLike, resume: () => void) {
    this.#limitMs = limitMs;
    this.#scheduler = scheduler;
    this.#resume = resume;
    this.#since = this.#lastCheck = limitMs === Infinity ? 0 : scheduler.now();
  }

  /** To be asked every `stride` jobs, and for every job while it says so. */
  mustPause(): boolean {
    if (this.#paused) return true;
    if (this.#limitMs === Infinity) {
      this.stride = NEVER;
      return false;
    }
    const now = this.#scheduler.now();
    const sinceCheck = now - this.#lastCheck;
    this.#lastCheck = now;
    if (sinceCheck === 0) this.stride = Math.min(this.stride * 2, MAX_STRIDE);
    else if (sinceCheck > 1) this.stride = Math.max(this.stride >> 1, 1);
    if (now - this.#since < this.#limitMs / 2) return false;
    this.#since = now;
    if (this.#armed) this.#paused = true;
    else this.#arm();
    return this.#paused;
  }

  stop(): void {
    this.#armed?.unsubscribe();
  }

  #arm(): void {
    this.#armed = this.#scheduler.schedule(() => {
      this.#armed = undefined;
      this.#since = this.#lastCheck = this.#scheduler.now();
      if (!this.#paused) return;
      this.#paused = false;
      this.#resume();
    });
  }
}
