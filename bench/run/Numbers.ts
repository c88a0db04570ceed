/** The source of a run: the integers from 0 to below `total`. */
export class Numbers {
  readonly total: number;
  #next = 0;

  constructor(total: number) {
    this.total = total;
  }

  /** True once the last has been taken. */
  get exhausted(): boolean {
    return this.#next === this.total;
  }

  /** The next one. */
  readonly take = (): number => this.#next++;

  /** The next ones, at most `demand`; none at the end. */
  readonly takeUpTo = (demand: number): number[] => {
    const size = Math.min(demand, this.total - this.#next);
    const events = new Array<number>(size);
    for (let at = 0; at < size; at++) events[at] = this.#next++;
    return events;
  };

  /** All, one after the other. */
  *each(): Generator<number, void> {
    while (!this.exhausted) yield this.take();
  }

  /** All, in arrays of `size`. */
  *arrays(size: number): Generator<number[], void> {
    while (!this.exhausted) yield this.takeUpTo(size);
  }
}
