import { asyncScheduler, type SchedulerLike } from 'rxjs';

/** What every demo is given: a clock, and where its lines go. */
export interface Demo {
  /** The clock: the specs run minutes of a demo at once, in virtual time. */
  readonly scheduler: SchedulerLike;
  /** Takes one line. If it returns a promise, it wants no more lines before that resolves. */
  readonly log: (line: string) => void | Promise<void>;
}

/** A demo in real time, on the console. */
export const realTime: Demo = {
  scheduler: asyncScheduler,
  log: (line) => console.log(line),
};

/** A log that puts before each line how many seconds have passed since now. */
export function stopwatch({ scheduler, log }: Demo): Demo['log'] {
  const start = scheduler.now();
  return (line) => log(`${((scheduler.now() - start) / 1000).toFixed(3).padStart(8)}  ${line}`);
}
