import type { Inbox } from './Inbox.ts';
import type { Mailbox } from './Mailbox.ts';
import type { Outbox } from './Outbox.ts';
import type { StageCallbacks, StageType } from './callbacks.ts';
import type { Reason } from './reasons.ts';

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
  exit(reason: Reason): void;
}
