import { Subject, concatMap, filter, from, map, of, takeUntil, type Observable } from 'rxjs';
import {
  DemandQueue,
  consume,
  stage,
  tapDemand,
  through,
  type DemandOptions,
  type Producer,
  type Stage,
} from '../../../src/index.ts';

/** One stage of a random pipeline. */
export interface Step {
  readonly kind: 'plain' | 'observable' | 'array' | 'batch' | 'batchGenerator' | 'filter' | 'expand';
  readonly maxDemand: number;
  readonly minDemand: number;
  /** Its demand is counted. Where it is not, an event may be pulled straight through. */
  readonly counted: boolean;
}

/** What can be done to a pipeline. */
export type Action =
  | { readonly type: 'enqueue' | 'ask'; readonly count: number }
  /** To be done inside the next delivery, or inside the next call of a stage's function. */
  | { readonly type: 'inside'; readonly where: 'delivery' | 'step'; readonly action: Action }
  | { readonly type: 'leave' | 'fail' | 'complete' };

/** What a step makes of each event, in order. */
export function expected(steps: readonly Step[], events: readonly number[]): readonly number[] {
  return steps.reduce<readonly number[]>((all, { kind }) => {
    if (kind === 'filter') return all.filter((event) => event % 3 !== 0);
    return kind === 'expand' ? all.flatMap((event) => [event, event]) : all;
  }, events);
}

/**
 * A queue, some stages, and one consumer: `consume` with the demand given, or one that asks when it is told to. Every
 * level counts what passes it.
 */
export class PipelineWorld {
  readonly queue = new DemandQueue<number>({ bufferSize: Infinity });
  readonly enqueued: number[] = [];
  /** What the function of each stage has got, from the queue on. */
  readonly begun: number[][];
  /** What each stage has asked for, if it is counted; and, last, the consumer. */
  readonly asked: (number | undefined)[];
  readonly delivered: number[] = [];
  /** Results that no consumer got, by stage. */
  readonly discarded: number[][];
  /** What went wrong. */
  readonly broken: string[] = [];
  ended: unknown;
  left = false;
  readonly #demand = new Subject<number>();
  readonly #leave = new Subject<void>();
  readonly #inside: Record<'delivery' | 'step', Action[]> = { delivery: [], step: [] };
  #failsNext = false;
  #next = 0;

  constructor(steps: readonly Step[], demand?: DemandOptions) {
    this.begun = steps.map(() => []);
    this.discarded = steps.map(() => []);
    this.asked = [...steps.map(({ counted }) => (counted ? 0 : undefined)), 0];
    let producer: Producer<number> = this.queue;
    for (const [at, step] of steps.entries())
      producer = this.#tap(producer, at).pipe(this.#stageOf(step, at));
    if (demand) this.asked[steps.length] = undefined;
    producer = this.#tap(producer, steps.length);
    const batches = demand
      ? producer.pipe(
          consume(demand),
          map((event) => [event]),
        )
      : producer.events(this.#demand);
    // It may leave before `subscribe` has returned.
    batches.pipe(takeUntil(this.#leave)).subscribe({
      next: (events) => {
        if (this.left || this.ended !== undefined) this.broken.push('delivered after the end');
        this.delivered.push(...events);
        if (this.delivered.length > (this.asked.at(-1) ?? Infinity)) this.broken.push('more than asked for');
        this.#doInside('delivery');
      },
      error: (error: unknown) => {
        this.ended = error;
      },
      complete: () => {
        this.ended = 'complete';
      },
    });
  }

  do(action: Action): void {
    switch (action.type) {
      case 'enqueue':
        if (this.queue.closed) break;
        {
          const events = Array.from({ length: action.count }, () => this.#next++);
          this.enqueued.push(...events);
          this.queue.enqueue(events);
        }
        break;
      case 'ask':
        if (!this.left) this.#demand.next(action.count);
        break;
      case 'inside':
        this.#inside[action.where].push(action.action);
        break;
      case 'leave':
        this.left = true;
        this.#leave.next();
        break;
      case 'fail':
        this.#failsNext = true;
        break;
      case 'complete':
        this.queue.complete();
    }
  }

  #tap(producer: Producer<number>, level: number): Producer<number> {
    if (this.asked[level] === undefined) return producer;
    return producer.pipe(
      tapDemand((demand) => {
        this.asked[level]! += demand;
      }),
    );
  }

  #stageOf({ kind, maxDemand, minDemand }: Step, at: number): Stage<number, number> {
    const begin = (event: number): number => {
      this.begun[at]!.push(event);
      if (this.begun[at]!.length > (this.asked[at] ?? Infinity))
        this.broken.push(`stage ${at} got more than it asked for`);
      this.#doInside('step');
      if (this.#failsNext) {
        this.#failsNext = false;
        throw new Error('failed');
      }
      return event;
    };
    const options = {
      maxDemand,
      minDemand,
      discarded: (events: readonly number[]) => void this.discarded[at]!.push(...events),
    };
    switch (kind) {
      case 'plain':
        return stage(begin, options);
      case 'observable':
        return stage((event: number): Observable<number> => of(begin(event)), options);
      case 'array':
        return stage((event: number) => [begin(event)], options);
      case 'batch':
        return stage((events: readonly number[]) => events.map(begin), { ...options, per: 'batch' });
      case 'batchGenerator':
        return stage(
          function* (events: readonly number[]) {
            for (const event of events) yield begin(event);
          },
          { ...options, per: 'batch' },
        );
      case 'filter':
        return through(
          filter<number>((event) => begin(event) % 3 !== 0),
          options,
        );
      case 'expand':
        return through(
          concatMap((event) => from([begin(event), event])),
          options,
        );
    }
  }

  #doInside(where: 'delivery' | 'step'): void {
    const action = this.#inside[where].shift();
    if (action) this.do(action);
  }
}
