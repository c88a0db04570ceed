import { ConsumerHalf } from './ConsumerHalf.ts';
import type { EventBuffer } from './EventBuffer.ts';
import { Inbox, type Received } from './Inbox.ts';
import { Mailbox, type Delivery, type MailboxOwner } from './Mailbox.ts';
import { Outbox } from './Outbox.ts';
import { ProducerHalf } from './ProducerHalf.ts';
import type { SingleHandler, StageFace, StageHost } from './StageHost.ts';
import { Link, type ProducerPort } from './Link.ts';
import { typeError } from './assert.ts';
import type { StageCallbacks, StageType } from './callbacks.ts';
import { isPromiseLike } from './isPromiseLike.ts';
import { NOTHING, type DiscardCause, type DispatcherFactory, type SubscriptionOptions } from './protocol.ts';
import type { Reason } from './reasons.ts';

/**
 * What a stage does with the messages it gets, one at a time: the mailbox, both halves behind it and the callbacks.
 * `Stage` is its public face.
 */
export class StageProcess<In, Out> implements StageHost<In, Out>, MailboxOwner {
  readonly type: StageType;
  readonly callbacks: StageCallbacks<In, Out>;
  readonly inbox = new Inbox<In>();
  readonly outbox: Outbox<Out>;
  readonly producer: ProducerHalf<In, Out>;
  readonly consumer: ConsumerHalf<In, Out>;
  readonly mailbox: Mailbox;
  exited = false;
  exitReason: Reason;
  face: StageFace<In, Out> | undefined;
  /** Was about to be emitted when the stage stopped. */
  #unsent: readonly Out[] = [];
  /** An event is about to be handed to the consumer that has pulled it. */
  #inHand = false;
  single: SingleHandler<In, Out> | undefined;

  constructor(
    type: StageType,
    callbacks: StageCallbacks<In, Out>,
    buffer: EventBuffer<Out>,
    dispatcher: DispatcherFactory<Out>,
    open: boolean,
  ) {
    this.type = type;
    this.callbacks = callbacks;
    this.producer = new ProducerHalf(this);
    this.consumer = new ConsumerHalf(this);
    this.mailbox = new Mailbox(this);
    const deliverInfo = (message: unknown) => {
      this.#deliverInfo(message);
    };
    const host = {
      ask: (consumer: unknown, demand: number) => {
        (consumer as Pick<Link<unknown>, 'ask'>).ask(demand);
      },
      deliverInfo,
      discarded: (events: readonly Out[], cause: DiscardCause) => {
        if (this.exited) this.discard(events, 'stopped');
        else {
          this.mailbox.next(() => {
            this.discard(events, cause);
          });
        }
        this.mailbox.turn();
      },
    };
    this.outbox = new Outbox(this, buffer, dispatcher(host), open, deliverInfo);
  }

  /** See `Stage.emit`. A stage that keeps demand takes events at any time, so that they are counted at once. */
  emit(events: readonly Out[]): void {
    if (events.length === 0) return;
    if (this.exited) this.discard(events, 'stopped');
    else if (this.mailbox.enter()) {
      try {
        if (this.outbox.keepsDemand) this.outbox.add(events, false);
        else this.outbox.emit(events);
      } catch (error) {
        this.crash(error);
      }
      this.mailbox.leave();
    } else if (this.outbox.keepsDemand) {
      this.outbox.add(events, true);
    } else {
      this.mailbox.send({ kind: 'events', events, from: undefined });
    }
  }

  /** See `Stage.info`. */
  info(message: unknown): void {
    this.mailbox.post(() => {
      if (this.type === 'consumer') this.#deliverInfo(message);
      else if (!this.inbox.idle) this.inbox.queue.push({ kind: 'message', message });
      else this.outbox.info(message);
    });
  }

  /**
   * Removes what has been received and not begun, in order. For a stage that is about to stop: what it was about to emit
   * is handed out as discarded.
   */
  *unhandled(): IterableIterator<Received<In>> {
    yield* this.inbox.unhandled();
    for (const { events, from } of this.mailbox.undelivered()) {
      if (from === undefined) this.#unsent = this.#unsent.concat(events as readonly Out[]);
      else yield { events: events as readonly In[], from: from as Link<In> };
    }
  }

