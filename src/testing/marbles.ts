import { isObservable, type Observable } from 'rxjs';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import { typeError } from '../engine/assert.ts';
import type { DemandQueueOptions } from '../producers/DemandQueue.ts';
import { RecordedQueue } from './RecordedQueue.ts';

/** Compares what happened with what was expected, and throws if they differ. */
export type AssertDeepEqual = (actual: unknown, expected: unknown) => void;

/** How a demand row is asserted. */
export interface DemandExpectation {
  /**
   * Sets the expectation; it is checked when the test has run.
   *
   * @param row the asks as marbles: a digit asks for as many, `∞` for all; several in one frame stand in parentheses
   * @param values what other letters stand for: `{ k: 1000 }`
   */
  toBe(row: string, values?: Readonly<Record<string, number>>): void;
}

/** What a marble test gets: everything that `TestScheduler.run` gives, and rows of demand. */
export interface MarbleHelpers extends RunHelpers {
  /** The scheduler of the test, for options that take one. */
  readonly scheduler: TestScheduler;
  /**
   * A queue that a row of events feeds: each marble is one event, events in parentheses are one batch, `|` completes
   * it and `#` errors it. Without a row it is empty; add to it as to any queue.
   */
  queue: <T = string>(
    row?: string,
    values?: Readonly<Record<string, T>> | null,
    options?: DemandQueueOptions<T> & { readonly error?: unknown },
  ) => RecordedQueue<T>;
  /** A row of demand as the Observable that `Producer.events` takes: a digit asks for as many, `∞` for all. */
  demand: (row: string, values?: Readonly<Record<string, number>>) => Observable<number>;
  /** Expects the asks that a queue made by `queue` has got, or that another Observable of demand emits. */
  expectDemand: (of: { readonly asked: Observable<number> } | Observable<number>) => DemandExpectation;
}

const DIGITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Array.from({ length: 10 }, (_, digit) => [String(digit), digit])),
  '∞': Infinity,
};

/** Compares by the test runner's own `expect`, which jest, vitest and others put in the global scope. */
function expectToEqual(actual: unknown, expected: unknown): void {
  const { expect } = globalThis as { expect?: (value: unknown) => { toEqual(other: unknown): void } };
  if (!expect) {
    throw new Error(
      'There is no global `expect` here. Tell `marbles` how to compare, for instance ' +
        '`marbles(test, { assertDeepEqual: assert.deepStrictEqual })` with node:assert.',
    );
  }
  expect(actual).toEqual(expected);
}

/**
 * Runs a marble test in virtual time: `TestScheduler.run`, with demand drawn beside the events. Jobs in it are
 * Observables, such as `of(x).pipe(delay(3))`: promises know no virtual time and settle after the test.
 *
 * @example
 * ```ts
 * const assertDeepEqual = deepStrictEqual; // of node:assert; jest and vitest need none
 * marbles(({ queue, expectObservable, expectDemand }) => {
 *   const jobs = queue('  -----abc---|   ');
 *   const asked = '       2-------11     ';
 *   const expected = '    --------AB-(C|)';
 *   const work = (job: string) => of(job.toUpperCase()).pipe(delay(3));
 *   expectObservable(jobs.pipe(demandMap(work, { maxDemand: 2 }))).toBe(expected);
 *   expectDemand(jobs).toBe(asked);
 *   jobs.discarded.subscribe({ complete: () => console.log('the queue has ended') }); // => the queue has ended
 * }, { assertDeepEqual });
 * ```
 */
export function marbles(
  test: (helpers: MarbleHelpers) => void,
  { assertDeepEqual = expectToEqual }: { readonly assertDeepEqual?: AssertDeepEqual } = {},
): void {
  const scheduler = new TestScheduler(assertDeepEqual);
  scheduler.run((helpers) => {
    const { cold, expectObservable } = helpers;
    test({
      ...helpers,
      scheduler,
      queue: <T>(
        row?: string,
        values?: Readonly<Record<string, T>> | null,
        { error, ...options }: DemandQueueOptions<T> & { readonly error?: unknown } = {},
      ) => {
        const queue = new RecordedQueue<T>(options);
        if (row !== undefined) feed(scheduler, queue, row, values, error);
        return queue;
      },
      demand: (row, values) => {
        assertRow(row, values);
        return cold(row, { ...DIGITS, ...values });
      },
      expectDemand: (of) => {
        const asks: unknown = 'asked' in of ? of.asked : of;
        if (!isObservable(asks)) {
          throw typeError(
            'of',
            'a queue made by `queue(...)`, a RecordedQueue, or an Observable of numbers',
            of,
          );
        }
        const expectation = expectObservable(asks as Observable<number>);
        return {
          toBe: (row, values) => {
            assertRow(row, values);
            expectation.toBe(row, { ...DIGITS, ...values });
          },
        };
      },
    });
  });
}

/** A letter that stands for no number would be a confusing difference. */
function assertRow(row: string, values: Readonly<Record<string, number>> = {}): void {
  for (const letter of row.replace(/ [\d.]+(ms|s|m) /g, '').replace(/[\s\-|#^!()]/g, '')) {
    if (!(letter in DIGITS) && !(letter in values)) {
      throw new RangeError(
        `Expected each marble of the demand row '${row}' to be a digit, ∞ or a letter given in values, got '${letter}'`,
      );
    }
  }
}

function feed<T>(
  scheduler: TestScheduler,
  queue: RecordedQueue<T>,
  row: string,
  values: Readonly<Record<string, T>> | null | undefined,
  error: unknown,
): void {
  const messages = TestScheduler.parseMarbles(row, values ?? undefined, error, undefined, true);
  const batches = new Map<number, T[]>();
  for (const { frame, notification } of messages) {
    if (notification.kind !== 'N') {
      scheduler.schedule(() => {
        if (notification.kind === 'C') queue.complete();
        else queue.error(notification.error);
      }, frame);
      continue;
    }
    const batch = batches.get(frame);
    if (batch) {
      batch.push(notification.value as T);
      continue;
    }
    const events = [notification.value as T];
    batches.set(frame, events);
    scheduler.schedule(() => {
      queue.enqueue(events);
    }, frame);
  }
}
