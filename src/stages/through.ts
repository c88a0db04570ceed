import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { assertFunction, assertOptions } from '../engine/assert.ts';
import type { Link } from '../engine/Link.ts';
import { AsyncOperatorError } from '../errors.ts';
import { StagedProducer } from '../face/StagedProducer.ts';
import type { StageRun } from '../face/StageRun.ts';
import type { StageWork } from '../face/StageWork.ts';
import { portOf } from '../face/portOf.ts';
import { subscribeTo } from '../face/subscribeTo.ts';
import type { ProducerConsumerOptions, Stage } from '../types.ts';
import { stageOptions } from './stageOptions.ts';

/**
 * A producer-consumer that applies an RxJS operator which answers within the batch: `filter`, `scan`, `pairwise`, `take`,
 * `distinct`, or one that expands, such as `concatMap((x) => [x, x])`. The operator is applied once for each run of the
 * stage, so it keeps its state from batch to batch.
 *
 * What the operator lets pass is asked for again, and what it gives beyond the demand waits in the stage's buffer. When
 * it completes before its source, events that it has not seen go back to the producer. Operators that take time error
 * with an `AsyncOperatorError`.
 *
 * GenStage: a `:producer_consumer` with a pure `handle_events/3`.
 *
 * @param operator an RxJS operator, or several by `pipe` of RxJS
 * @param options how it asks, buffers and dispatches; `maxDemand` is 1 by default
 * @throws RangeError if an option is out of its range
 * @throws TypeError if `operator` is no function
 *
 * @example
 * ```ts
 * fromIterable([1, 2, 3, 4, 5, 6])
 *   .pipe(through(filter((n) => n % 2 === 0)), through(take(2)), consume())
 *   .subscribe({ next: console.log, complete: () => console.log('done') });
 * // => 2
 * // => 4
 * // => done
 * ```
 */
export function through<A, B>(
  operator: OperatorFunction<A, B>,
  options: ProducerConsumerOptions<B> = {},
): Stage<A, B> {
  assertFunction('operator', operator);
  assertOptions(options);
  const { upstream, downstream } = stageOptions({ maxDemand: 1, ...options });
  return (source) => {
    const port = portOf(source);
    return new StagedProducer<A, B>(
      {
        name: 'through',
        type: 'producer_consumer',
        work: (run) => new Application(operator, run),
        open: (run) => {
          run.subscribe(port, upstream);
        },
      },
      downstream,
    );
  };
}

/** The operator at work. */
class Application<A, B> implements StageWork<A, B> {
  readonly #run: StageRun<A, B>;
  readonly #operator: OperatorFunction<A, B>;
  #input: Subscriber<A> | undefined;
  #results: B[] = [];
  #applied = false;
  /** It may emit now. */
  #within = false;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  /** The rest of the batch that is being handled. */
  #rest: { readonly events: readonly A[]; readonly from: Link<A>; at: number } | undefined;

  constructor(operator: OperatorFunction<A, B>, run: StageRun<A, B>) {
    this.#operator = operator;
    this.#run = run;
  }

  get busy(): boolean {
    return this.#within;
  }

  started(): void {
    if (this.#applied) return;
    this.#applied = true;
    this.#within = true;
    const source = new Observable<A>((subscriber) => {
      this.#input = subscriber;
    });
    subscribeTo(
      this.#operator(source),
      {
        next: (result) => {
          this.#next(result);
        },
        error: (error) => {
          this.#failed(error);
        },
        complete: () => {
          this.#completed();
        },
      },
      (subscriber) => {
        this.#run.own(subscriber);
      },
    );
    // `startWith` and the like speak first.
    this.#emitResults();
  }

  handleEvents(events: readonly A[], from: Link<A>): void {
    const rest = (this.#rest = { events, from, at: 0 });
    this.#within = true;
    while (rest.at < events.length && !this.#ended) this.#input?.next(events[rest.at++] as A);
    this.#emitResults();
    if (this.#rest && this.#ended) this.#leave();
    this.#rest = undefined;
  }

  finished(): void {
    this.started();
    this.#within = true;
    this.#input?.complete();
    this.#emitResults();
    if (this.#ended) this.#run.stage.drain();
    else this.#run.fail(new AsyncOperatorError());
  }

  abandon(giveBack: (events: readonly A[], from: Link<A>) => void): void {
    this.#ended = true;
    if (this.#rest) giveBack(this.#rest.events.slice(this.#rest.at), this.#rest.from);
    this.#rest = undefined;
  }

  #next(result: B): void {
    if (this.#within) this.#results.push(result);
    else if (!this.#ended) this.#failed(new AsyncOperatorError());
  }

  #failed(error: unknown): void {
    this.#ended = true;
    this.#failure ??= { error };
    // Else its results come first.
    if (!this.#within) this.#run.fail(error);
  }

  /** The producer is left at once. */
  #completed(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#rest) this.#leave();
  }

  #leave(): void {
    const rest = this.#rest;
    this.#run.leaveProducers(...(rest ? [{ events: rest.events.slice(rest.at), from: rest.from }] : []));
    this.#run.stage.drain();
  }

  /** What it has emitted goes out; if it has failed, the stage ends. */
  #emitResults(): void {
    this.#within = false;
    const results = this.#results;
    this.#results = [];
    this.#run.process.emitAnswer(results);
    if (this.#failure) throw this.#failure.error;
  }
}
