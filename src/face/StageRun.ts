import { Subscription as Teardown, type TeardownLogic } from 'rxjs';
import type { Received } from '../engine/Inbox.ts';
import type { Link, ProducerPort } from '../engine/Link.ts';
import type { SingleHandler } from '../engine/StageHost.ts';
import type { StageProcess } from '../engine/StageProcess.ts';
import { Stage, type CancelKind, type Reason, type Subscription } from '../engine/index.ts';
import type { StageCallbacks, StageType } from '../engine/index.ts';
import type { DemandMode, SubscribeOptions } from '../types.ts';
import { Downstream } from './Downstream.ts';
import { Failure, errorOf } from './endings.ts';
import { followGate, isGate } from './gate.ts';
import { handBack } from './handBack.ts';
import type { RunOptions, StageWork } from './StageWork.ts';
import { Upstream, type UpstreamOwner } from './Upstream.ts';

/**
 * One life of a stage of the RxJS face: a stage of the engine, from its first consumer to its end. It asks nobody before
 * it has been asked itself, stops when its last consumer has left, and gives back what it has not begun.
 */
export class StageRun<In, Out> implements UpstreamOwner<In> {
  readonly stage: Stage<In, Out>;
  started = false;
  minDemand?: (maxDemand: number) => number;
  firstAsk?: (upstream: Upstream<In>) => void;
  readonly #work: StageWork<In, Out>;
  readonly #options: RunOptions<Out>;
  readonly #ended: (reason: Reason) => void;
  readonly #upstreams = new Map<Subscription<In>, Upstream<In>>();
  readonly #living = new Set<Upstream<In>>();
  readonly #downstream: Downstream;
  readonly #teardown = new Teardown();
  #abort: AbortController | undefined;

