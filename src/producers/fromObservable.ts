import type { Observable } from 'rxjs';
import { assertOneOf, assertOptions, typeError } from '../engine/assert.ts';
import { BufferOverflowError } from '../errors.ts';
import { StagedProducer } from '../face/StagedProducer.ts';
import type { StageRun } from '../face/StageRun.ts';
import type { RunOptions } from '../face/StageWork.ts';
import { isObservableLike } from '../face/isObservableLike.ts';
import { feed } from '../face/feed.ts';
import type { Producer, ProducerOptions } from '../types.ts';

/** What becomes of events that find the buffer full. */
export type Overflow<T> = 'dropOldest' | 'dropNewest' | 'error' | ((events: readonly T[]) => void);

/** Options of `fromObservable`. */
export interface FromObservableOptions<T> extends Omit<ProducerOptions<T>, 'bufferKeep'> {
  /**
   * What becomes of events that find the buffer full: `'dropOldest'` drops what waits longest for them, `'dropNewest'`
   * drops them (both tell `discarded`), `'error'` ends the producer with a `BufferOverflowError`, and a function is
   * handed the events that find no room, to do with them what it wants.
   * @default 'dropOldest'
   */
  readonly overflow?: Overflow<T>;
}

/**
 * A producer of what an Observable emits. An Observable cannot be asked, so what comes before it is asked for waits in a
 * buffer of `bufferSize` events, and `overflow` says what happens beyond. It is subscribed to when the first consumer
 * subscribes, and unsubscribed from when the last has left.
 *
 * GenStage: a `:producer` that gets its events by messages.
 *
 * @param source emits the events
 * @param options how it buffers and dispatches
 * @throws RangeError if an option is out of its range
 * @throws TypeError if `source` is no Observable
 *
 * @example
 * ```ts
 * const clicks = of('a', 'b', 'c', 'd');
 * const tooMany = (events: readonly string[]) => console.log('no room for', events);
 * fromObservable(clicks, { bufferSize: 2, overflow: tooMany })
 *   .events(of(1).pipe(delay(0)))
 *   .subscribe((events) => console.log('got', events));
 * // => no room for [ 'c' ]
 * // => no room for [ 'd' ]
 * // => got [ 'a' ]
 * ```
 */
export function fromObservable<T>(
  source: Observable<T>,
  options: FromObservableOptions<T> = {},
): Producer<T> {
  if (!isObservableLike(source)) throw typeError('source', 'an Observable', source);
  assertOptions(options);
  let current: StageRun<never, T> | undefined;
  return new StagedProducer<never, T>(
    {
      name: 'fromObservable',
      type: 'producer',
      work: (run) => {
        current = run;
        return {};
      },
      open: (run) => {
        feed(source, run);
      },
    },
    withOverflow(options, (events) => current?.fail(new BufferOverflowError(events))),
  );
}

function withOverflow<T>(
  { overflow = 'dropOldest', discarded, ...options }: FromObservableOptions<T>,
  fail: (events: readonly T[]) => void,
): RunOptions<T> {
  if (typeof overflow !== 'function')
    assertOneOf('overflow', ['dropOldest', 'dropNewest', 'error'], overflow);
  if (overflow === 'dropOldest') return { ...options, bufferKeep: 'last', ...(discarded && { discarded }) };
  if (overflow === 'dropNewest') return { ...options, bufferKeep: 'first', ...(discarded && { discarded }) };
  const handOut = overflow === 'error' ? fail : overflow;
  return {
    ...options,
    bufferKeep: 'first',
    discarded: (events, cause) => {
      if (cause === 'overflow') handOut(events);
      else discarded?.(events, cause);
    },
  };
}
