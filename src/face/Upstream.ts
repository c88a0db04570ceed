import { asyncScheduler, type Subscription as Teardown } from 'rxjs';
import { Link, type ProducerPort } from '../engine/Link.ts';
import type { StageProcess } from '../engine/StageProcess.ts';
import { isOrderly, type CancelKind, type Reason } from '../engine/index.ts';
import type { ProducerSubscription, SubscribeOptions } from '../types.ts';
import { assertSubscribable } from './assertSubscribable.ts';
import { errorOf, Failure } from './endings.ts';

/** What a subscription needs of the run that it belongs to. */
export interface UpstreamOwner<In> {
  readonly process: StageProcess<In, unknown>;
  /** True once the run may ask. */
  readonly started: boolean;
  /** What `minDemand` is if it is not given. */
  minDemand?(maxDemand: number): number;
  /** Asks for the first time, for work that counts its demand itself. */
  firstAsk?(upstream: Upstream<In>): void;
  /** A subscription has ended, and the run survives it. */
  survived(upstream: Upstream<In>): void;
  /** A subscription has ended, and the run ends with it. */
  finish(): void;
}

/** One producer that a run takes events from: the subscription to it, and the ones that follow when that has ended. */
export class Upstream<In> implements ProducerSubscription {
  readonly to = 'producer';
  readonly #owner: UpstreamOwner<In>;
  readonly #port: () => ProducerPort<In>;
  #options: SubscribeOptions;
  #link!: Link<In>;
  /** The link that has asked for the first time. */
  #started: Link<In> | undefined;
  /** Tells the producer of the link, which it has not heard of yet. */
  #join: (() => void) | undefined;
  #timer: Teardown | undefined;
  /** No subscription will follow. */
  #over = false;

  constructor(owner: UpstreamOwner<In>, port: () => ProducerPort<In>, options: SubscribeOptions) {
    this.#owner = owner;
    this.#port = port;
    this.#options = options;
  }

  get options(): SubscribeOptions {
    return this.#options;
  }

  get link(): Link<In> {
    return this.#link;
  }

  /** Subscribes. Asks only if the run has started, else `start` does. */
  open(old?: Link<In>, reason?: Reason): void {
    const { process } = this.#owner;
    if (process.exited) return;
    const port = this.#port();
    const { maxDemand, minDemand } = this.#options;
    const byDefault = maxDemand === undefined ? undefined : this.#owner.minDemand?.(maxDemand);
    // It asks when the run says so, and it never takes the stage down: see `ended`.
    const link = new Link<In>(port, process.consumer, {
      ...this.#options,
      ...(minDemand === undefined && byDefault !== undefined && { minDemand: byDefault }),
      mode: 'manual',
      cancel: 'temporary',
    });
    this.#link = link;
    this.#join = () => {
      this.#join = undefined;
      port.join(link, old, reason);
    };
    process.consumer.subscribe(link, this.#join);
    // Behind that, should the stage be busy.
    process.mailbox.post(() => {
      if (this.#owner.started) this.start();
    });
  }

  /** Asks for the first time, once the subscription has begun. */
  start(): void {
    const link = this.#link;
    if (this.#options.mode === 'manual' || this.#started === link || !link.openDownstream) return;
    this.#started = link;
    // What is asked for without end may come without end: it has to find the stage idle, so that it can be stopped.
    if (link.window.maxDemand === Infinity) this.#owner.process.mailbox.whenIdle(this.#askFirst);
    else this.#askFirst();
  }

  readonly #askFirst = (): void => {
    const link = this.#link;
    if (this.#owner.firstAsk) {
      this.#owner.firstAsk(this);
    } else {
      link.mode = 'automatic';
      link.ask(link.window.maxDemand);
    }
  };

  ask(demand: number): void {
    if (!this.#over) this.#link.ask(demand);
  }

  cancel(reason: unknown = 'normal'): void {
    this.#link.cancel(isOrderly(reason) ? reason : new Failure(reason));
  }

  resubscribe(options: SubscribeOptions = {}, reason: unknown = 'normal'): void {
    const next = { ...this.#options, ...options };
    assertSubscribable(next);
    if (this.#over) return;
    this.#options = next;
    this.#timer?.unsubscribe();
    this.open(this.#link, reason);
  }

  /** The run wants no more events of it. */
  close(): void {
    this.#over = true;
    this.#timer?.unsubscribe();
    if (!this.#join) return;
    // The producer may have started for it alone.
    this.#join();
    this.#link.cancel();
  }

  /** True if the run errors when the subscription `link` ends for this reason. */
  endsRun(link: Link<In>, reason: Reason): boolean {
    const { cancel = 'permanent' } = this.#options;
    return link === this.#link && !isOrderly(reason) && cancel !== 'temporary';
  }

  /** The subscription `link` has ended. */
  ended(link: Link<In>, kind: CancelKind, reason: Reason): void {
    this.#options.handleCancel?.(kind, isOrderly(reason) ? reason : errorOf(reason), this);
    // A new one has taken its place.
    if (link !== this.#link) return;
    const { cancel = 'permanent', resubscribeAfterMs, scheduler = asyncScheduler } = this.#options;
    const ends = this.endsRun(link, reason);
    if (!ends && cancel !== 'permanent' && resubscribeAfterMs !== undefined) {
      this.#timer = scheduler.schedule(() => {
        this.open();
      }, resubscribeAfterMs);
      return;
    }
    this.#over = true;
    if (ends) this.#owner.process.exit(reason);
    else if (cancel === 'permanent') this.#owner.finish();
    else this.#owner.survived(this);
  }
}
