import type { Received } from '../engine/Inbox.ts';
import type { Link } from '../engine/Link.ts';

/** Returns events in one piece for each producer, so that their order is kept. */
export function handBack<T>(received: readonly Received<T>[], leaves: (from: Link<T>) => boolean): void {
  const returned = new Map<Link<T>, readonly T[]>();
  for (const { events, from } of received) returned.set(from, (returned.get(from) ?? []).concat(events));
  for (const [from, events] of returned) {
    // As it leaves, where it has not left yet: else they would be sent again.
    if (leaves(from)) from.unbegun = from.unbegun.concat(events);
    else from.giveBack(events);
  }
}
