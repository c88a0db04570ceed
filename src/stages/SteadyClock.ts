import type { SchedulerLike } from 'rxjs';

/** A scheduler's time, which never goes back: where the clock is set back, it stands still, and goes on from there. */
export class SteadyClock {
  readonly scheduler: SchedulerLike;
  #latest = -Infinity;
  /** How far the scheduler's clock has been set back. */
  #setBack = 0;

  constructor(scheduler: SchedulerLike) {
    this.scheduler = scheduler;
  }

  now(): number {
    const time = this.scheduler.now() + this.#setBack;
    if (time >= this.#latest) return (this.#latest = time);
    this.#setBack += this.#latest - time;
    return this.#latest;
  }
}
