import { assertCallbacks, assertOneOf, assertOptions, rangeError } from '../engine/assert.ts';
import { Link, type ProducerPort } from '../engine/Link.ts';
import type { SubscribeOptions } from '../types.ts';

/** Checks the options of a subscription that will be made later. */
export function assertSubscribable(options: SubscribeOptions): void {
  assertOptions(options);
  assertSubscribeOptions(options);
  // It knows the rest.
  new Link<unknown>(
    {} as ProducerPort<unknown>,
    { receive: () => undefined, ended: () => undefined },
    options,
  );
}

/** Checks what `Link` does not. */
function assertSubscribeOptions(options: SubscribeOptions): void {
  const { cancel = 'permanent', resubscribeAfterMs } = options;
  assertCallbacks(options, 'handleSubscribe', 'handleCancel');
  assertOneOf('cancel', ['permanent', 'transient', 'temporary'], cancel);
  if (resubscribeAfterMs === undefined) return;
  if (typeof resubscribeAfterMs !== 'number' || !(resubscribeAfterMs >= 0 && resubscribeAfterMs < Infinity))
    throw rangeError('resubscribeAfterMs', 'a number of ms of at least 0', resubscribeAfterMs);
  if (cancel === 'permanent')
    throw rangeError('cancel', "'transient' or 'temporary' where `resubscribeAfterMs` is given", cancel);
}
