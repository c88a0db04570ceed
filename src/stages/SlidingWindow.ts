/**
 * The log of one limit: how many have passed in the last `intervalMs`. As it knows when each has passed, no span of that
 * length ever holds more than the limit, wherever it begins. A pure state machine, which is told the time; time never
 * goes back.
 */
export class SlidingWindow {
  readonly #intervalMs: number;
  /** When something has passed, oldest first, from `#first` on; and how many at each time. */
  readonly #times: number[] = [];
  readonly #counts: number[] = [];
  #first = 0;
  #size = 0;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** True if nothing has passed within the interval. */
  isEmpty(now: number): boolean {
    this.#forget(now);
    return this.#size === 0;
  }

  /** How many may pass now. */
  free(limit: number, now: number): number {
    this.#forget(now);
    return Math.max(limit - this.#size, 0);
  }

  /** So many pass now. */
  pass(count: number, now: number): void {
    const last = this.#times.length - 1;
    if (last >= this.#first && this.#times[last] === now) {
      this.#counts[last]! += count;
    } else {
      this.#times.push(now);
      this.#counts.push(count);
    }
    this.#size += count;
  }

  /** When more will be free than at the last look; `Infinity` if time does not help. */
  freesAt(limit: number): number {
    let left = this.#size;
    for (let i = this.#first; i < this.#times.length && limit > 0; i++) {
      left -= this.#counts[i]!;
      if (left < limit) return this.#times[i]! + this.#intervalMs;
    }
    return Infinity;
  }

  #forget(now: number): void {
    const times = this.#times;
    while (this.#first < times.length && times[this.#first]! + this.#intervalMs <= now) {
      this.#size -= this.#counts[this.#first++]!;
    }
    // Half of the arrays at a time: each entry is moved once on average.
    if (this.#first * 2 < times.length || this.#first === 0) return;
    times.splice(0, this.#first);
    this.#counts.splice(0, this.#first);
    this.#first = 0;
  }
}
