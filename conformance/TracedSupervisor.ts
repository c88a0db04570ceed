import { ConsumerSupervisor, type Stage } from '../src/engine/index.ts';
import type { TraceReason, TraceStage } from './scenario.ts';

/** A supervisor as the recorded one was: its children run until a step says otherwise; what it starts is logged. */
export class TracedSupervisor {
  readonly #supervisor: ConsumerSupervisor<number>;
  log: unknown[] = [];

  constructor(readonly spec: TraceStage) {
    const { ignore = [], fail = [], restart, max_restarts: maxRestarts } = spec;
    this.#supervisor = new ConsumerSupervisor<number>(
      (event) => {
        if (ignore.includes(event)) {
          this.log.push(['child_ignored', event]);
          return 'ignore';
        }
        if (fail.includes(event)) {
          this.log.push(['child_failed', event]);
          throw new Error(`No child for ${event}`);
        }
        this.log.push(['child_started', event]);
        return () => {};
      },
      {
        ...(restart !== undefined && { restart }),
        ...(maxRestarts !== undefined && { maxRestarts }),
        withinMs: 1_000_000,
        report: () => {},
      },
    );
  }

  get name(): string {
    return this.spec.name;
  }

  get stage(): Stage<number> {
    return this.#supervisor.stage;
  }

  get children(): number {
    return this.#supervisor.countChildren().active;
  }

  finishChild(event: number, reason: TraceReason): void {
    const child = this.#supervisor.whichChildren().find((one) => one.event === event);
    if (!child) throw new Error(`The supervisor ${this.name} has no child that runs ${event}`);
    child.exit(reason);
  }
}
