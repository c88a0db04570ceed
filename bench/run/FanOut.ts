import { Numbers } from './Numbers.ts';
import { Sink } from './Sink.ts';

const SINKS = 4;

/** What is done in one run from a source to four sinks, whatever carries the events. */
export class FanOut {
  readonly source: Numbers;
  readonly sinks: readonly Sink[] = Array.from({ length: SINKS }, () => new Sink());

  constructor(total: number) {
    this.source = new Numbers(total);
  }

  /** Which of the sinks an event is for, where each is for one. */
  readonly hash = (event: number): number => Math.imul(event, 0x9e3779b1) >>> 30;

  /** Sorts events by the sinks that they are for. */
  readonly sort = (events: readonly number[]): readonly number[][] => {
    const sorted: number[][] = this.sinks.map(() => []);
    for (let at = 0; at < events.length; at++) sorted[this.hash(events[at]!)]!.push(events[at]!);
    return sorted;
  };

  /** Checks that all have got all. */
  checkBroadcast(): void {
    const { total } = this.source;
    for (const sink of this.sinks) sink.check(total, (total * (total - 1)) / 2);
  }

  /** Checks that each has got its own. */
  checkPartition(): void {
    const expected = this.sinks.map(() => new Sink());
    for (let event = 0; event < this.source.total; event++) expected[this.hash(event)]!.receive(event);
    for (const [at, sink] of this.sinks.entries()) sink.check(expected[at]!.count, expected[at]!.sum);
  }
}
