import { Numbers } from './Numbers.ts';
import { Sink } from './Sink.ts';

/** What is done in one run of a pipeline, whatever carries the events: a source, a stage's function, and a sink. */
export class Flow {
  readonly source: Numbers;
  readonly sink = new Sink();

  constructor(total: number) {
    this.source = new Numbers(total);
  }

  /** The stage's function of one event. */
  readonly map = (event: number): number => 2 * event + 1;

  /** The stage's function of an array. */
  readonly mapAll = (events: readonly number[]): number[] => {
    const results = new Array<number>(events.length);
    for (let at = 0; at < events.length; at++) results[at] = 2 * events[at]! + 1;
    return results;
  };

  check(): void {
    const { total } = this.source;
    // The sum of the first odd numbers is a square.
    this.sink.check(total, total * total);
  }
}