  /** Removes what nobody will get: what waits for demand, and what was about to be emitted. For a stage that has stopped. */
  clear(): readonly Out[] {
    const events = this.outbox.clear().concat(this.#unsent);
    this.#unsent = [];
    return events;
  }

  /** Subscribes to a producer of whatever making. */
  subscribeTo(port: ProducerPort<In>, options: SubscriptionOptions): Link<In> {
    const subscription = new Link<In>(port, this.consumer, options);
    this.consumer.subscribe(subscription, () => {
      port.join(subscription);
    });
    return subscription;
  }

  answerOne(subscription: Link<Out>): Out | typeof NOTHING {
    const { mailbox, outbox } = this;
    mailbox.enter();
    let event: Out | typeof NOTHING = NOTHING;
    try {
      // No closure and no array on the way: this is what one event at a time costs.
      event = this.type === 'producer' ? this.#produceOne(subscription) : this.#passOne(subscription);
    } catch (error) {
      this.crash(error);
    }
    if (event === NOTHING) {
      mailbox.leave();
    } else if (mailbox.waiting || outbox.draining) {
      this.#inHand = true;
      mailbox.leave();
      this.#inHand = false;
      if (outbox.draining && !this.exited) return this.#sendLast(event, subscription);
    } else {
      mailbox.rest();
    }
    if (event === NOTHING || subscription.openUpstream) return event;
    // It has left, or the stage has stopped, in the meantime.
    this.producer.giveBack([event]);
    return NOTHING;
  }

  exit(reason: Reason): void {
    if (this.exited) return;
    this.exited = true;
    this.exitReason = reason;
    this.face?.beforeExit();
    this.mailbox.close();
    // Its producers have back what it has not begun before anybody, told of the end, asks them for more.
    this.consumer.stopped(reason);
    try {
      this.face?.stopping();
    } finally {
      this.producer.stopped(reason);
      this.callbacks.terminate?.(reason);
    }
  }

  discard(events: readonly Out[], cause: DiscardCause): void {
    try {
      this.callbacks.discarded?.(events, cause);
    } catch (error) {
      if (this.exited) throw error;
      // Not in the middle of whatever has dropped them.
      this.mailbox.post(() => {
        this.crash(error);
      });
    }
  }

  crash(error: unknown): void {
    this.exit(this.face ? this.face.failureOf(error) : error);
  }

  call<V>(callback: () => V | PromiseLike<V>, next: (answer: V) => void): void {
    let answer;
    try {
      answer = callback();
    } catch (error) {
      this.crash(error);
      return;
    }
    this.settle(answer, next);
  }

  settle<V>(answer: V | PromiseLike<V>, next: (answer: V) => void): void {
    if (isPromiseLike(answer)) this.mailbox.suspend(answer, next, this.failed);
    else next(answer);
  }

  handleDemand(demand: number): void {
    let answer;
    try {
      answer = this.callbacks.handleDemand?.(demand);
    } catch (error) {
      this.crash(error);
      return;
    }
    this.settle(answer, this.emitAnswer);
  }

  #produceOne(subscription: Link<Out>): Out | typeof NOTHING {
    const answer = this.callbacks.handleDemand?.(1);
    if (Array.isArray(answer) && answer.length === 1) return answer[0] as Out;
    // The producer has been told of the demand already.
    this.outbox.dispatcher.ask(subscription, 1);
    this.settle(answer, this.emitAnswer);
    return NOTHING;
  }

  #passOne(subscription: Link<Out>): Out | typeof NOTHING {
    const result = this.consumer.handleAhead();
    if (result === NOTHING && !this.exited) this.outbox.asked(this.outbox.dispatcher.ask(subscription, 1));
    return result;
  }

  /** The stage may end with this event, so it is sent: the end comes behind it. */
  #sendLast(event: Out, subscription: Link<Out>): typeof NOTHING {
    this.mailbox.post(() => {
      if (subscription.openUpstream) this.outbox.dispatcher.ask(subscription, 1);
      this.outbox.emit([event]);
    });
    return NOTHING;
  }

  readonly emitAnswer = (answer: Iterable<Out> | void): void => {
    if (answer === undefined || answer === null) return;
    if (Array.isArray(answer)) this.#emitAnswer(answer as readonly Out[]);
    else if (typeof (answer as Partial<Iterable<Out>>)[Symbol.iterator] === 'function') this.#emitAll(answer);
    else this.exit(typeError('answer', 'an iterable of events, or nothing', answer));
  };

  #emitAnswer(events: readonly Out[]): void {
    if (events.length === 0) return;
    if (this.type === 'consumer')
      this.exit(typeError('answer', 'nothing: a consumer emits no events', events));
    else if (this.exited) this.discard(events, 'stopped');
    // In line behind what a callback has emitted by itself.
    else if (this.outbox.keepsDemand) this.outbox.add(events, true);
    else this.outbox.emit(events);
  }

  /** An iterable may fail in the middle: after the events that it gave before. */
  #emitAll(answer: Iterable<Out>): void {
    const events: Out[] = [];
    try {
      for (const event of answer) events.push(event);
    } finally {
      this.#emitAnswer(events);
    }
  }

  // What the mailbox calls

  advance(): boolean {
    return this.consumer.advance();
  }

  rested(): void {
    this.producer.resumePull();
  }

  deliver({ events, from }: Delivery): void {
    if (from === undefined) this.outbox.emit(events as readonly Out[]);
    else this.consumer.received(events as readonly In[], from as Link<In>);
  }

  readonly failed = (error: unknown): void => {
    if (this.exited) console.warn('A stage failed as it stopped:', error);
    else this.crash(error);
  };

  /** A side message that is due comes as the last of the mail. */
  #deliverInfo(message: unknown): void {
    this.mailbox.post(() => {
      this.call(() => this.callbacks.handleInfo?.(message), this.emitAnswer);
    });
  }

  /** What remains to be done once the mail is read. */
  settleDown(): boolean {
    if (this.outbox.serve() || this.face?.goOn() === true) return true;
    if (this.outbox.drained && this.inbox.idle && !this.#inHand) this.exit('normal');
    return false;
  }
}
