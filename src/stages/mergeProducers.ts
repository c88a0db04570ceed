import { typeError } from '../engine/assert.ts';
import { StagedProducer } from '../face/StagedProducer.ts';
import { assertSubscribable } from '../face/assertSubscribable.ts';
import { portOf } from '../face/portOf.ts';
import type { Producer, ProducerOptions, SubscribeOptions } from '../types.ts';

/** A producer, or a producer and how to subscribe to it. */
export type MergedSource<T> = Producer<T> | readonly [producer: Producer<T>, options: SubscribeOptions];

/**
 * One producer of the events of several: each is asked for its own demand, so none has to wait for another, and the order
 * of each is kept. It completes when all have completed, and errors when one errors.
 *
 * Each is asked for one event at a time by default, and survives the completion of the others (`cancel: 'transient'`): give
 * a producer with options of its own for more, as in `mergeProducers([orders, [bulk, { maxDemand: 100 }]])`. All are
 * subscribed to before the first is asked, so a diamond of branches under one broadcast loses nothing.
 *
 * GenStage: a `:producer_consumer` with several producers in `subscribe_to`.
 *
 * @param sources the producers
 * @param options how it buffers and dispatches
 * @throws RangeError if an option is out of its range
 * @throws TypeError if `sources` is no array of producers
 *
 * @example
 * ```ts
 * const source = fromIterable([1, 2], { dispatcher: broadcast() });
 * const plain = source.pipe(stage((n) => `${n}`));
 * const squares = source.pipe(stage((n) => `${n} * ${n} = ${n * n}`));
 * mergeProducers([plain, squares]).pipe(consume()).subscribe(console.log);
 * // => 1
 * // => 1 * 1 = 1
 * // => 2
 * // => 2 * 2 = 4
 * ```
 */
export function mergeProducers<T>(
  sources: readonly MergedSource<T>[],
  options: Omit<ProducerOptions<T>, 'demand'> = {},
): Producer<T> {
  if (!Array.isArray(sources)) throw typeError('sources', 'an array of producers', sources);
  const upstreams = sources.map((source: MergedSource<T>) => {
    const [from, given] = isPair(source) ? source : [source, {}];
    const subscription: SubscribeOptions = { maxDemand: 1, cancel: 'transient', ...given };
    assertSubscribable(subscription);
    return { port: portOf(from), subscription };
  });
  return new StagedProducer<T, T>(
    {
      name: 'mergeProducers',
      type: 'producer_consumer',
      work: () => ({ passing: true, handleEvents: (events) => events }),
      open: (run) => {
        if (upstreams.length === 0) run.finish();
        const opened = upstreams.map(({ port, subscription }) => run.add(port, subscription));
        for (const upstream of opened) upstream.open();
      },
    },
    options,
  );
}

function isPair<T>(source: MergedSource<T>): source is readonly [Producer<T>, SubscribeOptions] {
  return Array.isArray(source);
}
