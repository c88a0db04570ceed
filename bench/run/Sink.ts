/** The end of a run: counts and adds up what comes. */
export class Sink {
  count = 0;
  sum = 0;

  /** An event has come. */
  readonly receive = (event: number): void => {
    this.count++;
    this.sum += event;
  };

  /** Some have come together: a function of one event is called for each. */
  readonly receiveEach = (events: readonly number[]): void => {
    for (let at = 0; at < events.length; at++) this.receive(events[at]!);
  };

  /** Some have come together: one function takes them. */
  readonly receiveAll = (events: readonly number[]): void => {
    let sum = 0;
    for (let at = 0; at < events.length; at++) sum += events[at]!;
    this.count += events.length;
    this.sum += sum;
  };

  /** Checks that what should have come has come. */
  check(count: number, sum: number): void {
    if (this.count !== count) throw new Error(`${this.count} events have come, not ${count}`);
    if (this.sum !== sum) throw new Error(`The events add up to ${this.sum}, not to ${sum}`);
  }
}
