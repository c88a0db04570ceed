import { Observable, type Subscriber } from 'rxjs';
import { typeError } from '../engine/assert.ts';
import type { ProducerPort } from '../engine/Link.ts';
import { assertSubscribable } from '../face/assertSubscribable.ts';
import { fromObservable } from '../producers/fromObservable.ts';
import type { Consumer, Producer, SubscribeOptions } from '../types.ts';
import { notify } from '../face/endings.ts';
import { isProducer, portOf } from '../face/portOf.ts';
import { isObservableLike } from '../face/isObservableLike.ts';
import { StageRun, type StageWork } from '../face/StageRun.ts';

/** A consumer that runs a consumer stage, one for each subscription. */
export function sink<T, R>(
  options: SubscribeOptions,
  work: (subscriber: Subscriber<R>, run: StageRun<T, never>) => StageWork<T, never>,
): Consumer<T, R> {
  assertSubscribable(options);
  return (source) => {
    const port = portOfEither(source);
    return new Observable((subscriber) => {
      const run = new StageRun<T, never>(
        'consumer',
        {},
        (own) => work(subscriber, own),
        (reason) => {
          notify(
            reason,
            () => {
              subscriber.complete();
            },
            (error) => {
              subscriber.error(error);
            },
          );
        },
      );
      subscriber.add(() => {
        run.stop();
      });
      run.subscribe(port, options);
      run.start();
    });
  };
}

/** A plain Observable hears no demand: what it emits too early waits here without a bound, as in `mergeMap`. */
function portOfEither<T>(source: Producer<T> | Observable<T>): () => ProducerPort<T> {
  if (isProducer(source)) return portOf(source);
  if (!isObservableLike(source))
    throw typeError('source', 'a Producer or an Observable', source);
  return portOf(fromObservable(source as Observable<T>, { bufferSize: Infinity }));
}