  /**
   * @param work tells what the stage does
   * @param ended is told once when the stage has stopped
   */
  constructor(
    type: StageType,
    options: RunOptions<Out>,
    work: (run: StageRun<In, Out>) => StageWork<In, Out>,
    ended: (reason: Reason) => void,
  ) {
    const { bufferSize, bufferKeep, dispatcher, demand = 'forward' } = options;
    this.#options = options;
    this.#downstream = new Downstream(options);
    this.#ended = ended;
    this.#work = work(this);
    if (this.#work.minDemand) this.minDemand = this.#work.minDemand.bind(this.#work);
    if (this.#work.firstAsk) this.firstAsk = this.#work.firstAsk.bind(this.#work);
    this.stage = new Stage<In, Out>(type, this.#callbacks(), {
      ...(bufferSize !== undefined && { bufferSize }),
      ...(bufferKeep !== undefined && { bufferKeep }),
      ...(dispatcher !== undefined && { dispatcher }),
      ...(demand !== 'forward' && { demand: 'accumulate' as const }),
    });
    const { process } = this.stage;
    if (this.#work.handleEvent) process.single = this.#work as SingleHandler<In, Out>;
    process.outbox.prompt = true;
    process.inbox.passing = this.#work.passing === true;
    process.outbox.firstAsked = () => {
      this.start();
    };
    process.face = {
      failureOf: (error) => new Failure(error),
      beforeExit: () => {
        this.#giveBack();
      },
      stopping: () => {
        this.#tearDown();
      },
      // Its work may have ended the run: that waits in the mail.
      goOn: () => this.#work.goOn !== undefined && (this.#work.goOn() || process.mailbox.waiting),
      left: (subscription) => {
        const leaving = this.#downstream.leaves(subscription);
        // A batch that is being handled, or that a promise is awaited for, is abandoned when the last consumer leaves.
        const { mailbox, producer } = process;
        if ((this.#work.busy || mailbox.suspended) && leaving === producer.consumerCount) this.stop();
      },
      ended: (subscription, kind, reason) => this.#endsAtOnce(subscription, kind, reason),
    };
  }

  get process(): StageProcess<In, unknown> {
    return this.stage.process as StageProcess<In, unknown>;
  }

  get exited(): boolean {
    return this.stage.exited;
  }

  /** Aborted when the stage stops. */
  get signal(): AbortSignal {
    const controller = (this.#abort ??= new AbortController());
    if (this.exited) controller.abort();
    return controller.signal;
  }

  /** Subscribes to a producer; the subscription asks once the run has started. */
  subscribe(port: () => ProducerPort<In>, options: SubscribeOptions): void {
    this.add(port, options).open();
  }

  /** A subscription that is not open yet. */
  add(port: () => ProducerPort<In>, options: SubscribeOptions): Upstream<In> {
    const upstream = new Upstream<In>(this, port, options);
    this.#living.add(upstream);
    return upstream;
  }

  /** Cancels all subscriptions: no more events are wanted. What has come goes back, first of all `unbegun`. */
  leaveProducers(...unbegun: Received<In>[]): void {
    const living = [...this.#living];
    const links = new Set(living.map(({ link }) => link));
    handBack([...unbegun, ...this.process.inbox.unhandled()], (from) => links.has(from));
    this.#living.clear();
    for (const upstream of living) {
      upstream.close();
      upstream.cancel();
    }
  }

  /** Tears something down when the stage stops. */
  own(teardown: TeardownLogic): void {
    this.#teardown.add(teardown);
  }

  /** Lets the run ask: it has been asked, or it is the end of the line. */
  start(): void {
    if (this.started || this.exited) return;
    this.started = true;
    this.#work.started?.();
    for (const upstream of this.#living) upstream.start();
  }

  /** Follows the gate that `demand` is, if it is one. */
  openGate(): void {
    const { demand } = this.#options;
    if (!isGate(demand)) return;
    const setDemand = (mode: DemandMode) => {
      this.stage.setDemand(mode);
    };
    const error = (failure: unknown) => {
      this.fail(failure);
    };
    this.own(followGate(demand, { setDemand, error }));
  }

  /** Completes once all that waits is delivered. */
  finish(): void {
    if (this.#work.finished) this.#work.finished();
    else if (this.stage.type === 'consumer') this.stage.stop();
    else this.stage.drain();
  }

  /** Errors as soon as what runs has ended; a promise is not waited for. */
  fail(error: unknown): void {
    if (this.process.mailbox.suspended) this.process.exit(new Failure(error));
    else this.stage.stop(new Failure(error));
  }

  /** Stops at once, whatever it does: nobody wants its events any more. */
  stop(): void {
    this.stage.process.exit('normal');
  }

  survived(upstream: Upstream<In>): void {
    this.#living.delete(upstream);
    if (this.#living.size === 0) this.finish();
  }

  /** The work is the stage's callbacks; the run adds its own, so that no call goes through more than one of the two. */
  #callbacks(): StageCallbacks<In, Out> {
    const { discarded } = this.#options;
    const callbacks: StageCallbacks<In, Out> = {
      ...(discarded && { discarded }),
      handleSubscribe: (kind, subscription) => {
        this.#subscribed(kind, subscription as Subscription<never>);
      },
      handleCancel: (kind, reason, subscription) => {
        this.#cancelled(kind, reason, subscription as Link<never>);
      },
      terminate: (reason) => {
        this.#stopped(reason);
      },
    };
    return Object.assign(this.#work as StageCallbacks<In, Out>, callbacks);
  }

  #subscribed(kind: 'producer' | 'consumer', subscription: Subscription<never>): void {
    if (kind === 'consumer') {
      this.#downstream.came(subscription);
      return;
    }
    for (const upstream of this.#living) {
      if (upstream.link !== subscription) continue;
      this.#upstreams.set(subscription, upstream);
      upstream.options.handleSubscribe?.(upstream);
    }
  }

  #cancelled(kind: CancelKind, reason: Reason, subscription: Link<never>): void {
    const upstream = this.#upstreams.get(subscription);
    if (upstream) {
      this.#upstreams.delete(subscription);
      upstream.ended(subscription, kind, reason);
      return;
    }
    this.#downstream.left(subscription, kind, reason);
    if (!this.#downstream.empty) return;
    // Another may take its place in the same step.
    this.process.mailbox.post(() => {
      if (this.#downstream.empty) this.stop();
    });
  }

  /** Errors overtake whatever waits (rule 9). */
  #endsAtOnce(subscription: Link<In>, kind: CancelKind, reason: Reason): boolean {
    if (this.exited) return true;
    const upstream = this.#upstreams.get(subscription);
    if (!upstream?.endsRun(subscription, reason)) return false;
    const { mailbox } = this.process;
    const end = () => {
      if (!this.#upstreams.delete(subscription)) return;
      try {
        upstream.options.handleCancel?.(kind, errorOf(reason), upstream);
      } catch (error) {
        this.process.crash(error);
      }
      this.process.exit(reason);
    };
    // What was sent before comes before.
    if (mailbox.idle || mailbox.suspended) end();
    else mailbox.post(end);
    return true;
  }

  #giveBack(): void {
    const unbegun: Received<In>[] = [];
    this.#work.abandon?.((events, from) => {
      unbegun.push({ events, from });
    });
    handBack([...unbegun, ...this.process.unhandled()], (from) => from.openDownstream);
  }

  #tearDown(): void {
    const parts = new Teardown();
    for (const upstream of this.#living) {
      parts.add(() => {
        upstream.close();
      });
    }
    parts.add(this.#teardown);
    parts.add(() => this.#abort?.abort());
    parts.add(() => this.#work.stopped?.());
    // All of them, even if one throws.
    parts.unsubscribe();
  }

  #stopped(reason: Reason): void {
    try {
      const waiting = this.process.clear();
      if (waiting.length > 0) this.#options.discarded?.(waiting as readonly Out[], 'stopped');
    } finally {
      this.#ended(reason);
    }
  }
}
