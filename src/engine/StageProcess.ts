import { ConsumerHalf } from './ConsumerHalf.ts';
import type { EventBuffer } from './EventBuffer.ts';
import { Mailbox } from './Mailbox.ts';
import { ProducerHalf } from './ProducerHalf.ts';
import type { Subscription } from './Subscription.ts';
import { typeError } from './assert.ts';
import type { Answer, StageCallbacks, StageType } from './callbacks.ts';
import { NOTHING, SubscriptionRefused, type CancelKind, type ConsumerEnd, type DispatcherFactory, type DispatcherHost, type ProducerEnd } from './protocol.ts';
import { isPromiseLike } from './isPromiseLike.ts';
import { isOrderly, type Reason } from './reasons.ts';

/**
 * What a stage does with the messages it gets, one at a time: both halves, the mailbox before them and the callbacks
 * between them. `Stage` is its public face.
 */
export class StageProcess<In, Out> implements ProducerEnd<Out>, ConsumerEnd<In> {
  readonly type: StageType;
  readonly callbacks: StageCallbacks<In, Out>;
  readonly mailbox = new Mailbox(
    () => this.#advance(),
    () => this.#settleDown(),
  );
  readonly producer: ProducerHalf<Out>;
  readonly consumer = new ConsumerHalf<In>();
  exited = false;
  exitReason: Reason;

  constructor(
    type: StageType,
    callbacks: StageCallbacks<In, Out>,
    buffer: EventBuffer<Out>,
    dispatcher: DispatcherFactory<Out>,
    open: boolean,
  ) {
    this.type = type;
    this.callbacks = callbacks;
    const host: DispatcherHost<Out> = {
      ask: (consumer, demand) => {
        (consumer as Subscription<Out>).ask(demand);
      },
      deliverInfo: (message) => {
        this.deliverInfo(message);
      },
      discarded: (events) => callbacks.discarded?.(events),
    };
    this.producer = new ProducerHalf(this, buffer, dispatcher(host), open);
  }

  /** Goes on with whatever a change from outside has made possible. */
  turn(): void {
    if (this.mailbox.enter()) this.mailbox.leave();
  }

  /** Calls back, and goes on with the answer: now, or when its promise settles. */
  call<V>(callback: () => V | PromiseLike<V>, next: (answer: V) => void): void {
    let answer;
    try {
      answer = callback();
    } catch (error) {
      this.exit(error);
      return;
    }
    this.#settle(answer, next);
  }

  /** See `Stage.emit`. A stage that keeps demand takes events at any time, so that they are counted at once. */
  emit(events: readonly Out[]): void {
    if (this.exited || events.length === 0) return;
    if (!this.producer.keepsDemand) {
      this.mailbox.post(() => {
        this.producer.emit(events);
      });
    } else if (this.mailbox.enter()) {
      this.producer.add(events, false);
      this.mailbox.leave();
    } else {
      this.producer.add(events, true);
    }
  }

  info(message: unknown): void {
    this.mailbox.post(() => {
      if (this.type === 'consumer') this.deliverInfo(message);
      else if (this.consumer.queue.length > 0) this.consumer.queue.push({ kind: 'message', message });
      else this.producer.info(message);
    });
  }

  exit(reason: Reason): void {
    if (this.exited) return;
    this.exited = true;
    this.exitReason = reason;
    this.mailbox.close();
    for (const subscription of this.producer.consumers) {
      subscription.openUpstream = false;
      subscription.end('down', reason);
    }
    for (const subscription of this.consumer.producers) subscription.down(reason);
    this.callbacks.terminate?.(reason);
  }

  // What the producer half needs

  handleDemand(demand: number): void {
    let answer;
    try {
      answer = this.callbacks.handleDemand?.(demand);
    } catch (error) {
      this.exit(error);
      return;
    }
    this.#settle(answer, this.#emitAnswer);
  }

