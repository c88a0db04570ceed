import { Subscription as Teardown, type ObservableInput } from 'rxjs';
import { ChunkedQueue } from '../engine/ChunkedQueue.ts';
import type { Link } from '../engine/Link.ts';
import { isPromiseLike } from '../engine/isPromiseLike.ts';
import { NOTHING } from '../engine/protocol.ts';
import { RunningJob, type JobOwner } from '../face/RunningJob.ts';
import type { StageRun } from '../face/StageRun.ts';
import type { StageWork } from '../face/StageWork.ts';
import type { Upstream } from '../face/Upstream.ts';
import { isResultStream } from '../face/isResultStream.ts';
import { subscribeTo } from '../face/subscribeTo.ts';
import type { JobContext } from '../types.ts';

/** `stage` per event: as many at a time as have been asked for. */
export class EventProjection<A, B> implements StageWork<A, B> {
  readonly #project: (event: A, context: JobContext) => unknown;
  readonly #run: StageRun<A, B>;
  /** The results of the batch that is being handled, while one is. */
  #results: B[] | undefined;
  /** The stage stops: no job has effects any more. */
  over = false;
  /** A job has failed, and no other begins. */
  #failure: { readonly error: unknown } | undefined;
  /** Where work that ends at once is done. */
  #slot: Slot<A, B> | undefined;
  #index = 0;
  readonly #slots: Slot<A, B>[] = [];
  readonly #idle = new ChunkedQueue<Slot<A, B>>();
  #busy = 0;
  #finishing = false;
  /** The rest of the batch that is being handled, should the stage stop. */
  #rest: { readonly events: readonly A[]; readonly from: Link<A>; at: number } | undefined;

  constructor(project: (event: A, context: JobContext) => unknown, run: StageRun<A, B>) {
    this.#project = project;
    this.#run = run;
  }

  get busy(): boolean {
    return this.#slot !== undefined && this.#slot.index >= 0;
  }

  minDemand(maxDemand: number): number {
    return maxDemand === Infinity ? 0 : maxDemand - 1;
  }

  firstAsk({ link }: Upstream<A>): void {
    link.mode = 'automatic';
    // Work that ends at once is settled together.
    link.splits = false;
    link.ask(link.window.maxDemand);
  }

