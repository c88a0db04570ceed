/**
 * Thrown when events are added to a queue that has completed or errored: nobody would ever get them.
 */
export class QueueClosedError extends Error {
  override readonly name = 'QueueClosedError';

  constructor() {
    super('The queue takes no more events: it has completed or errored');
  }
}

/**
 * A producer delivered more events than it was asked for. The pool that got them errors with this: an excess event has
 * no worker, and to keep it would hide the mistake.
 */
export class ExcessEventsError extends Error {
  override readonly name = 'ExcessEventsError';
  /** The events beyond the demand. */
  readonly events: readonly unknown[];

  constructor(events: readonly unknown[]) {
    super(`The producer delivered ${String(events.length)} more than it was asked for`);
    this.events = events;
  }
}
