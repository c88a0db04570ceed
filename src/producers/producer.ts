import { assertFunction } from '../engine/assert.ts';
import { isPromiseLike } from '../engine/isPromiseLike.ts';
import type { Answer } from '../engine/index.ts';
import { StagedProducer } from '../face/StagedProducer.ts';
import type { StageRun } from '../face/StageRun.ts';
import { isResultStream } from '../face/isResultStream.ts';
import { subscribeTo } from '../face/subscribeTo.ts';
import { infoHandlerOf } from '../face/infoHandlerOf.ts';
import type { EventStream, InfoOptions, Producer, ProducerOptions } from '../types.ts';

/** What a demand handler may answer: events, now or by a promise; an Observable or async iterable of events; nothing. */
export type DemandAnswer<T> = Iterable<T> | EventStream<T> | PromiseLike<Iterable<T> | void> | void;

/** What a demand handler is told beside the demand, and what it can do at any time. */
export interface ProducerContext<T> {
  /**
   * Emits events, whether there is demand for them or not: what nobody has asked for waits in the buffer. An answer to
   * demand that is being given, or awaited, comes before them.
   *
   * GenStage: the events that any callback returns.
   */
  emit(this: void, events: Iterable<T>): void;
  /**
   * Sends a side message: the option `handleInfo` gets it after the events that wait now have been taken.
   *
   * GenStage: `async_info/2`.
   */
  info(this: void, message: unknown): void;
  /** Ends the producer: consumers complete after the last event that waits. */
  complete(this: void): void;
  /** Ends the producer at once: consumers error. */
  error(this: void, error: unknown): void;
  /** Aborted when the producer stops: it has ended, or the last consumer has left. */
  readonly signal: AbortSignal;
}

/**
 * A producer that is told of demand: each time consumers ask for more than waits in its buffer, `handleDemand` gets how
 * many events are missing, and answers with them.
 *
 * It may answer with fewer, even none: what is missing stays owed, and is served by whatever is emitted later; it is not
 * asked for again. What it answers beyond the demand waits in the buffer. While a promise is awaited, no other demand is
 * handled. The first consumer starts it, those who come while it runs share it by the dispatcher, and it stops when
 * the last has left.
 *
 * GenStage: a `:producer` with `handle_demand/2`.
 *
 * @param handleDemand answers demand: a positive number of events, or `Infinity`
 * @param options how it buffers and dispatches
 * @throws RangeError if an option is out of its range
 * @throws TypeError if `handleDemand` is no function
 *
 * @example
 * ```ts
 * let next = 0;
 * const counter = producer((demand) => Array.from({ length: demand }, () => next++));
 * counter.pipe(handleEvents((events) => [events], { maxDemand: 4 })).pipe(take(3)).subscribe(console.log);
 * // => [ 0, 1 ]
 * // => [ 2, 3 ]
 * // => [ 4, 5 ]
 * ```
 */
export function producer<T>(
  handleDemand: (demand: number, context: ProducerContext<T>) => DemandAnswer<T>,
  options: ProducerOptions<T> & InfoOptions = {},
): Producer<T> {
  assertFunction('handleDemand', handleDemand);
  const handleInfo = infoHandlerOf(options);
  return new StagedProducer<never, T>(
    {
      name: 'producer',
      type: 'producer',
      work: (run) => {
        const context = contextOf(run);
        return {
          handleDemand: (demand) => {
            const answer = handleDemand(demand, context);
            if (!isLasting(answer)) return answer as Answer<T>;
            follow(answer, run);
            return undefined;
          },
          handleInfo,
        };
      },
    },
    options,
  );
}

function contextOf<T>(run: StageRun<never, T>): ProducerContext<T> {
  return {
    emit: (events) => {
      run.stage.emit(Array.isArray(events) ? (events as readonly T[]) : Array.from(events));
    },
    info: (message) => {
      run.stage.info(message);
    },
    complete: () => {
      run.finish();
    },
    error: (error) => {
      run.fail(error);
    },
    get signal() {
      return run.signal;
    },
  };
}

/** True for an answer that gives its events one after the other: an Observable, an async iterable or a web stream. */
function isLasting<T>(answer: DemandAnswer<T>): answer is EventStream<T> {
  if (Array.isArray(answer) || answer === undefined || answer === null || isPromiseLike(answer)) return false;
  return typeof (answer as Partial<Iterable<T>>)[Symbol.iterator] !== 'function' && isResultStream(answer);
}

function follow<T>(answer: EventStream<T>, run: StageRun<never, T>): void {
  subscribeTo(
    answer,
    {
      next: (event) => {
        run.stage.emit([event]);
      },
      error: (error) => {
        run.fail(error);
      },
      complete: () => undefined,
    },
    (subscriber) => {
      run.own(subscriber);
    },
  );
}
