import { assertProducing } from '../face/assertProducing.ts';
import { assertSubscribable } from '../face/assertSubscribable.ts';
import type { RunOptions } from '../face/StageWork.ts';
import type { ProducerConsumerOptions, SubscribeOptions } from '../types.ts';

/** Takes the options of a producer-consumer apart: how it subscribes, and how it buffers and dispatches. */
export function stageOptions<B>(options: ProducerConsumerOptions<B>): {
  readonly upstream: SubscribeOptions;
  readonly downstream: RunOptions<B>;
} {
  assertSubscribable(options);
  assertProducing('producer_consumer', options as RunOptions<B>);
  const { bufferSize, bufferKeep, dispatcher, discarded } = options;
  const { maxDemand, minDemand, partition, selector, mode, cancel, resubscribeAfterMs, scheduler } = options;
  const hooks = {
    ...(options.handleSubscribe && { handleSubscribe: options.handleSubscribe.bind(options) }),
    ...(options.handleCancel && { handleCancel: options.handleCancel.bind(options) }),
  };
  return {
    upstream: {
      ...defined<SubscribeOptions>({
        maxDemand,
        minDemand,
        partition,
        selector,
        mode,
        cancel,
        resubscribeAfterMs,
        scheduler,
      }),
      ...hooks,
    },
    downstream: {
      ...defined<RunOptions<B>>({ bufferSize, bufferKeep, dispatcher, discarded: discarded?.bind(options) }),
      ...hooks,
    },
  };
}

/** The same without what is undefined. */
function defined<O extends object>(options: { readonly [K in keyof O]: O[K] | undefined }): O {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as O;
}
