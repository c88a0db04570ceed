import { Observable, type UnaryFunction } from 'rxjs';
import type { ConsumerEnd, Reason, Subscription, SubscriptionOptions } from '../engine/index.ts';
import { isOrderly } from '../engine/index.ts';
import { assertDemand, assertFunction } from '../engine/assert.ts';
import { subscribeTo } from '../subscribeTo.ts';

/** Where this package's consumers find the engine under a producer; shared by all copies of the package. */
export const ATTACH: unique symbol = Symbol.for('rxjs-genstage/attach') as never;

/** A producer on the engine. */
export interface Attachable<T> {
  [ATTACH](consumer: ConsumerEnd<T>, options?: SubscriptionOptions): Subscription<T>;
}

/** The reason of a stage that errored: tells an error of any value from an orderly reason. */
export class Failure {
  /** Tells it from others, also across copies of the package. */
  readonly name = 'rxjs-genstage/Failure';

  constructor(readonly error: unknown) {}
}

function isFailure(reason: unknown): reason is Failure {
  return (reason as Partial<Failure> | null | undefined)?.name === 'rxjs-genstage/Failure';
}

/** The notification that a stage's reason to stop means. */
export function notify(reason: Reason, complete: () => void, error: (error: unknown) => void): void {
  if (isOrderly(reason)) complete();
  else error(isFailure(reason) ? reason.error : reason);
}

/** `Producer.events` for every producer on the engine. */
export function eventsOf<T>(
  source: Attachable<T>,
  demand: Observable<number>,
  options?: SubscriptionOptions,
): Observable<readonly T[]> {
  return new Observable((subscriber) => {
    const link = source[ATTACH](
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
          } catch (error) {
            subscriber.error(error);
            return;
          }
          link.ask(count);
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

/** `Producer.pipe` for every producer. */
export function pipe(this: unknown, ...stages: UnaryFunction<unknown, unknown>[]): unknown {
  for (const stage of stages) assertFunction('stage', stage);
  return stages.reduce((source, stage) => stage(source), this);
}
