import type { StageHost } from './StageHost.ts';
import type { Link } from './Link.ts';
import { NOTHING, type CancelKind, type ConsumerEnd } from './protocol.ts';
import { assertOneOf } from './assert.ts';
import { isOrderly, type Reason } from './reasons.ts';

/** The half of a stage that consumes: what its subscriptions to producers bring. */
export class ConsumerHalf<In, Out> implements ConsumerEnd<In> {
  readonly #stage: StageHost<In, Out>;
  readonly #producers = new Set<Link<In>>();
  readonly tells = true;
  /** The batch that is being handled, if its producer wants to know when it is done. */
  #unsettled: readonly In[] | undefined;

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
    const { exited, mailbox } = this.#stage;
    if (exited) {
      // Not at once while it is still subscribed: they would be sent again.
      if (from.openDownstream) from.unbegun = from.unbegun.concat(events);
      else from.giveBack(events);
    } else if (mailbox.enter()) {
      this.received(events, from);
      mailbox.leave();
    } else {
      mailbox.send({ kind: 'events', events, from });
    }
  }

  pullAgain(from: Link<In>): void {
    const { mailbox } = this.#stage;
    if (mailbox.enter()) {
      this.#askFor(1, from);
      mailbox.leave();
    } else {
      from.ask(1);
    }
  }

  /** Events are due: begins with them, or, in a producer-consumer, puts them in line. */
  received(events: readonly In[], from: Link<In>): void {
    const { inbox, outbox, type } = this.#stage;
    if (!from.openDownstream) return;
    if (type === 'consumer' || (outbox.unmet > 0 && inbox.idle)) inbox.begin(events, from);
    else inbox.queue.push({ kind: 'events', events, from });
  }

  ended(kind: CancelKind, reason: Reason, from: Link<In>): void {
    const { face, inbox, mailbox } = this.#stage;
    if (face?.ended(from, kind, reason)) return;
    mailbox.post(() => {
      if (!from.openDownstream) return;
      from.openDownstream = false;
      this.#producers.delete(from);
      if (!inbox.idle) inbox.queue.push({ kind: 'end', cancel: kind, reason, from });
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
    const { inbox, outbox, type } = this.#stage;
    if (inbox.handling) {
      if (inbox.passing && outbox.unmet === 0) return false;
      this.#handleBatch();
      return true;
    }
    if (inbox.ahead !== NOTHING && (type === 'consumer' || outbox.unmet > 0)) {
      if (type === 'consumer' && this.#stage.single) this.#handleOneByOne();
      else inbox.beginAhead();
      return true;
    }
    if (inbox.queue.length === 0) return false;
    // For an end that is next nobody has to ask.
    const endsNext = outbox.prompt && inbox.ahead === NOTHING && inbox.queue.first?.kind === 'end';
    if (outbox.unmet === 0 && !endsNext) return false;
    const queued = inbox.queue.shift();
    if (queued.kind === 'events') inbox.begin(queued.events, queued.from);
    else if (queued.kind === 'message') outbox.info(queued.message);
    else this.#remove(queued.cancel, queued.reason, queued.from);
    return true;
  }

  /** Handles the event that was pulled ahead, alone, and pulls the next; `NOTHING` if it has not given one result. */
  handleAhead(): Out | typeof NOTHING {
    const { inbox, single } = this.#stage;
    const event = inbox.ahead;
    if (event === NOTHING || !single) return NOTHING;
    const from = inbox.aheadFrom as Link<In>;
    inbox.ahead = NOTHING;
    const result = single.handleEvent(event, from);
    const settled = 1 - inbox.deferred;
    inbox.deferred = 0;
    if (settled > 0 && from.mode === 'automatic') this.#askFor(from.window.settle(1), from);
    return result;
  }

  /** Until nothing can be pulled, or there is mail. */
  #handleOneByOne(): void {
    const { inbox, mailbox } = this.#stage;
    do this.handleAhead();
    while (inbox.ahead !== NOTHING && !mailbox.waiting && !mailbox.closed);
  }

  /** One event is taken at once if it is there. */
  #askFor(demand: number, from: Link<In>): void {
    const { exited, inbox, mailbox } = this.#stage;
    if (exited) return;
    // It would overtake what has been sent and not been read yet.
    if (demand !== 1 || !inbox.idle || mailbox.waiting) {
      from.ask(demand);
      return;
    }
    const event = from.pull();
    if (event === NOTHING) return;
    if (this.#stage.exited || !from.openDownstream) {
      from.giveBack([event]);
    } else {
      inbox.ahead = event;
      inbox.aheadFrom = from;
    }
  }

  #handleBatch(): void {
    const { callbacks, inbox, outbox } = this.#stage;
    const batch = inbox.nextBatch(inbox.passing ? outbox.unmet : Infinity);
    this.#unsettled = inbox.from.wantsSettled ? batch : undefined;
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
    const { inbox } = this.#stage;
    // Whoever defers events tells of each of the batch itself.
    const settled = inbox.deferred === 0 ? this.#unsettled : undefined;
    const { from } = inbox;
    const demand = inbox.batchDone();
    this.#stage.emitAnswer(answer);
    if (settled && !this.#stage.exited) from.settled(settled);
    this.#askFor(demand, from);
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
