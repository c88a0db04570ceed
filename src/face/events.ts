import { Observable, type UnaryFunction } from 'rxjs';
import { assertDemand, assertFunction } from '../engine/assert.ts';
import type { DispatchOptions } from '../types.ts';
import { notify } from './endings.ts';
import { attach, type Attachable } from './port.ts';
import { subscribeTo } from './subscribeTo.ts';

/** `Producer.events` of every producer on the engine. */
export function eventsOf<T>(
  source: Attachable<T>,
  demand: Observable<number>,
  options?: DispatchOptions,
): Observable<readonly T[]> {
  return new Observable((subscriber) => {
    const link = attach(
      source,
      {
        receive: (events) => {
          // It may have left in the middle of the dispatch.
          if (subscriber.closed) link.giveBack(events);
          else subscriber.next(events);
        },
        ended: (_, reason) => {
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
      },
      options,
    );
    subscriber.add(() => {
      link.cancel();
    });
    // Rule 6: only now, so that an ask in this very frame finds the subscription.
    if (subscriber.closed) return;
    subscribeTo(
      demand,
      {
        next: (count) => {
          try {
            assertDemand('demand', count);
            link.ask(count);
          } catch (error) {
            subscriber.error(error);
          }
        },
        error: (error) => {
          subscriber.error(error);
        },
        // Who asks for no more still gets what it is owed.
        complete: () => undefined,
      },
      (asks) => {
        subscriber.add(asks);
      },
    );
  });
}

/** `Producer.pipe` of every producer. */
export function pipe(this: unknown, ...stages: UnaryFunction<unknown, unknown>[]): unknown {
  for (const stage of stages) assertFunction('stage', stage);
  return stages.reduce((source, stage) => stage(source), this);
}
