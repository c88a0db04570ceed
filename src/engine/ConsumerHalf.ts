import type { StageHost } from './StageHost.ts';
import type { Link } from './Link.ts';
import type { CancelKind, ConsumerEnd } from './protocol.ts';
import { assertOneOf } from './assert.ts';
import { isOrderly, type Reason } from './reasons.ts';

/** The half of a stage that consumes: what its subscriptions to producers bring. */
export class ConsumerHalf<In, Out> implements ConsumerEnd<In> {
  readonly #stage: StageHost<In, Out>;
  readonly #producers = new Set<Link<In>>();

  constructor(stage: StageHost<In, Out>) {
    this.#stage = stage;
  }

  /** Begins a subscription; `connect` tells the producer of it. */
  subscribe(subscription: Link<In>, connect: () => void): void {
    const { callbacks, mailbox } = this.#stage;
    mailbox.post(() => {
      subscription.openDownstream = true;
      this.#producers.add(subscription);
      connect();
      this.#stage.call(
        () => callbacks.handleSubscribe?.('producer', subscription),
        (mode) => {
          if (mode !== undefined) {
            assertOneOf('handleSubscribe', ['automatic', 'manual'], mode);
            subscription.mode = mode;
          }
          if (subscription.mode === 'automatic') subscription.ask(subscription.window.maxDemand);
        },
      );
    });
  }

  receive(events: readonly In[], from: Link<In>): void {
    const { mailbox } = this.#stage;
    if (mailbox.enter()) {
      this.received(events, from);
      mailbox.leave();
    } else {
      mailbox.send({ events, from });
    }
  }

  /** Events are due: begins with them, or, in a producer-consumer, puts them in line. */
  received(events: readonly In[], from: Link<In>): void {
    const { inbox, type } = this.#stage;
    if (!from.openDownstream) return;
    if (type === 'producer_consumer') inbox.queue.push({ kind: 'events', events, from });
    else inbox.begin(events, from);
  }

  ended(kind: CancelKind, reason: Reason, from: Link<In>): void {
    const { face, inbox, mailbox } = this.#stage;
    if (face?.ended(from, kind, reason)) return;
    mailbox.post(() => {
      if (!from.openDownstream) return;
      from.openDownstream = false;
      this.#producers.delete(from);
      if (inbox.queue.length > 0) inbox.queue.push({ kind: 'end', cancel: kind, reason, from });
      else this.#remove(kind, reason, from);
    });
  }

  /** The stage has stopped. */
  stopped(reason: Reason): void {
    for (const subscription of this.#producers) subscription.down(reason);
    this.#producers.clear();
  }

  /** Does the next piece of work that has been received; false if there is none, or no demand for it. */
  advance(): boolean {
    const { inbox, outbox } = this.#stage;
    if (inbox.handling) {
      this.#handleBatch();
      return true;
    }
    if (outbox.unmet === 0 || inbox.queue.length === 0) return false;
    const queued = inbox.queue.shift();
    if (queued.kind === 'events') inbox.begin(queued.events, queued.from);
    else if (queued.kind === 'message') outbox.info(queued.message);
    else this.#remove(queued.cancel, queued.reason, queued.from);
    return true;
  }

  #handleBatch(): void {
    const { callbacks, inbox } = this.#stage;
    const batch = inbox.nextBatch();
    let answer;
    try {
      answer = callbacks.handleEvents?.(batch, inbox.from);
    } catch (error) {
      this.#stage.crash(error);
      return;
    }
    this.#stage.settle(answer, this.#batchHandled);
  }

  readonly #batchHandled = (answer: Iterable<Out> | void): void => {
    const { from, askAfterBatch } = this.#stage.inbox;
    this.#stage.inbox.batchDone();
    this.#stage.emitAnswer(answer);
    if (!this.#stage.exited) from.ask(askAfterBatch);
  };

  #remove(kind: CancelKind, reason: Reason, from: Link<In>): void {
    const { callbacks } = this.#stage;
    this.#stage.call(
      () => callbacks.handleCancel?.(kind, reason, from),
      (answer) => {
        this.#stage.emitAnswer(answer);
        const { cancelMode } = from;
        const stops = cancelMode === 'permanent' || (cancelMode === 'transient' && !isOrderly(reason));
        if (stops && reason !== 'already_subscribed') this.#stage.exit(reason);
      },
    );
  }
}
