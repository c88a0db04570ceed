import { assertFunction } from '../engine/assert.ts';
import { NOTHING } from '../engine/protocol.ts';
import { PORT } from '../face/port.ts';
import { eventsOf, pipe } from '../face/events.ts';
import { portOf } from '../face/portOf.ts';
import type { Producer, Stage } from '../types.ts';

/**
 * Looks at the demand that passes up: `tap` for the other direction. `next` gets each ask, from all consumers together, in
 * the order they come; nothing else changes, and nothing waits in it.
 *
 * GenStage: a `handle_demand/2` that logs.
 *
 * @param next gets the events asked for: a positive integer, or `Infinity`; what it throws reaches who asks
 * @throws TypeError if `next` is no function
 *
 * @example
 * ```ts
 * fromIterable(['a', 'b', 'c'])
 *   .pipe(tapDemand((demand) => console.log('asked for', demand)), handleEvents((events) => [events], { maxDemand: 2 }))
 *   .subscribe(console.log);
 * // => asked for 2
 * // => [ 'a' ]
 * // => asked for 1
 * // => [ 'b' ]
 * // => asked for 1
 * // => [ 'c' ]
 * // => asked for 1
 * ```
 */
export function tapDemand<T>(next: (demand: number) => void): Stage<T, T> {
  assertFunction('next', next);
  return (source) => {
    const port = portOf(source);
    const tapped: Producer<T> & { [PORT]: ReturnType<typeof portOf<T>> } = {
      events: (demand, options) => eventsOf(tapped, demand, options),
      pipe: pipe as Producer<T>['pipe'],
      [PORT]: () => {
        const producer = port();
        return {
          join: (link, old, reason) => {
            producer.join(link, old, reason);
          },
          ask: (link, demand) => {
            next(demand);
            producer.ask(link, demand);
          },
          // It is an ask like any other, so that it is seen before it is answered.
          pull: (link) => {
            link.ask(1);
            return NOTHING;
          },
          giveBack: (events) => {
            producer.giveBack(events);
          },
          cancel: (link, kind, reason) => {
            producer.cancel(link, kind, reason);
          },
        };
      },
    };
    return tapped;
  };
}
