import { SubscriptionRefused } from '../../../src/engine/index.ts';

/** The refusal that `subscribe` throws. */
export function refusalOf(subscribe: () => unknown): SubscriptionRefused {
  try {
    subscribe();
  } catch (error) {
    if (error instanceof SubscriptionRefused) return error;
    throw error;
  }
  throw new Error('The dispatcher has refused nothing');
}
