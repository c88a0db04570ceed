/** Watches the event loop from now on: the longest time between two of its turns. */
export class TurnWatch {
  #longest = 0;
  #last = performance.now();
  #stopped: ((longestMs: number) => void) | undefined;

  constructor() {
    setImmediate(this.#turn);
  }

  /** Ends with the next turn; gives the longest time in ms. */
  stop(): Promise<number> {
    return new Promise((resolve) => {
      this.#stopped = resolve;
    });
  }

  readonly #turn = (): void => {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
    if (this.#stopped) this.#stopped(this.#longest);
    else setImmediate(this.#turn);
  };
}
