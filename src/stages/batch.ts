import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { assertCallbacks, assertDemand, assertOptions, rangeError } from '../engine/assert.ts';
import { StagedProducer } from '../face/StagedProducer.ts';
import { portOf } from '../face/portOf.ts';
import type { ProducerConsumerOptions, Stage } from '../types.ts';
import { Batching } from './Batching.ts';
import type { Batch } from './OpenBatches.ts';
import { stageOptions } from './stageOptions.ts';

/** When a batch ends, and what goes into it. */
export interface BatchOptions<T, K = undefined> extends ProducerConsumerOptions<Batch<T, K>> {
  /**
   * The events of a full batch: a positive integer, or `Infinity` where `timeoutMs` or `flushOn` ends batches.
   *
   * Broadway: `:batch_size`.
   */
  readonly size: number;
  /**
   * How old the oldest event of a batch may become in it, before the batch goes on as it is: a positive number of ms.
   *
   * Broadway: `:batch_timeout`.
   *
   * @default a batch waits until it is full
   */
  readonly timeoutMs?: number;
  /**
   * What the event belongs to: each key has a batch of its own. Keys are compared as those of a Map.
   *
   * Broadway: `Message.put_batch_key/2`.
   *
   * @default all events go into one batch
   */
  key?(event: T): K;
  /**
   * True for an event that ends its batch.
   *
   * Broadway: `Message.put_batch_mode(message, :flush)`.
   *
   * @default none does
   */
  flushOn?(event: T): boolean;
  /**
   * The most events that are asked for at a time and are not in a batch yet. A positive integer, or `Infinity`.
   * @default size, or 1000 if that is Infinity
   */
  readonly maxDemand?: number;
  /**
   * When so many events are left in flight, the stage asks for what is missing to `maxDemand`. An integer from 0 to below
   * `maxDemand`, in events.
   * @default half of maxDemand
   */
  readonly minDemand?: number;
  /**
   * The clock for `timeoutMs` and `resubscribeAfterMs`.
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike;
}

/**
 * A producer-consumer that puts events together in batches, and is the producer of those: what its consumers ask for is
 * batches. A batch goes on when it is full, when its oldest event has been in it for `timeoutMs`, when `flushOn` says so of an
 * event, or when the producer has completed.
 *
 * An event is done when it has entered a batch, so the stage asks on while batches fill, whatever its `maxDemand`. It takes
 * events only while its consumers are owed a batch: till then at most `maxDemand` events wait in it, and
 * batches that have timed out meanwhile wait in its buffer. With `key` the open batches may hold up to `size - 1` events for each
 * key; a key without an open batch takes no memory.
 *
 * On completion the open batches go on in the order of their oldest events; an error overtakes them. When the stage stops before
 * that, the events of all batches that nobody has got go back to its producer, in their old order.
 *
 * GenStage: a `:producer_consumer` that keeps events in its state; Broadway: a batcher; Flow: a count or processing-time window.
 *
 * @param options when a batch ends; how it asks, buffers and dispatches
 * @throws RangeError if an option is out of its range
 * @throws TypeError if an option has the wrong type
 *
 * @example
 * ```ts
 * fromIterable([1, 2, 3, 4, 5])
 *   .pipe(batch({ size: 2, key: (n) => (n % 2 ? 'odd' : 'even') }), consume())
 *   .subscribe(({ key, events, trigger }) => console.log(key, events, trigger));
 * // => odd [ 1, 3 ] size
 * // => even [ 2, 4 ] size
 * // => odd [ 5 ] flush
 * ```
 */
export function batch<T, K = undefined>(options: BatchOptions<T, K>): Stage<T, Batch<T, K>> {
  assertBatchOptions(options);
  const { size, timeoutMs = Infinity, scheduler = asyncScheduler } = options;
  const { maxDemand = size === Infinity ? 1000 : size } = options;
  const limits = {
    size,
    timeoutMs,
    scheduler,
    key: options.key?.bind(options) ?? (() => undefined as K),
    flushOn: options.flushOn?.bind(options) ?? (() => false),
  };
  const { upstream, downstream } = stageOptions<Batch<T, K>>({ ...options, maxDemand });
  return (source) => {
    const port = portOf(source);
    return new StagedProducer<T, Batch<T, K>>(
      {
        name: 'batch',
        type: 'producer_consumer',
        work: (run) => new Batching(limits, run),
        open: (run) => {
          run.subscribe(port, upstream);
        },
      },
      downstream,
    );
  };
}

function assertBatchOptions<T, K>(options: BatchOptions<T, K>): void {
  assertOptions(options);
  const { size, timeoutMs } = options;
  assertDemand('size', size);
  assertCallbacks(options, 'key', 'flushOn', 'discarded');
  if (timeoutMs === undefined) {
    if (size === Infinity && !options.flushOn)
      throw rangeError('timeoutMs', 'a positive number of ms where `size` is Infinity', timeoutMs);
  } else if (!(typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs < Infinity)) {
    throw rangeError('timeoutMs', 'a positive number of ms', timeoutMs);
  }
}
