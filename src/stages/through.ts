import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { assertFunction } from '../engine/assert.ts';
import type { Subscription } from '../engine/index.ts';
import { AsyncOperatorError } from '../errors.ts';
import { StagedProducer } from '../face/StagedProducer.ts';
import type { StageRun, StageWork } from '../face/StageRun.ts';
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

  constructor(operator: OperatorFunction<A, B>, run: StageRun<A, B>) {
    this.#operator = operator;
    this.#run = run;
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
          this.#ended = true;
          this.#run.fail(error);
        },
        complete: () => {
          this.#completed();
        },
      },
      (subscriber) => {
        this.#run.own(subscriber);
      },
    );
    this.#within = false;
    // `startWith` and the like speak first.
    if (this.#results.length > 0) this.#run.stage.emit(this.#take());
  }

  handleEvents(events: readonly A[], from: Subscription<A>): readonly B[] {
    this.#within = true;
    let at = 0;
    while (at < events.length && !this.#ended) this.#input?.next(events[at++] as A);
    this.#within = false;
    if (at < events.length) from.giveBack(events.slice(at));
    return this.#take();
  }

  finished(): void {
    this.started();
    this.#within = true;
    this.#input?.complete();
    this.#within = false;
    if (!this.#ended) {
      this.#run.fail(new AsyncOperatorError());
      return;
    }
    this.#run.stage.emit(this.#take());
    this.#run.stage.drain();
  }

  #next(result: B): void {
    if (this.#within) this.#results.push(result);
    else if (!this.#ended) {
      this.#ended = true;
      this.#run.fail(new AsyncOperatorError());
    }
  }

  #completed(): void {
    if (this.#ended) return;
    this.#ended = true;
    // After its results; the producer is left at once.
    this.#run.leaveProducers();
    this.#run.stage.drain();
  }

  #take(): readonly B[] {
    const results = this.#results;
    this.#results = [];
    return results;
  }
}
