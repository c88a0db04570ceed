import { assertFunction, assertOneOf, assertOptions } from '../engine/assert.ts';
import { StagedProducer } from '../face/StagedProducer.ts';
import { portOf } from '../face/portOf.ts';
import type {
  BatchContext,
  JobContext,
  Producer,
  ProducerConsumerOptions,
  ResultOf,
  Stage,
} from '../types.ts';
import { BatchProjection, type BatchAnswer } from './BatchProjection.ts';
import { EventProjection } from './EventProjection.ts';
import { stageOptions } from './stageOptions.ts';

/** Options of `stage` with a function of one event. */
export interface StageOptions<B> extends ProducerConsumerOptions<B> {
  /**
   * The most events that are worked on at a time, and the most that are asked for. A positive integer, or `Infinity`.
   * @default 1, or 1000 per batch
   */
  readonly maxDemand?: number;
  /**
   * When so many events are left in flight, the stage asks for what is missing to `maxDemand`. An integer from 0 to below
   * `maxDemand`, in events.
   * @default maxDemand - 1, or half of maxDemand per batch
   */
  readonly minDemand?: number;
  /**
   * What the function takes: one event, or all that came together.
   * @default 'event'
   */
  readonly per?: 'event' | 'batch';
}

/**
 * A producer-consumer: does `project` with what it takes from its producer, and is the producer of the results.
 *
 * With `per: 'event'` up to `maxDemand` events are worked on at a time, as in `demandMap`, and results come in the order
 * they are ready; where each `project` returns its result at once, in the order of the events. With `per: 'batch'`
 * one batch is worked on at a time, and its results are emitted together.
 *
 * It begins work only while its own consumers are owed events; results beyond what they have asked for wait in its
 * buffer. An error ends the stage, and its consumers with it; events that it had not begun go back to its producer.
 *
 * GenStage: a `:producer_consumer` with `handle_events/3`.
 *
 * @param project works on one event, or one batch. Per event it may return a promise, an Observable, an (async) iterable,
 *   the result itself, or nothing (which gives `undefined`), as in `demandMap`; per batch an iterable of results, a
 *   promise of one, an Observable or async iterable of results, or nothing (which gives none).
 * @param options how it asks, buffers and dispatches
 * @throws RangeError if an option is out of its range
 * @throws TypeError if `project` is no function
 *
 * @example
 * ```ts
 * const download = async (url: string) => `<${url}>`;
 * fromIterable(['a', 'b', 'c'])
 *   .pipe(
 *     stage(download, { maxDemand: 2 }),
 *     stage((pages) => [pages.join('')], { per: 'batch' }),
 *     consume(),
 *   )
 *   .subscribe(console.log);
 * // => <a>
 * // => <b>
 * // => <c>
 * ```
 */
export function stage<A, O>(
  project: (event: A, context: JobContext) => O,
  options?: StageOptions<ResultOf<O>> & { readonly per?: 'event' },
): Stage<A, ResultOf<O>>;
export function stage<A, B>(
  project: (events: readonly A[], context: BatchContext) => BatchAnswer<B>,
  options: StageOptions<B> & { readonly per: 'batch' },
): Stage<A, B>;
export function stage<A, B>(
  project:
    | ((event: A, context: JobContext) => unknown)
    | ((events: readonly A[], context: BatchContext) => BatchAnswer<B>),
  options: StageOptions<B> = {},
): Stage<A, B> {
  assertFunction('project', project);
  assertOptions(options);
  const { per = 'event' } = options;
  assertOneOf('per', ['event', 'batch'], per);
  const { maxDemand = per === 'event' ? 1 : 1000 } = options;
  const { upstream, downstream } = stageOptions({ ...options, maxDemand });
  return (source: Producer<A>) => {
    const port = portOf(source);
    return new StagedProducer<A, B>(
      {
        name: 'stage',
        type: 'producer_consumer',
        work: (run) =>
          per === 'event'
            ? new EventProjection<A, B>(project as (event: A, context: JobContext) => unknown, run)
            : new BatchProjection<A, B>(
                project as (events: readonly A[], context: BatchContext) => BatchAnswer<B>,
                run,
              ),
        open: (run) => {
          run.subscribe(port, upstream);
        },
      },
      downstream,
    );
  };
}
