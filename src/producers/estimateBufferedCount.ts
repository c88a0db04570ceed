import { typeError } from '../engine/assert.ts';
import { BUFFERED, type Attachable } from '../face/port.ts';
import type { Producer } from '../types.ts';

/**
 * How many events wait in a producer or stage for demand: 0 for one that does not run. What is on its way, and what a
 * stage has been sent and has not begun, is not counted.
 *
 * GenStage: `estimate_buffered_count/2`.
 *
 * @param producer a producer or stage of this package
 * @throws TypeError if `producer` is none, or one that keeps no buffer, such as what `tapDemand` gives
 *
 * @example
 * ```ts
 * const words = fromIterable(['a b', 'c']).pipe(stage((line) => line.split(' ')));
 * words.events(of(1)).subscribe(console.log); // => [ 'a' ]
 * console.log(estimateBufferedCount(words)); // => 1
 * ```
 */
export function estimateBufferedCount(producer: Producer<unknown>): number {
  const count = (producer as Partial<Attachable<unknown>> | null | undefined)?.[BUFFERED]?.bind(producer);
  if (!count) throw typeError('producer', 'a producer or stage of this package', producer);
  return count();
}
