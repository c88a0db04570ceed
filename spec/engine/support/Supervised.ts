import {
  ConsumerSupervisor,
  type Child,
  type ConsumerSupervisorOptions,
  type SupervisorReport,
} from '../../../src/engine/index.ts';

/** A supervisor of children that run until a test ends them; it remembers what it starts, stops and reports. */
export class Supervised {
  readonly supervisor: ConsumerSupervisor<number>;
  /** `+event` for each start, `-event` for each stop. */
  readonly log: string[] = [];
  readonly reports: SupervisorReport<number>[] = [];
  /** The clock, in ms. */
  now = 0;
  /** The events that need no child. */
  ignored: readonly number[] = [];
  /** Why events cannot be started. */
  failures: Readonly<Record<number, unknown>> = {};
  /** What is done while a child is being started. */
  onStart: (child: Child<number>) => void = () => {};
  /** What is done while a child is being stopped. */
  onStop: (child: Child<number>) => void = () => {};
  readonly #running = new Map<number, Child<number>>();

  constructor(options: ConsumerSupervisorOptions<number> = {}) {
    this.supervisor = new ConsumerSupervisor<number>(
      (event, child) => {
        this.log.push(`+${event}`);
        this.#running.set(event, child);
        this.onStart(child);
        if (this.ignored.includes(event)) return 'ignore';
        if (event in this.failures) throw this.failures[event];
        return () => {
          this.log.push(`-${event}`);
          this.onStop(child);
        };
      },
      { report: (report) => void this.reports.push(report), now: () => this.now, ...options },
    );
  }

  /** The last child that was started for `event`. */
  child(event: number): Child<number> {
    const child = this.#running.get(event);
    if (!child) throw new Error(`Nothing was started for ${event}`);
    return child;
  }

  /** The events of the children there are. */
  get children(): readonly number[] {
    return this.supervisor.whichChildren().map(({ event }) => event);
  }

  /** What was reported: its kind, the reason (or how many events are in excess), and the event. */
  get told(): readonly (readonly unknown[])[] {
    return this.reports.map((report) =>
      report.kind === 'excess_events'
        ? [report.kind, report.count]
        : [report.kind, report.reason, report.event],
    );
  }
}
