import type { ObservableInput, Subscriber } from 'rxjs';
import { isPromiseLike } from '../engine/isPromiseLike.ts';
import type { Child } from '../engine/index.ts';
import { Failure } from '../face/endings.ts';
import { isResultStream } from '../face/isResultStream.ts';
import { subscribeTo } from '../face/subscribeTo.ts';
import type { ChildContext } from './ConsumerSupervisorOptions.ts';

/** What a child needs of its supervisor. */
export interface ChildOwner<T, R> {
  /** The supervisor has stopped. */
  readonly closed: boolean;
  emit(result: R): void;
  /** The child runs no more; the engine has not been told. */
  ended(run: ChildRun<T, R>): void;
  /** The engine has been told. */
  told(): void;
}

/** The life of one child: as long as what its function has returned. */
export class ChildRun<T, R> implements ChildContext<T> {
  readonly child: Child<T>;
  readonly #owner: ChildOwner<T, R>;
  #controller: AbortController | undefined;
  #inner: Subscriber<R> | undefined;
  #state: 'running' | 'ended' | 'stopped' = 'running';

  constructor(child: Child<T>, owner: ChildOwner<T, R>) {
    this.child = child;
    this.#owner = owner;
  }

  get signal(): AbortSignal {
    const controller = (this.#controller ??= new AbortController());
    if (this.#state === 'stopped') controller.abort();
    return controller.signal;
  }

  /** Begins; an error is a crash, whenever it comes. */
  begin(start: (event: T, context: ChildContext<T>) => unknown): void {
    try {
      const result = start(this.child.event, this);
      // Nobody else would: the supervisor does not know of it yet.
      if (this.#owner.closed) this.stop();
      // Even then: else a rejection would be nobody's.
      if (isPromiseLike(result)) this.#await(result as PromiseLike<R>);
      else if (this.#state === 'stopped') return;
      else if (isResultStream(result)) this.#follow(result as ObservableInput<R>);
      else this.#resolved(result as R);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** It is terminated. */
  readonly stop = (): void => {
    if (this.#state !== 'running') return;
    this.#state = 'stopped';
    this.#owner.ended(this);
    try {
      this.#inner?.unsubscribe();
    } finally {
      this.#controller?.abort();
    }
  };

  #await(promise: PromiseLike<R>): void {
    // A thenable may call back at once, or twice: a promise tames it.
    void Promise.resolve(promise).then(
      (result) => {
        this.#resolved(result);
      },
      (error: unknown) => {
        this.#failed(error);
      },
    );
  }

  #follow(input: ObservableInput<R>): void {
    let end: (() => void) | undefined;
    subscribeTo(
      input,
      {
        next: (result) => {
          this.#owner.emit(result);
        },
        error: (error) => {
          end = () => {
            this.#failed(error);
          };
        },
        complete: () => {
          end = () => {
            this.#end(this.child.exit);
          };
        },
      },
      (subscriber) => {
        this.#inner = subscriber;
      },
      () => {
        end?.();
      },
    );
    if (this.#owner.closed) this.stop();
  }

  #resolved(result: R): void {
    // The work is over before its result is handed on: whoever terminates the child with it aborts nothing.
    this.#end(() => {
      this.#owner.emit(result);
      this.child.exit();
    });
  }

  #failed(error: unknown): void {
    this.#end(() => {
      this.child.exit(new Failure(error));
    });
  }

  #end(exit: () => void): void {
    if (this.#state !== 'running') return;
    this.#state = 'ended';
    this.#owner.ended(this);
    exit();
    this.#owner.told();
  }
}
