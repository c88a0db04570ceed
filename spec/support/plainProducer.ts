import type { Observable, UnaryFunction } from 'rxjs';
import type { Producer } from '../../src/index.ts';

/** A producer of another making: a plain object. */
export function plainProducer<T>(
  events: (demand: Observable<number>) => Observable<readonly T[]>,
): Producer<T> {
  const pipe = (...stages: UnaryFunction<unknown, unknown>[]): unknown =>
    stages.reduce<unknown>((source, stage) => stage(source), producer);
  const producer: Producer<T> = { events, pipe: pipe as Producer<T>['pipe'] };
  return producer;
}
