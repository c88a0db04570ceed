import type { Reason } from '../engine/index.ts';
import { SubscriptionRefused, isOrderly } from '../engine/index.ts';

/** The reason of a stage that errored: tells an error of any value from an orderly reason. */
export class Failure {
  /** Tells it from others, also across copies of the package. */
  readonly name = 'rxjs-genstage/Failure';

  constructor(readonly error: unknown) {}
}

function isFailure(reason: unknown): reason is Failure {
  return (reason as Partial<Failure> | null | undefined)?.name === 'rxjs-genstage/Failure';
}

/** The error that a reason which is not orderly stands for. */
export function errorOf(reason: Reason): unknown {
  if (reason === 'already_subscribed') return new SubscriptionRefused(reason);
  return isFailure(reason) ? reason.error : reason;
}

/** The notification that a stage's reason to stop means. */
export function notify(reason: Reason, complete: () => void, error: (error: unknown) => void): void {
  if (isOrderly(reason)) complete();
  else error(errorOf(reason));
}
