import type { ObservableInput } from 'rxjs';
import { ChunkedQueue } from '../engine/ChunkedQueue.ts';
import type { Link } from '../engine/Link.ts';
import { isPromiseLike } from '../engine/isPromiseLike.ts';
import type { Subscription } from '../engine/index.ts';
import { NOTHING } from '../engine/protocol.ts';
import { RunningJob, type JobOwner } from '../face/RunningJob.ts';
import type { StageRun, StageWork } from '../face/StageRun.ts';
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
  #stopped = false;
  /** Where work that ends at once is done. */
  #slot: Slot<A, B> | undefined;
  #index = 0;
  readonly #slots: Slot<A, B>[] = [];
  readonly #idle = new ChunkedQueue<Slot<A, B>>();
  #busy = 0;
  #finishing = false;
  /** The rest of the batch that is being handled, should the stage stop. */
  #rest: { readonly events: readonly A[]; readonly from: Subscription<A>; at: number } | undefined;

  constructor(project: (event: A, context: JobContext) => unknown, run: StageRun<A, B>) {
    this.#project = project;
    this.#run = run;
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
    let deferred = 0;
    let slot = (this.#slot ??= this.#idleSlot());
    while (rest.at < events.length && !this.#stopped) {
      const event = events[rest.at++] as A;
      const index = this.#index++;
      slot.index = index;
      let result: unknown;
      try {
        result = project(event, new RunningJob(index, slot));
      } catch (error) {
        // After the results of the events before it; the events after it go back.
        this.#run.fail(error);
        if (rest.at < events.length) from.giveBack(events.slice(rest.at));
        break;
      }
      if ((typeof result !== 'object' && typeof result !== 'function') || isPlain(result)) {
        results.push(result as B);
      } else if (!slot.follow(result, from)) {
        deferred++;
        slot = this.#slot = this.#idleSlot();
      }
    }
    slot.index = -1;
    this.#rest = undefined;
    this.#results = undefined;
    this.#run.process.inbox.deferred = deferred;
    return results;
  }

  handleEvent(event: A, from: Link<A>): B | typeof NOTHING {
    const slot = (this.#slot ??= this.#idleSlot());
    const index = this.#index++;
    slot.index = index;
    let result: unknown;
    try {
      result = this.#project(event, new RunningJob(index, slot));
    } catch (error) {
      this.#run.fail(error);
      return NOTHING;
    }
    if ((typeof result !== 'object' && typeof result !== 'function') || isPlain(result)) {
      slot.index = -1;
      return result as B;
    }
    if (slot.follow(result, from)) {
      slot.index = -1;
    } else {
      this.#slot = undefined;
      this.#run.process.inbox.deferred = 1;
    }
    return NOTHING;
  }

  finished(): void {
    this.#finishing = true;
    if (this.#busy === 0) this.#run.stage.drain();
  }

  abandon(giveBack: (events: readonly A[], from: Subscription<A>) => void): void {
    if (!this.#rest) return;
    const { events, from, at } = this.#rest;
    this.#rest = undefined;
    giveBack(events.slice(at), from);
  }

  stopped(): void {
    this.#stopped = true;
    for (const slot of this.#slots) slot.abort();
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
  ended(slot: Slot<A, B>, from: Link<A>): void {
    this.#busy--;
    this.#idle.push(slot);
    from.settle(1);
    if (this.#finishing && this.#busy === 0) this.#run.stage.drain();
  }

  failed(error: unknown): void {
    this.#run.fail(error);
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
    }
    return controller.signal;
  }

  /** Follows what a job returned; true if it has ended with it. */
  follow(result: unknown, from: Link<A>): boolean {
    this.#from = from;
    if (isPromiseLike(result)) this.#await(result as PromiseLike<B>);
    else if (this.#subscribe(result as ObservableInput<B>)) return true;
    this.#projection.began();
    return false;
  }

  /** The stage has stopped. */
  abort(): void {
    const looked = this.#controlled === this.index;
    this.index = -1;
    this.#inner?.unsubscribe();
    if (looked) this.#controller?.abort();
  }

  #await(promise: PromiseLike<B>): void {
    // A thenable may call back at once, or twice: a promise tames it.
    void Promise.resolve(promise).then(
      (value) => {
        if (this.index < 0) return;
        this.#projection.emit(value);
        this.#end();
      },
      (error: unknown) => {
        if (this.index >= 0) this.#projection.failed(error);
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
        if (completed && !starting && this.index >= 0) this.#end();
      },
    );
    starting = false;
    return completed;
  }

  #end(): void {
    this.index = -1;
    this.#projection.ended(this, this.#from as Link<A>);
  }
}
