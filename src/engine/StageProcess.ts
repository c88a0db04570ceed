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
    else if (!this.outbox.keepsDemand) {
      this.mailbox.post(() => {
        this.outbox.emit(events);
      });
    } else if (this.mailbox.enter()) {
      try {
        this.outbox.add(events, false);
      } catch (error) {
        this.crash(error);
      }
      this.mailbox.leave();
    } else {
      this.outbox.add(events, true);
    }
  }

  /** See `Stage.info`. */
  info(message: unknown): void {
    this.mailbox.post(() => {
      if (this.type === 'consumer') this.#deliverInfo(message);
      else if (this.inbox.waiting) this.inbox.queue.push({ kind: 'message', message });
      else this.outbox.info(message);
    });
  }

  /** Removes what has been received and not begun, in order. For a stage that is about to stop. */
  *unhandled(): IterableIterator<Received<In>> {
    yield* this.inbox.unhandled();
    yield* this.mailbox.undelivered() as Iterable<Received<In>>;
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
    if (event === NOTHING || outbox.draining) mailbox.leave();
    else mailbox.rest();
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
    this.producer.stopped(reason);
    this.consumer.stopped(reason);
    this.callbacks.terminate?.(reason);
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
    if (result === NOTHING) this.outbox.asked(this.outbox.dispatcher.ask(subscription, 1));
    return result;
  }

  readonly emitAnswer = (answer: Iterable<Out> | void): void => {
    if (answer === undefined || answer === null) return;
    const events = Array.isArray(answer) ? (answer as readonly Out[]) : this.#toEvents(answer);
    if (events.length === 0) return;
    if (this.type === 'consumer')
      this.exit(typeError('answer', 'nothing: a consumer emits no events', answer));
    else if (this.exited) this.discard(events, 'stopped');
    // In line behind what a callback has emitted by itself.
    else if (this.outbox.keepsDemand) this.outbox.add(events, true);
    else this.outbox.emit(events);
  };

  // What the mailbox calls

  advance(): boolean {
    return this.consumer.advance();
  }

  rested(): void {
    this.producer.resumePull();
  }

  deliver({ events, from }: Delivery): void {
    this.consumer.received(events as readonly In[], from as Link<In>);
  }

  readonly failed = (error: unknown): void => {
    this.crash(error);
  };

  #toEvents(answer: Iterable<Out>): readonly Out[] {
    if (typeof (answer as Partial<Iterable<Out>>)[Symbol.iterator] === 'function') return Array.from(answer);
    this.exit(typeError('answer', 'an iterable of events, or nothing', answer));
    return [];
  }

  /** A side message that is due comes as the last of the mail. */
  #deliverInfo(message: unknown): void {
    this.mailbox.post(() => {
      this.call(() => this.callbacks.handleInfo?.(message), this.emitAnswer);
    });
  }

  /** What remains to be done once the mail is read. */
  settleDown(): boolean {
    if (this.outbox.serve()) return true;
    if (this.outbox.drained && !this.inbox.waiting) this.exit('normal');
    return false;
  }
}
