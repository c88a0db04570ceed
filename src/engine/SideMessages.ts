import type { EventBuffer } from './EventBuffer.ts';
import type { Dispatcher } from './protocol.ts';

/** The side messages of a producer: they wait in the buffer, then in the dispatcher, and are delivered in their turn. */
export class SideMessages<Out> {
  readonly #buffer: EventBuffer<Out>;
  readonly #dispatcher: Dispatcher<Out>;
  readonly #deliver: (message: unknown) => void;

  constructor(buffer: EventBuffer<Out>, dispatcher: Dispatcher<Out>, deliver: (message: unknown) => void) {
    this.#buffer = buffer;
    this.#dispatcher = dispatcher;
    this.#deliver = deliver;
  }

  /** GenStage: `buffer_or_dispatch_info/2`. */
  add(message: unknown): void {
    if (!this.#buffer.storeMessage(message)) this.dispatch([message]);
  }

  /** Hands on what is due; false if nothing was. See `EventBuffer.dueMessages`. */
  dispatchDue(demandLeft: boolean): boolean {
    const due = this.#buffer.dueMessages(demandLeft);
    this.dispatch(due);
    return due.length > 0;
  }

  dispatch(messages: readonly unknown[]): void {
    for (const message of messages) {
      if (this.#dispatcher.info) this.#dispatcher.info(message);
      else this.#deliver(message);
    }
  }
}
