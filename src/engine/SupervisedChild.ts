import type { Subscription } from './protocol.ts';
import { isOrderly, type Reason } from './reasons.ts';
import type { Child } from './supervision.ts';

/** A child as its supervisor sees it. */
export class SupervisedChild<In> implements Child<In> {
  readonly event: In;
  /** The subscription whose demand it settles; none if it was started by hand. */
  readonly from: Subscription<In> | undefined;
  restarting = false;
  stop: (() => void) | undefined;
  readonly exit: (...reason: [reason?: Reason]) => void;
  /** Why it ended by itself. */
  #end: { readonly reason: Reason } | undefined;

  /** @param exited is told once, when the child ends by itself */
  constructor(
    event: In,
    from: Subscription<In> | undefined,
    exited: (child: SupervisedChild<In>, reason: Reason) => void,
  ) {
    this.event = event;
    this.from = from;
    // A promise that rejects with undefined is a crash, too: only to give no reason at all is normal.
    this.exit = (...given) => {
      if (this.#end) return;
      const reason = given.length === 0 ? 'normal' : given[0];
      this.#end = { reason };
      exited(this, reason);
    };
  }

  /**
   * Stops it; does nothing if it has ended by itself meanwhile.
   *
   * @throws what its `stop` throws, or what it has crashed with while nobody has heard of that yet
   */
  terminate(): void {
    if (this.restarting) return;
    if (this.#end) {
      if (!isOrderly(this.#end.reason)) throw this.#end.reason;
      return;
    }
    this.stop?.();
  }
}
