import { DemandWindow } from './DemandWindow.ts';
import { assertDemand, assertMaxDemand, assertMinDemand, assertOneOf } from './assert.ts';
import type {
  CancelKind,
  CancelMode,
  ConsumerEnd,
  ConsumerRef,
  NOTHING,
  Subscription,
  SubscriptionOptions,
} from './protocol.ts';
import type { Reason } from './reasons.ts';

/** GenStage's default `max_demand`. */
const DEFAULT_MAX_DEMAND = 1000;

/** The object behind a subscription: both ends, and the state that they share. */
export class Link<T> implements Subscription<T>, ConsumerRef<T> {
  readonly options: SubscriptionOptions;
  /** What the consumer does when it ends. */
  readonly cancelMode: CancelMode;
  /** The accounting of an automatic subscription. */
  readonly window: DemandWindow;
  mode: 'automatic' | 'manual';
  /** Batches are split where an ask is due in the middle. */
  splits = true;
  /** The producer counts this consumer among its own. */
  openUpstream = false;
  /** The consumer counts this producer among its own. */
  openDownstream = false;
  /** The producer has not heard of the subscription yet: what is said meanwhile is kept (rule 6). */
  early = true;
  /** Who takes the events. */
  readonly consumer: ConsumerEnd<T>;
  readonly tells: boolean;
  /** Who wants to know which events are done, if anybody does: the producer says so as it hears of the subscription. */
  settler: Settler<T> | undefined;
  /** What the consumer gives back as it leaves. */
  unbegun: readonly T[] = [];
  readonly #producer: ProducerEnd<T>;
  #keptDemand = 0;
  #keptEnd: { readonly kind: CancelKind; readonly reason: Reason } | undefined;

  constructor(producer: ProducerEnd<T>, consumer: ConsumerEnd<T>, options: SubscriptionOptions) {
    const { maxDemand = DEFAULT_MAX_DEMAND, mode = 'automatic', cancel = 'permanent' } = options;
    assertMaxDemand(maxDemand);
    const { minDemand = maxDemand === Infinity ? 0 : Math.floor(maxDemand / 2) } = options;
    assertMinDemand(minDemand, maxDemand);
    assertOneOf('mode', ['automatic', 'manual'], mode);
    assertOneOf('cancel', ['permanent', 'transient', 'temporary'], cancel);
    this.options = options;
    this.cancelMode = cancel;
    this.mode = mode;
    this.window = new DemandWindow(maxDemand, minDemand);
    this.consumer = consumer;
    this.tells = consumer.tells === true;
    this.#producer = producer;
  }

  ask(demand: number): void {
    if (demand === 0) return;
    assertDemand('demand', demand);
    if (this.early) this.#keptDemand += demand;
    else this.#producer.ask(this, demand);
  }

  /** Events are done that were still in work when their batch had been handled. */
  settle(count: number): void {
    if (this.openDownstream && this.mode === 'automatic') this.ask(this.window.settle(count));
  }

  pull(): T | typeof NOTHING {
    return this.#producer.pull(this);
  }

  giveBack(events: readonly T[]): void {
    this.#producer.giveBack(events);
  }

  get wantsSettled(): boolean {
    return this.settler !== undefined;
  }

  settled(events: readonly T[]): void {
    this.settler?.settled(this, events);
  }

  cancel(reason: Reason = 'normal', unbegun: readonly T[] = []): void {
    this.unbegun = this.unbegun.concat(unbegun);
    this.#cancel('cancel', reason);
  }

  /** The consumer has stopped. */
  down(reason: Reason): void {
    this.openDownstream = false;
    this.#cancel('down', reason);
  }

  /**
   * Sends events to the consumer: for dispatchers. Only a stage takes an empty batch, as in GenStage. A consumer that
   * throws has left, with that error, and the others go on.
   */
  send(events: readonly T[]): void {
    if (events.length === 0 && !this.openDownstream) return;
    try {
      this.consumer.receive(events, this);
    } catch (error) {
      this.#cancel('down', error);
    }
  }

  fail(error: unknown): void {
    this.#cancel('down', error);
  }

  /** The producer knows of the subscription now: says what was kept. */
  sayKept(): void {
    if (this.#keptDemand > 0) this.#producer.ask(this, this.#keptDemand);
    if (this.#keptEnd) this.#producer.cancel(this, this.#keptEnd.kind, this.#keptEnd.reason);
  }

  /** Called by the producer. */
  end(kind: CancelKind, reason: Reason): void {
    this.early = false;
    try {
      this.consumer.ended(kind, reason, this);
    } catch (error) {
      // The subscription is over, so it ends nothing; the others must be told too.
      console.warn('A consumer failed when it was told of the end of its subscription:', error);
    }
  }

  #cancel(kind: CancelKind, reason: Reason): void {
    if (this.early) this.#keptEnd ??= { kind, reason };
    else this.#producer.cancel(this, kind, reason);
  }
}

/** Where a subscription goes to: what consumers, of whatever making, see of a producer. */
export interface ProducerPort<T> extends ProducerEnd<T> {
  /**
   * A subscription begins; if `old` is given, in place of that one. The consumer of a producer that has stopped is told
   * so, with the reason.
   */
  join(subscription: Link<T>, old?: Link<T>, reason?: Reason): void;
}

/** Takes note of events that are done. */
export interface Settler<T> {
  settled(subscription: Link<T>, events: readonly T[]): void;
}

/** The producer's side of a subscription, as the subscription sees it. */
export interface ProducerEnd<T> {
  ask(subscription: Link<T>, demand: number): void;
  pull(subscription: Link<T>): T | typeof NOTHING;
  giveBack(events: readonly T[]): void;
  cancel(subscription: Link<T>, kind: CancelKind, reason: Reason): void;
}
