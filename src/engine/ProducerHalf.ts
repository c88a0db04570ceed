import type { StageHost } from './StageHost.ts';
import type { Link, ProducerPort } from './Link.ts';
import { NOTHING, type CancelKind, type SubscriptionRefused } from './protocol.ts';
import type { Reason } from './reasons.ts';

/** The half of a stage that produces: what its consumers' subscriptions say to it. */
export class ProducerHalf<In, Out> implements ProducerPort<Out> {
  readonly #stage: StageHost<In, Out>;
  readonly #consumers = new Set<Link<Out>>();
  /** Has come back while the stage was busy. */
  #returned: readonly Out[] = [];
  /** Wanted to pull while the stage was busy. */
  #puller: Link<Out> | undefined;

  constructor(stage: StageHost<In, Out>) {
    this.#stage = stage;
  }

  /** How many consumers there are, also those of which the stage has not read yet. */
  get consumerCount(): number {
    return this.#consumers.size;
  }

  join(subscription: Link<Out>, old?: Link<Out>, reason?: Reason): void {
    if (this.#stage.exited) subscription.end('down', this.#stage.exitReason);
    else this.connect(subscription, old, reason);
  }

  /** A consumer subscribes, as in GenStage: where there is no living producer, its subscription goes down with `noproc`. */
  connect(subscription: Link<Out>, old?: Link<Out>, reason?: Reason): void {
    if (this.#stage.exited || this.#stage.type === 'consumer') {
      subscription.end('down', 'noproc');
      return;
    }
    if (this.#stage.outbox.dispatcher.settled) subscription.settler = this;
    // From now on, so that it is told if the stage stops before it has read this.
    this.#consumers.add(subscription);
    this.#stage.mailbox.post(() => {
      if (!old || !this.#consumers.has(old)) {
        this.#add(subscription);
        return;
      }
      this.#takeBack(old);
      this.#remove(old, 'cancel', reason, () => {
        this.#add(subscription);
      });
    });
  }

  ask(subscription: Link<Out>, demand: number): void {
    const { mailbox } = this.#stage;
    if (mailbox.enter()) {
      try {
        this.#asked(subscription, demand);
      } catch (error) {
        this.#stage.crash(error);
      }
      mailbox.leave();
    } else {
      mailbox.post(() => {
        this.#asked(subscription, demand);
      });
    }
  }

  pull(subscription: Link<Out>): Out | typeof NOTHING {
    const { mailbox, outbox } = this.#stage;
    if (mailbox.idle && subscription.openUpstream) {
      if (outbox.ready) return outbox.buffer.shift();
      if (outbox.direct) return this.#stage.answerOne(subscription);
    } else if (this.#pullsLater(subscription)) {
      this.#puller = subscription;
      return NOTHING;
    }
    subscription.ask(1);
    return NOTHING;
  }

  /** The stage has nothing left to do: who wanted to pull meanwhile does so now, in a frame of its own. */
  resumePull(): void {
    const puller = this.#puller;
    if (!puller) return;
    this.#puller = undefined;
    if (puller.openUpstream) puller.consumer.pullAgain?.(puller);
  }

  /**
   * True if a pull can wait until this stage has done what it is doing, most likely the delivery to the very consumer: that
   * then runs below nobody's frame, and finds this stage idle. With other consumers it would lose its turn to them.
   */
  #pullsLater(subscription: Link<Out>): boolean {
    return (
      subscription.openUpstream &&
      !subscription.early &&
      this.#puller === undefined &&
      this.#consumers.size === 1 &&
      subscription.consumer.pullAgain !== undefined &&
      !this.#stage.mailbox.suspended &&
      !this.#stage.mailbox.idle
    );
  }

  giveBack(events: readonly Out[]): void {
    if (events.length === 0) return;
    const { exited, mailbox, outbox } = this.#stage;
    if (exited || !(outbox.dispatcher.answersAsker || outbox.dispatcher.holds)) {
      this.#stage.discard(events, exited ? 'stopped' : 'cancelled');
    } else if (outbox.keepsDemand) {
      outbox.giveBack(events);
      mailbox.turn();
    } else {
      // What comes back batch by batch, while the stage is busy, is in order: it goes in front in one piece.
      const more = this.#returned.length > 0;
      this.#returned = this.#returned.concat(events);
      if (!more) mailbox.post(this.#takeReturned);
    }
  }

  readonly #takeReturned = (): void => {
    const returned = this.#returned;
    this.#returned = [];
    this.#stage.outbox.giveBack(returned);
  };

  settled(subscription: Link<Out>, events: readonly Out[]): void {
    const { mailbox } = this.#stage;
    if (mailbox.enter()) {
      try {
        this.#settled(subscription, events);
      } catch (error) {
        this.#stage.crash(error);
      }
      mailbox.leave();
    } else {
      mailbox.post(() => {
        this.#settled(subscription, events);
      });
    }
  }

  cancel(subscription: Link<Out>, kind: CancelKind, reason: Reason): void {
    this.#stage.face?.left(subscription);
    if (this.#stage.exited) this.#takeBack(subscription);
    else {
      this.#stage.mailbox.post(() => {
        this.#takeBack(subscription);
        this.#remove(subscription, kind, reason);
      });
    }
  }

  /** The stage has stopped. */
  stopped(reason: Reason): void {
    const { dispatcher } = this.#stage.outbox;
    for (const subscription of this.#consumers) {
      subscription.openUpstream = false;
      // A stopped producer holds no consumer.
      try {
        if (!subscription.early) dispatcher.cancel(subscription);
      } catch {
        // The others are told of the stop all the same; a dispatcher that fails while the stage lives has stopped it.
      }
      subscription.end('down', reason);
    }
    this.#consumers.clear();
    if (this.#returned.length > 0) this.#stage.discard(this.#returned, 'stopped');
  }

  #add(subscription: Link<Out>): void {
    const { callbacks, outbox } = this.#stage;
    subscription.openUpstream = true;
    this.#stage.call(
      () => callbacks.handleSubscribe?.('consumer', subscription),
      () => {
        let demand;
        try {
          demand = outbox.dispatcher.subscribe(subscription);
        } catch (error) {
          subscription.early = false;
          this.#remove(subscription, 'cancel', isRefusal(error) ? error.reason : error);
          return;
        }
        subscription.early = false;
        outbox.asked(demand);
        subscription.sayKept();
      },
    );
  }

  #asked(subscription: Link<Out>, demand: number): void {
    const { outbox } = this.#stage;
    if (subscription.openUpstream) outbox.asked(outbox.dispatcher.ask(subscription, demand));
  }

  #settled(subscription: Link<Out>, events: readonly Out[]): void {
    const { outbox } = this.#stage;
    if (subscription.openUpstream) outbox.asked(outbox.dispatcher.settled?.(subscription, events) ?? 0);
  }

  /** Puts back what a consumer that leaves has not begun. */
  #takeBack(subscription: Link<Out>): void {
    const { unbegun } = subscription;
    subscription.unbegun = [];
    this.giveBack(unbegun);
  }

  #remove(subscription: Link<Out>, kind: CancelKind, reason: Reason, then?: () => void): void {
    if (!subscription.openUpstream) {
      then?.();
      return;
    }
    const { callbacks, mailbox, outbox } = this.#stage;
    subscription.openUpstream = false;
    this.#consumers.delete(subscription);
    subscription.end('cancel', reason);
    this.#stage.call(
      () => callbacks.handleCancel?.(kind, reason, subscription),
      (answer) => {
        this.#stage.emitAnswer(answer);
        if (this.#stage.exited) return;
        if (then) mailbox.next(then);
        outbox.asked(outbox.dispatcher.cancel(subscription));
      },
    );
  }
}

/** By its name: the dispatcher may come from another copy of the package. */
function isRefusal(error: unknown): error is SubscriptionRefused {
  return (error as Partial<SubscriptionRefused> | null | undefined)?.name === 'SubscriptionRefused';
}