  /** A side message that is due comes as the last of the mail. */
  deliverInfo(message: unknown): void {
    this.mailbox.post(() => {
      this.call(() => this.callbacks.handleInfo?.(message), this.#emitAnswer);
    });
  }

  // The producer's end of a subscription

  connect(subscription: Subscription<Out>, old?: Subscription<Out>, reason?: Reason): void {
    if (this.exited || this.type === 'consumer') {
      subscription.end('down', 'noproc');
      return;
    }
    this.mailbox.post(() => {
      if (!old) {
        this.#addConsumer(subscription);
        return;
      }
      this.#removeConsumer(old, 'cancel', reason, () => {
        this.#addConsumer(subscription);
      });
    });
  }

  ask(subscription: Subscription<Out>, demand: number): void {
    if (this.mailbox.enter()) {
      this.#asked(subscription, demand);
      this.mailbox.leave();
    } else {
      this.mailbox.post(() => {
        this.#asked(subscription, demand);
      });
    }
  }

  pull(subscription: Subscription<Out>): Out | typeof NOTHING {
    if (this.mailbox.idle && subscription.openUpstream) {
      const event = this.producer.pull();
      if (event !== NOTHING) return event;
    }
    this.ask(subscription, 1);
    return NOTHING;
  }

  giveBack(events: readonly Out[]): void {
    if (events.length === 0) return;
    if (this.exited) {
      this.callbacks.discarded?.(events);
      return;
    }
    this.producer.giveBack(events);
    this.turn();
  }

  cancel(subscription: Subscription<Out>, kind: CancelKind, reason: Reason): void {
    this.mailbox.post(() => {
      this.#removeConsumer(subscription, kind, reason);
    });
  }

  #addConsumer(subscription: Subscription<Out>): void {
    subscription.openUpstream = true;
    this.producer.consumers.add(subscription);
    this.call(
      () => this.callbacks.handleSubscribe?.('consumer', subscription),
      () => {
        let demand;
        try {
          demand = this.producer.dispatcher.subscribe(subscription);
        } catch (error) {
          this.#removeConsumer(subscription, 'cancel', error instanceof SubscriptionRefused ? error.reason : error);
          return;
        }
        this.producer.asked(demand);
      },
    );
  }

  #asked(subscription: Subscription<Out>, demand: number): void {
    if (subscription.openUpstream) this.producer.asked(this.producer.dispatcher.ask(subscription, demand));
  }

  #removeConsumer(subscription: Subscription<Out>, kind: CancelKind, reason: Reason, then?: () => void): void {
    if (!subscription.openUpstream) {
      then?.();
      return;
    }
    subscription.openUpstream = false;
    this.producer.consumers.delete(subscription);
    subscription.end('cancel', reason);
    this.call(
      () => this.callbacks.handleCancel?.(kind, reason, subscription),
      (answer) => {
        this.#emitAnswer(answer);
        if (then) this.mailbox.next(then);
        this.producer.asked(this.producer.dispatcher.cancel(subscription));
      },
    );
  }

  // The consumer's end of a subscription

  subscribe(subscription: Subscription<In>, connect: () => void): void {
    this.mailbox.post(() => {
      subscription.openDownstream = true;
      this.consumer.producers.add(subscription);
      connect();
      this.call(
        () => this.callbacks.handleSubscribe?.('producer', subscription),
        (mode) => {
          if (mode === 'manual') subscription.window = undefined;
          else if (subscription.window) subscription.ask(subscription.window.maxDemand);
        },
      );
    });
  }

  receive(events: readonly In[], from: Subscription<In>): void {
    if (this.mailbox.enter()) {
      this.#received(events, from);
      this.mailbox.leave();
    } else {
      this.mailbox.post(() => {
        this.#received(events, from);
      });
    }
  }

  ended(kind: CancelKind, reason: Reason, from: Subscription<In>): void {
    this.mailbox.post(() => {
      if (!from.openDownstream) return;
      from.openDownstream = false;
      this.consumer.producers.delete(from);
      if (this.consumer.queue.length > 0) this.consumer.queue.push({ kind: 'end', cancel: kind, reason, from });
      else this.#removeProducer(kind, reason, from);
    });
  }

  #received(events: readonly In[], from: Subscription<In>): void {
    if (!from.openDownstream) return;
    if (this.type === 'producer_consumer') this.consumer.queue.push({ kind: 'events', events, from });
    else this.consumer.begin(events, from);
  }

  #removeProducer(kind: CancelKind, reason: Reason, from: Subscription<In>): void {
    this.call(
      () => this.callbacks.handleCancel?.(kind, reason, from),
      (answer) => {
        this.#emitAnswer(answer);
        const stops = from.cancelMode === 'permanent' || (from.cancelMode === 'transient' && !isOrderly(reason));
        if (stops && reason !== 'already_subscribed') this.exit(reason);
      },
    );
  }

  // Work in progress, which comes before any mail

  #advance(): boolean {
    const { consumer, producer } = this;
    if (consumer.handling) {
      this.#handleBatch();
      return true;
    }
    if (producer.unmet > 0 && consumer.queue.length > 0) {
      const queued = consumer.queue.shift();
      if (queued.kind === 'events') consumer.begin(queued.events, queued.from);
      else if (queued.kind === 'message') producer.info(queued.message);
      else this.#removeProducer(queued.cancel, queued.reason, queued.from);
      return true;
    }
    return false;
  }

  /** What remains to be done once the mail is read. */
  #settleDown(): boolean {
    if (this.producer.serve()) return true;
    if (this.producer.drained) this.exit('normal');
    return false;
  }

  #handleBatch(): void {
    const batch = this.consumer.nextBatch();
    let answer;
    try {
      answer = this.callbacks.handleEvents?.(batch, this.consumer.from);
    } catch (error) {
      this.exit(error);
      return;
    }
    this.#settle(answer, this.#batchHandled);
  }

  readonly #batchHandled = (answer: Iterable<Out> | void): void => {
    const { from, askAfterBatch } = this.consumer;
    this.consumer.batchDone();
    this.#emitAnswer(answer);
    from.ask(askAfterBatch);
  };

  readonly #failed = (error: unknown): void => {
    this.exit(error);
  };

  readonly #emitAnswer = (answer: Iterable<Out> | void): void => {
    if (answer === undefined || answer === null) return;
    const events = Array.isArray(answer) ? (answer as readonly Out[]) : this.#toEvents(answer);
    if (events.length === 0) return;
    if (this.type === 'consumer') this.exit(typeError('answer', 'nothing: a consumer emits no events', answer));
    else this.producer.emit(events);
  };

  #toEvents(answer: Iterable<Out>): readonly Out[] {
    if (typeof (answer as Partial<Iterable<Out>>)[Symbol.iterator] === 'function') return Array.from(answer);
    this.exit(typeError('answer', 'an iterable of events, or nothing', answer));
    return [];
  }

  #settle<V>(answer: V | PromiseLike<V>, next: (answer: V) => void): void {
    if (isPromiseLike(answer)) this.mailbox.suspend(answer as PromiseLike<V>, next, this.#failed);
    else next(answer);
  }
}
