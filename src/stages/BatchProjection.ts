import { isPromiseLike } from '../engine/isPromiseLike.ts';
import type { Answer } from '../engine/index.ts';
import { settled } from '../face/settled.ts';
import type { StageRun } from '../face/StageRun.ts';
import type { StageWork } from '../face/StageWork.ts';
import { isResultStream } from '../face/isResultStream.ts';
import type { BatchContext, EventStream } from '../types.ts';

/** What a function of a batch may return: the results, now or later, one by one or together; or nothing. */
export type BatchAnswer<B> = Iterable<B> | EventStream<B> | PromiseLike<Iterable<B> | void> | void;

/** `stage` per batch: one at a time. */
export class BatchProjection<A, B> implements StageWork<A, B> {
  readonly #project: (events: readonly A[], context: BatchContext) => BatchAnswer<B>;
  readonly #run: StageRun<A, B>;
  readonly #context: BatchContext;
  busy = false;
  #inner: { unsubscribe(): void } | undefined;

  constructor(project: (events: readonly A[], context: BatchContext) => BatchAnswer<B>, run: StageRun<A, B>) {
    this.#project = project;
    this.#run = run;
    this.#context = {
      get signal() {
        return run.signal;
      },
    };
  }

  handleEvents(events: readonly A[]): Answer<B> {
    this.busy = true;
    const answer = this.#project(events, this.#context);
    this.busy = false;
    if (Array.isArray(answer) || answer === undefined || answer === null || isPromiseLike(answer))
      return answer as Answer<B>;
    if (typeof (answer as Partial<Iterable<B>>)[Symbol.iterator] === 'function' || !isResultStream(answer))
      return answer as Answer<B>;
    return this.#collect(answer as EventStream<B>);
  }

  stopped(): void {
    this.#inner?.unsubscribe();
  }

  #collect(input: EventStream<B>): Answer<B> {
    const results: B[] = [];
    // If it fails, after the results that it gave before.
    const emit = () => {
      this.#run.process.emitAnswer(results);
    };
    let end: PromiseLike<void> | undefined;
    try {
      end = settled(
        input,
        (result) => {
          results.push(result);
        },
        (subscriber) => {
          this.#inner = subscriber;
        },
      );
    } catch (error) {
      emit();
      throw error;
    }
    if (!end) return results;
    return {
      then: (resolve, reject) =>
        end.then(
          () => resolve?.(results),
          (error: unknown) => {
            emit();
            reject?.(error);
          },
        ) as never,
    };
  }
}
