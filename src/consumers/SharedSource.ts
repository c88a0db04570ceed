import { ChunkedQueue } from '../engine/ChunkedQueue.ts';
import type { ProducerPort } from '../engine/Link.ts';
import { Stage, type Reason } from '../engine/index.ts';

/** Who keeps asks back while workers are being started. */
export interface Asker {
  /** Asks for what was kept back. */
  askKept(): void;
}

/**
 * The producer that the workers of a supervisor share. They are one group to it: none asks before all have subscribed, for
 * the first might take all there is and so end a producer that begins anew for the next; and what is over is over for all.
 */
export class SharedSource<T> {
  /** Where to subscribe. */
  readonly port: () => ProducerPort<T>;
  /** The producer has failed while no worker heard of it. */
  readonly fail: (error: unknown) => void;
  /** How the producer has ended in good order, once it has: who begins later is told so too. */
  end: { readonly reason: Reason } | undefined;
  /** What came back when the producer had ended. */
  #leftOver: Stage<never, T> | undefined;
  /** The producer that it is of. */
  #ended: ProducerPort<T> | undefined;
  #closed = false;
  #askers: Asker[] | undefined;
  /** How many deliveries are going on. */
  #depth = 0;
  readonly #tasks = new ChunkedQueue<() => void>();
  /** A task is being done. */
  #busy = false;

  constructor(port: () => ProducerPort<T>, fail: (error: unknown) => void) {
    this.port = port;
    this.fail = fail;
  }

  /** Events come back that `port`, which has ended, cannot take: they are for workers that are started again. */
  keep(events: readonly T[], port: ProducerPort<T>): void {
    if (events.length === 0) return;
    if (this.#closed) {
      port.giveBack(events);
      return;
    }
    if (!this.#leftOver || this.#leftOver.exited)
      this.#leftOver = new Stage('producer', {}, { bufferSize: Infinity });
    this.#leftOver.emit(events);
    this.#ended = port;
  }

  /** No worker is started any more: what is left is for the producer to hand out as discarded. */
  close(): void {
    this.#closed = true;
    this.#ended?.giveBack(this.#leftOver?.clear() ?? []);
  }

  /** Where to get what came back when the producer had ended, if there is any. */
  get leftOver(): ProducerPort<T> | undefined {
    const stage = this.#leftOver;
    if (!stage || stage.size === 0) return undefined;
    // It ends when all is taken.
    stage.drain();
    return stage.process.producer;
  }

  /** Asks are kept back from now on. */
  hold(): void {
    this.#askers = [];
  }

  /** True if an ask is to be kept back: `askKept` is called when it is time. */
  keeps(asker: Asker): boolean {
    this.#askers?.push(asker);
    return this.#askers !== undefined;
  }

  /** Asks for all that was kept back, in its order. */
  release(): void {
    const askers = this.#askers ?? [];
    this.#askers = undefined;
    for (const asker of askers) asker.askKept();
  }

  /** A delivery begins. */
  enter(): void {
    this.#depth++;
  }

  /** A delivery has ended. */
  leave(): void {
    this.#depth--;
    this.#doTasks();
  }

  /**
   * Does `task` once whoever is being delivered to has given back what it has not begun. Tasks are done one after the
   * other, in their order.
   */
  whenDelivered(task: () => void): void {
    this.#tasks.push(task);
    this.#doTasks();
  }

  #doTasks(): void {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#depth === 0 && this.#tasks.length > 0) this.#tasks.shift()();
    } finally {
      this.#busy = false;
    }
  }
}
