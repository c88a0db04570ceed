/**
 * Thrown when events are added to a queue that has completed or errored: nobody would ever get them.
 *
 * @example
 * ```ts
 * const queue = new DemandQueue<string>();
 * queue.complete();
 * try {
 *   queue.enqueue(['late']);
 * } catch (error) {
 *   console.log(error instanceof QueueClosedError); // => true
 * }
 * ```
 */
export class QueueClosedError extends Error {
  /** Tells this error from others, also across copies of the package. */
  override readonly name = 'QueueClosedError';

  constructor() {
    super(
      'The queue takes no more events: it has completed or errored. The first source that ends closes it; ' +
        'to feed it from several, merge them before, or pass each event on with `next`.',
    );
  }
}

/**
 * A producer delivered more events than it was asked for. The pool that got them errors with this: an excess event has
 * no worker, and to keep it would hide the mistake.
 *
 * @example
 * ```ts
 * const pushy: Producer<number> = {
 *   events: (demand) => demand.pipe(map(() => [1, 2, 3])),
 *   pipe: new DemandQueue<number>().pipe,
 * };
 * pushy.pipe(demandMap((n) => n)).subscribe({
 *   error: (error: ExcessEventsError) => console.log(error.name, error.events), // => ExcessEventsError [ 2, 3 ]
 * });
 * ```
 */
export class ExcessEventsError extends Error {
  /** Tells this error from others, also across copies of the package. */
  override readonly name = 'ExcessEventsError';
  /** The events beyond the demand. */
  readonly events: readonly unknown[];

  constructor(events: readonly unknown[]) {
    super(`The producer delivered ${String(events.length)} more than it was asked for`);
    this.events = events;
  }
}

/**
 * More events came than a buffer with `overflow: 'error'` has room for: the producer has ended with this.
 *
 * @example
 * ```ts
 * fromObservable(of('a', 'b'), { bufferSize: 1, overflow: 'error' })
 *   .pipe(handleEvents((events) => events, { mode: 'manual' }))
 *   .subscribe({ error: (error: BufferOverflowError) => console.log(error.name, error.events) });
 * // => BufferOverflowError [ 'b' ]
 * ```
 */
export class BufferOverflowError extends Error {
  /** Tells this error from others, also across copies of the package. */
  override readonly name = 'BufferOverflowError';
  /** The events that found no room. */
  readonly events: readonly unknown[];

  constructor(events: readonly unknown[]) {
    super(
      `The buffer is full: ${events.length} event(s) came before anybody asked for them. Raise \`bufferSize\`, or choose ` +
        'another `overflow`',
    );
    this.events = events;
  }
}

/**
 * The RxJS operator in `through(operator)` emitted, or was still at work, outside of the batch that it was given: its
 * results could not be told from one batch to the next, and demand would be lost.
 *
 * @example
 * ```ts
 * fromIterable([1])
 *   .pipe(through(delay(10)), consume())
 *   .subscribe({ error: (error: AsyncOperatorError) => console.log(error.name) }); // => AsyncOperatorError
 * ```
 */
export class AsyncOperatorError extends Error {
  /** Tells this error from others, also across copies of the package. */
  override readonly name = 'AsyncOperatorError';

  constructor() {
    super(
      '`through` takes operators that answer within the batch, such as filter, scan or concatMap to an array. For work ' +
        'that takes time use `stage(project)`, for time itself `rateLimit` or `batch`',
    );
  }
}

/**
 * Workers, or children, have crashed more often than they may be restarted: the supervision has ended with this. It is
 * thrown by `supervise` and `consumerSupervisor`.
 *
 * OTP: a supervisor's exit with `:shutdown` when `max_restarts` within `max_seconds` is exceeded.
 *
 * @example
 * ```ts
 * const job = (n: number) => {
 *   throw new Error(`no ${n}`);
 * };
 * fromIterable([1, 2, 3])
 *   .pipe(supervise(demandMap(job), { maxRestarts: 1, crashed: ({ events }) => console.log('gone:', events) }))
 *   .subscribe({
 *     error: ({ name, causes }: RestartIntensityError) => console.log(name, causes.map(String)),
 *   });
 * // => gone: [ 1 ]
 * // => gone: [ 2 ]
 * // => RestartIntensityError [ 'Error: no 1', 'Error: no 2' ]
 * ```
 */
export class RestartIntensityError extends Error {
  /** Tells this error from others, also across copies of the package. */
  override readonly name = 'RestartIntensityError';
  /** What each crash within `withinMs` was, oldest first. The last, one too many, is the `cause` too. */
  readonly causes: readonly unknown[];

  constructor(causes: readonly unknown[]) {
    const cause = causes[causes.length - 1];
    super(
      `${String(causes.length)} crash(es) within \`withinMs\`, which is more than \`maxRestarts\`. The last: ${String(cause)}`,
      { cause },
    );
    this.causes = causes;
  }
}
