import type { Inbox } from './Inbox.ts';
import type { Link } from './Link.ts';
import type { Mailbox } from './Mailbox.ts';
import type { Outbox } from './Outbox.ts';
import type { StageCallbacks, StageType } from './callbacks.ts';
import type { CancelKind, DiscardCause, NOTHING } from './protocol.ts';
import type { Reason } from './reasons.ts';

/** What a face on the engine may hook into: GenStage has no such thing, and its rules are kept without. */
export interface StageFace<In, Out> {
  /** The reason to stop that an error of a callback is. */
  failureOf(error: unknown): Reason;
  /** The stage is about to stop; its subscriptions have not ended yet. */
  beforeExit(): void;
  /** The stage has left its producers; its consumers have not been told yet. */
  stopping(): void;
  /** Does what is left to do once all mail is read; false if there is nothing. */
  goOn(): boolean;
  /** A consumer has left; while the stage awaits a promise, it will not read so before that has settled. */
  left(subscription: Link<Out>): void;
  /** A subscription to a producer has ended; true if the stage need not read so. */
  ended(subscription: Link<In>, kind: CancelKind, reason: Reason): boolean;
}

/** Handles one event without a batch around it. */
export interface SingleHandler<In, Out> {
  /**
   * A producer-consumer answers with the one result; `NOTHING` if it is not exactly one, or not there yet: then the results
   * have been emitted, or will be.
   */
  handleEvent(event: In, from: Link<In>): Out | typeof NOTHING;
}

/** What the two halves of a stage need of the whole. */
export interface StageHost<In, Out> {
  readonly type: StageType;
  readonly callbacks: StageCallbacks<In, Out>;
  readonly mailbox: Mailbox;
  readonly inbox: Inbox<In>;
  readonly outbox: Outbox<Out>;
  readonly exited: boolean;
  readonly exitReason: Reason;
  /** Calls back, and goes on with the answer: now, or when its promise settles. An error stops the stage. */
  call<V>(callback: () => V | PromiseLike<V>, next: (answer: V) => void): void;
  /** Goes on with an answer: now, or when its promise settles. */
  settle<V>(answer: V | PromiseLike<V>, next: (answer: V) => void): void;
  /** Dispatches the events that a callback has answered with. */
  emitAnswer(this: void, answer: Iterable<Out> | void): void;
  /** Set by a face: handles events one by one, where that is possible. */
  readonly single: SingleHandler<In, Out> | undefined;
  /** Answers an ask for one event with the event, if it is there at once; else it is sent when it is. */
  answerOne(subscription: Link<Out>): Out | typeof NOTHING;
  /** Hands out events that nobody will get. */
  discard(events: readonly Out[], cause: DiscardCause): void;
  exit(reason: Reason): void;
  /** What a face on the engine wants to know at once, where the mail may have to wait. */
  readonly face: StageFace<In, Out> | undefined;
  /** A callback has failed: the stage stops. */
  crash(error: unknown): void;
}