  handleEvents(events: readonly A[], from: Link<A>): readonly B[] {
    const results: B[] = (this.#results = []);
    const rest = (this.#rest = { events, from, at: 0 });
    const project = this.#project;
    const undone = from.wantsSettled ? new Set<number>() : undefined;
    let deferred = 0;
    let slot = this.#slot;
    while (rest.at < events.length && !this.over && !this.#failure) {
      slot ??= this.#slot = this.#idleSlot();
      const event = events[rest.at++] as A;
      const index = this.#index++;
      slot.index = index;
      let result: unknown;
      try {
        result = project(event, new RunningJob(index, slot));
      } catch (error) {
        this.#failure = { error };
        break;
      }
      if ((typeof result !== 'object' && typeof result !== 'function') || isPlain(result)) {
        results.push(result as B);
      } else if (!slot.follow(result, event, from)) {
        deferred++;
        slot = this.#slot = undefined;
        undone?.add(rest.at - 1);
      }
    }
    this.#results = undefined;
    this.#throwFailure(results);
    if (slot) slot.index = -1;
    this.#rest = undefined;
    this.#run.process.inbox.deferred = deferred;
    // Of a batch that is done as a whole the engine tells.
    if (undone && deferred > 0) from.settled(events.filter((_, at) => !undone.has(at)));
    return results;
  }

  handleEvent(event: A, from: Link<A>): B | typeof NOTHING {
    if (this.#failure) {
      this.#rest = { events: [event], from, at: 0 };
      throw this.#failure.error;
    }
    const slot = (this.#slot ??= this.#idleSlot());
    const index = this.#index++;
    slot.index = index;
    const result: unknown = this.#project(event, new RunningJob(index, slot));
    if ((typeof result !== 'object' && typeof result !== 'function') || isPlain(result)) {
      slot.index = -1;
      return result as B;
    }
    const results: B[] = (this.#results = []);
    const ended = slot.follow(result, event, from);
    this.#results = undefined;
    this.#throwFailure(results);
    if (ended) {
      slot.index = -1;
      if (results.length === 1) return results[0] as B;
    } else {
      this.#slot = undefined;
      this.#run.process.inbox.deferred = 1;
    }
    this.#run.stage.emit(results);
    return NOTHING;
  }

  finished(): void {
    this.#finishing = true;
    if (this.#busy === 0) this.#run.stage.drain();
  }

  abandon(giveBack: (events: readonly A[], from: Link<A>) => void): void {
    this.over = true;
    if (!this.#rest) return;
    const { events, from, at } = this.#rest;
    this.#rest = undefined;
    giveBack(events.slice(at), from);
  }

  stopped(): void {
    const jobs = new Teardown();
    for (const slot of this.#slots) {
      jobs.add(() => {
        slot.abort();
      });
    }
    // All of them, even if one throws.
    jobs.unsubscribe();
  }

  // What the slots call

  emit(result: B): void {
    if (this.#results) this.#results.push(result);
    else this.#run.stage.emit([result]);
  }

  began(): void {
    this.#busy++;
  }

  /** A job that did not end at once has ended. */
  ended(slot: Slot<A, B>, event: A, from: Link<A>): void {
    this.#busy--;
    this.#idle.push(slot);
    if (from.wantsSettled) from.settled([event]);
    from.settle(1);
    if (this.#finishing && this.#busy === 0) this.#run.stage.drain();
  }

  failed(error: unknown): void {
    this.#failure ??= { error };
    // Else the results that are there come first.
    if (!this.#results) this.#run.fail(error);
  }

  /** Ends the stage if a job has failed: after the results that are there. `abandon` gives back what is left. */
  #throwFailure(results: readonly B[]): void {
    if (!this.#failure) return;
    this.#run.process.emitAnswer(results);
    throw this.#failure.error;
  }

  #idleSlot(): Slot<A, B> {
    if (this.#idle.length > 0) return this.#idle.shift();
    const slot = new Slot<A, B>(this.#slots.length, this);
    this.#slots.push(slot);
    return slot;
  }
}

/** True for what is a result by itself: no promise, Observable or iterable. */
function isPlain(result: unknown): boolean {
  if (typeof result !== 'object' && typeof result !== 'function') return true;
  return result === null || (!isPromiseLike(result) && !isResultStream(result));
}

/** Place for one job at a time. */
class Slot<A, B> implements JobOwner {
  readonly slot: number;
  /** The job that runs; -1 if none does. */
  index = -1;
  readonly #projection: EventProjection<A, B>;
  /** The controller of the job that looked at its signal last, and the index of that job. */
  #controller: AbortController | undefined;
  #controlled = -1;
  #event: A | undefined;
  #from: Link<A> | undefined;
  #inner: { unsubscribe(): void } | undefined;

  constructor(slot: number, projection: EventProjection<A, B>) {
    this.slot = slot;
    this.#projection = projection;
  }

  signalOf(index: number): AbortSignal {
    if (this.#controlled === index && this.#controller) return this.#controller.signal;
    const controller = new AbortController();
    // The signal of a job that has ended is never aborted, and must not take the place of the one that runs.
    if (index === this.index) {
      this.#controlled = index;
      this.#controller = controller;
      if (this.#projection.over) controller.abort();
    }
    return controller.signal;
  }

  /** Follows what a job returned; true if it has ended with it. */
  follow(result: unknown, event: A, from: Link<A>): boolean {
    this.#event = event;
    this.#from = from;
    // A promise in any case: else its rejection would be nobody's.
    if (isPromiseLike(result)) this.#await(result as PromiseLike<B>);
    else if (!this.#projection.over && this.#subscribe(result as ObservableInput<B>)) return true;
    this.#projection.began();
    return false;
  }

  /** The stage has stopped. */
  abort(): void {
    try {
      this.#inner?.unsubscribe();
    } finally {
      if (this.#controlled === this.index) this.#controller?.abort();
    }
  }

  #await(promise: PromiseLike<B>): void {
    // A thenable may call back at once, or twice: a promise tames it.
    void Promise.resolve(promise).then(
      (value) => {
        if (this.#projection.over) return;
        this.#projection.emit(value);
        this.#end();
      },
      (error: unknown) => {
        if (!this.#projection.over) this.#projection.failed(error);
      },
    );
  }

  /** True if it has completed at once. */
  #subscribe(input: ObservableInput<B>): boolean {
    let completed = false;
    let starting = true;
    subscribeTo(
      input,
      {
        next: (value) => {
          this.#projection.emit(value);
        },
        error: (error) => {
          this.#projection.failed(error);
        },
        complete: () => {
          completed = true;
        },
      },
      (subscriber) => {
        this.#inner = subscriber;
      },
      () => {
        this.#inner = undefined;
        if (completed && !starting && !this.#projection.over) this.#end();
      },
    );
    starting = false;
    return completed;
  }

  #end(): void {
    this.index = -1;
    const event = this.#event as A;
    this.#event = undefined;
    this.#projection.ended(this, event, this.#from as Link<A>);
  }
}
