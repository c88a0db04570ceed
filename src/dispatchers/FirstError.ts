/** Tells the console of the first error of a user's function whose events are discarded, and of no other. */
export class FirstError {
  readonly #what: string;
  #told = false;

  /** @param what the function, and whose it is */
  constructor(what: string) {
    this.#what = what;
  }

  tell(error: unknown): void {
    if (this.#told) return;
    this.#told = true;
    console.warn(
      `${this.#what} has thrown; its event is discarded. Further errors are not told here:`,
      error,
    );
  }
}
