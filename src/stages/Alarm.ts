import type { Subscription } from 'rxjs';
import type { SteadyClock } from './SteadyClock.ts';

/** The longest delay that timers take: beyond it they ring at once. */
const LONGEST_DELAY = 2 ** 31 - 1;

/**
 * One alarm, which can be set anew at any time. It may ring too early, as timers do: whoever hears it looks at the clock, and
 * sets it again.
 */
export class Alarm {
  readonly #clock: SteadyClock;
  readonly #rings: () => void;
  #at = Infinity;
  #timer: Subscription | undefined;

  constructor(clock: SteadyClock, rings: () => void) {
    this.#clock = clock;
    this.#rings = rings;
  }

  /** Sets the alarm to a time, in place of the one it was set to; `Infinity` is never. */
  set(at: number): void {
    if (at === this.#at) return;
    this.#timer?.unsubscribe();
    this.#timer = undefined;
    this.#at = at;
    if (at === Infinity) return;
    const delay = Math.min(Math.max(at - this.#clock.now(), 0), LONGEST_DELAY);
    this.#timer = this.#clock.scheduler.schedule(() => {
      this.#timer = undefined;
      this.#at = Infinity;
      this.#rings();
    }, delay);
  }
}
