import { Observable, mergeMap, type ObservableInput, type OperatorFunction } from 'rxjs';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import { demandMap, type DemandMapOptions, type JobContext } from '../../src/index.ts';

/** The part of `mergeMap` that `demandMap` takes the place of. */
export type Flatten = <T, R>(
  project: (value: T, index: number) => ObservableInput<R>,
  concurrent?: number,
) => OperatorFunction<T, R>;

/** `demandMap` in the shape of `mergeMap`. */
export const ours =
  (options: DemandMapOptions = {}): Flatten =>
  <T, R>(project: (value: T, index: number) => ObservableInput<R>, maxDemand = Infinity) => {
    const job = (value: T, { index }: JobContext): ObservableInput<R> => project(value, index);
    return demandMap(job, { ...options, maxDemand }) as unknown as OperatorFunction<T, R>;
  };

/** `mergeMap` without its deprecated signature. */
export const theirs: Flatten = (project, concurrent) => mergeMap(project, concurrent);

/** What a scenario gets: the helpers of a marble test, and the operator it is to use. */
export interface Trial extends RunHelpers {
  readonly scheduler: TestScheduler;
  readonly flatten: Flatten;
  /** Writes down a side effect; the order of all of them, and their frames, must be the same for both operators. */
  readonly note: (what: string) => void;
  /** Notes when `input` is subscribed to (`+name`) and when it is torn down (`-name`). */
  readonly noted: <T>(name: string, input: Observable<T>) => Observable<T>;
  /** Subscribes to `result` and notes all that it says. */
  readonly listen: (result: Observable<unknown>, next?: (value: unknown) => void) => void;
}

/** What happened in a trial. */
export interface Happened {
  /** The actual side of each `expectObservable` and `expectSubscriptions`. */
  readonly rows: unknown[];
  /** The notes, each with its frame. */
  readonly notes: string[];
}

/** Runs the scenario with one operator, in virtual time. */
export function runTrial(flatten: Flatten, scenario: (trial: Trial) => void): Happened {
  const rows: unknown[] = [];
  const notes: string[] = [];
  const scheduler = new TestScheduler((actual, expected) => {
    rows.push(actual);
    expect(actual).toEqual(expected);
  });
  const note = (what: string): void => {
    notes.push(`${scheduler.frame}: ${what}`);
  };
  const noted = <T>(name: string, input: Observable<T>): Observable<T> =>
    new Observable((subscriber) => {
      note(`+${name}`);
      subscriber.add(() => note(`-${name}`));
      input.subscribe(subscriber);
    });
  const listen: Trial['listen'] = (result, next) => {
    result.subscribe({
      next: (value) => {
        note(`next ${String(value)}`);
        next?.(value);
      },
      error: (error: unknown) => note(`error ${String(error)}`),
      complete: () => note('complete'),
    });
  };
  scheduler.run((helpers) => {
    scenario({ ...helpers, scheduler, flatten, note, noted, listen });
  });
  return { rows, notes };
}

/** Runs the scenario with `mergeMap` and with `demandMap`, and expects the same of both. Returns the notes. */
export function expectSame(scenario: (trial: Trial) => void): readonly string[] {
  const atTheirs = runTrial(theirs, scenario);
  const atOurs = runTrial(ours(), scenario);
  expect(atOurs).toEqual(atTheirs);
  return atOurs.notes;
}

/** Runs the scenario with both operators, and expects these notes, each with its frame, of both. */
export function expectNotes(expected: readonly string[], scenario: (trial: Trial) => void): void {
  expect(expectSame(scenario)).toEqual(expected);
}

/** Subscribes, and resolves with what the result says, once it has ended and the event loop has turned. */
export async function listenToEnd(result: Observable<unknown>): Promise<string[]> {
  const notes: string[] = [];
  await new Promise<void>((resolve) => {
    result.subscribe({
      next: (value) => notes.push(`next ${String(value)}`),
      error: (error: unknown) => {
        notes.push(`error ${String(error)}`);
        resolve();
      },
      complete: () => {
        notes.push('complete');
        resolve();
      },
    });
  });
  await new Promise((resolve) => setImmediate(resolve));
  return notes;
}

/** Runs the scenario with both operators in real time, and expects the same of both. Returns what the result said. */
export async function expectSameToEnd(
  scenario: (flatten: Flatten) => Observable<unknown>,
): Promise<readonly string[]> {
  const atTheirs = await listenToEnd(scenario(theirs));
  // Without a pause: when it comes is chance.
  const atOurs = await listenToEnd(scenario(ours({ yieldAfterMs: Infinity })));
  expect(atOurs).toEqual(atTheirs);
  return atOurs;
}
