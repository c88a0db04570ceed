import type { Observable } from 'rxjs';
import { typeError } from '../engine/assert.ts';
import type { ProducerPort } from '../engine/Link.ts';
import { isObservableLike } from '../face/isObservableLike.ts';
import { isProducer, portOf } from '../face/portOf.ts';
import { fromObservable } from '../producers/fromObservable.ts';
import type { Producer } from '../types.ts';

/**
 * Where a consumer subscribes to its source; to be called for each subscription of the consumer. A producer is shared by
 * all of them. A plain Observable is subscribed to for each, and what it emits before it is asked waits without a bound,
 * as in `mergeMap`.
 *
 * @throws TypeError if `source` is neither a Producer nor an Observable
 */
export function sourcePort<T>(source: Producer<T> | Observable<T>): () => () => ProducerPort<T> {
  if (isProducer(source)) {
    const port = portOf<T>(source);
    return () => port;
  }
  if (!isObservableLike(source)) throw typeError('source', 'a Producer or an Observable', source);
  return () => portOf(fromObservable(source as Observable<T>, { bufferSize: Infinity }));
}
