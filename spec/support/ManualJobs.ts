import { Observable, type Subscriber } from 'rxjs';
import type { JobContext } from '../../src/index.ts';

/** Jobs that end when they are told to. Each gives its event back as its result. */
export class ManualJobs<T> {
  /** The events of all jobs, in the order they were begun. */
  readonly begun: T[] = [];
  /** The most that have run at a time. */
  most = 0;
  readonly #contexts = new Map<T, JobContext>();
  readonly #running = new Map<T, Subscriber<T>>();
  readonly #ending = new Set<T>();

  readonly project = (event: T, context: JobContext): Observable<T> => {
    this.begun.push(event);
    this.#contexts.set(event, context);
    return new Observable((subscriber) => {
      this.#running.set(event, subscriber);
      this.most = Math.max(this.most, this.#running.size);
      return () => {
        this.#running.delete(event);
        this.#ending.delete(event);
      };
    });
  };

  /** The events of the jobs that run and have not been told to end, in the order they were begun. */
  get running(): readonly T[] {
    return [...this.#running.keys()].filter((event) => !this.#ending.has(event));
  }

  /** Ends a job that runs: with its result, then complete. */
  finish(event: T): void {
    const job = this.#end(event);
    job?.next(event);
    job?.complete();
  }

  fail(event: T, error: unknown): void {
    this.#end(event)?.error(error);
  }

  context(event: T): JobContext {
    const context = this.#contexts.get(event);
    if (!context) throw new Error('This job has not begun');
    return context;
  }

  #end(event: T): Subscriber<T> | undefined {
    if (this.#ending.has(event)) return undefined;
    this.#ending.add(event);
    return this.#running.get(event);
  }
}
