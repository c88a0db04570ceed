import { Link, type ProducerPort } from '../engine/Link.ts';
import type { ConsumerEnd, SubscriptionOptions } from '../engine/index.ts';

/** Where this package's stages and consumers find the engine under a producer; shared by all copies of the package. */
export const PORT: unique symbol = Symbol.for('rxjs-genstage/port') as never;

/** Where this package finds how many events wait in a producer. */
export const BUFFERED: unique symbol = Symbol.for('rxjs-genstage/buffered') as never;

/** A producer on the engine. */
export interface Attachable<T> {
  /** How many events wait in it for demand. */
  [BUFFERED]?(): number;
  /** Where the next subscription goes to; it is made before anything else happens. */
  [PORT](): ProducerPort<T>;
}

/** Subscribes `consumer` to a producer on the engine. It asks by itself: call `ask` on what this returns. */
export function attach<T>(
  source: Attachable<T>,
  consumer: ConsumerEnd<T>,
  options: SubscriptionOptions = {},
): Link<T> {
  const port = source[PORT]();
  const link = new Link(port, consumer, options);
  port.join(link);
  return link;
}
