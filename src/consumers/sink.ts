import { Observable, type Subscriber } from 'rxjs';
import { typeError } from '../engine/assert.ts';
import type { ProducerPort } from '../engine/Link.ts';
import { assertSubscribable } from '../face/assertSubscribable.ts';
import type { Consumer, Producer, SubscribeOptions } from '../types.ts';
import { notify } from '../face/endings.ts';
import { isProducer, portOf } from '../face/portOf.ts';
import { isObservableLike } from '../face/isObservableLike.ts';
import { StageRun } from '../face/StageRun.ts';
import type { StageWork } from '../face/StageWork.ts';
import { observablePort } from './observablePort.ts';

/** A consumer that runs a consumer stage, one for each subscription. */
export function sink<T, R>(
  options: SubscribeOptions,
  work: (subscriber: Subscriber<R>, run: StageRun<T, never>) => StageWork<T, never>,
): Consumer<T, R> {
  assertSubscribable(options);
  return (source) => {
    const portFor = portOfEither(source);
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
      run.subscribe(portFor(), options);
      run.start();
    });
  };
}

/** A producer is shared by all subscriptions of the consumer; a plain Observable is subscribed to for each. */
function portOfEither<T>(source: Producer<T> | Observable<T>): () => () => ProducerPort<T> {
  if (isProducer(source)) {
    const port = portOf<T>(source);
    return () => port;
  }
  if (!isObservableLike(source)) throw typeError('source', 'a Producer or an Observable', source);
  return () => observablePort(source as Observable<T>);
}
