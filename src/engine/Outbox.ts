import type { EventBuffer } from './EventBuffer.ts';
import { HeldBuffer } from './HeldBuffer.ts';
import { Holding } from './Holding.ts';
import type { Mailbox } from './Mailbox.ts';
import { Placement } from './Placement.ts';
import { SideMessages } from './SideMessages.ts';
import type { StageCallbacks, StageType } from './callbacks.ts';
import type { DiscardCause, Dispatcher } from './protocol.ts';

/** What an outbox needs of the stage it belongs to. */
export interface OutboxHost<Out> {
  readonly type: StageType;
  readonly callbacks: Pick<StageCallbacks<never, Out>, 'handleDemand'>;
  readonly mailbox: Mailbox;
  /** Hands out events that nobody will get. */
  discard(events: readonly Out[], cause: DiscardCause): void;
  /** Calls back with demand that the buffer could not serve, and emits what it answers. */
  handleDemand(demand: number): void;
}

/** What a producer in `accumulate` mode holds back, in order: an answer to demand, or events. */
type Held<Out> = { readonly demand: number } | { readonly events: readonly Out[] };

/**
 * What a producer has to send: the demand of its consumers (in the dispatcher) and the events that wait for it (in the
 * buffer).
 *
 * A stage with `handleDemand` passes on whatever demand the buffer cannot serve, as GenStage does. A stage without it
 * *keeps* demand: every change of the buffer or of the demand dispatches as far as both reach (rules 2 and 3).
 */
export class Outbox<Out> {
  readonly buffer: EventBuffer<Out>;
  readonly dispatcher: Dispatcher<Out>;
  /** It has nobody to pass demand on to. */
  readonly keepsDemand: boolean;
  /**
   * Serves what waits to whatever demand there is, also in a stage that does not keep demand itself: after a consumer
   * has left, GenStage's accounting can leave events and demand side by side until more of either comes.
   */
  prompt = false;
  /** False while it accumulates. */
  open: boolean;
  /** It has been told to end with the last event. */
  draining = false;
  /** Called once, at the first demand. */
  firstAsked: (() => void) | undefined;
  /** The demand that was passed on and has not been met. GenStage: the counter beside a producer-consumer's queue. */
  #counted = 0;
  readonly #host: OutboxHost<Out>;
  #held: Held<Out>[] = [];
  readonly #answersAsker: boolean;
  /** Whoever asks is served, and by nothing but a waiting event. */
  #direct = false;
  #single = false;
  /** The last event is not handed over like that while draining: the end comes with it. */
  #reserved = 0;
  readonly #messages: SideMessages<Out>;
  readonly #placement: Placement<Out>;
  /** Set if the dispatcher holds the events that wait. */
  readonly #holding: Holding<Out> | undefined;

  /** @param deliverInfo hands a due side message to the stage */
  constructor(
    host: OutboxHost<Out>,
    buffer: EventBuffer<Out>,
    dispatcher: Dispatcher<Out>,
    open: boolean,
    deliverInfo: (message: unknown) => void,
  ) {
    const held = dispatcher.holds && new HeldBuffer<Out>(buffer, dispatcher.holds);
    this.buffer = held ?? buffer;
    this.dispatcher = dispatcher;
    this.#host = host;
    this.#messages = new SideMessages(this.buffer, dispatcher, deliverInfo);
    this.#placement = new Placement(this.buffer, dispatcher);
    this.#holding = held && new Holding(host, this, held, this.#placement);
    this.keepsDemand = host.type === 'producer' && !host.callbacks.handleDemand;
    this.open = open;
    // One that wants to know what is done has to know what is sent.
    this.#answersAsker = dispatcher.answersAsker === true && !dispatcher.settled;
    this.#setDirect();
  }

  /** Demand that waits for events. */
  get demand(): number {
    return this.#placement.demand;
  }

  /** How many events may be emitted now, of which `event` is the first, and none be dropped. */
  roomFor(event: Out): number {
    return this.buffer.roomFor(event, this.open ? this.demand : 0);
  }

  /** Demand that a producer-consumer has been asked for and has not met. */
  get unmet(): number {
    if (this.#holding) return this.#holding.requested;
    return this.prompt ? this.dispatcher.demand : this.#counted;
  }

  /** True when a stage that was told to drain has nothing left. */
  get drained(): boolean {
    if (!this.draining || this.#held.some((item) => 'events' in item)) return false;
    return this.buffer.estimatedCount + (this.dispatcher.buffered ?? 0) === 0;
  }

  /** One event that is asked for is the producer's to give: nothing waits, and nobody else is owed anything. */
  get direct(): boolean {
    return (
      this.#single &&
      this.dispatcher.idle === true &&
      this.buffer.size === 0 &&
      !this.buffer.marked &&
      this.firstAsked === undefined
    );
  }

  drain(): void {
    this.draining = true;
    this.#reserved = 1;
  }

  /** Events to dispatch as far as demand goes; the rest is buffered. GenStage: `dispatch_events/3`. */
  emit(events: readonly Out[]): void {
    if (events.length === 0) return;
    if (!this.open && !this.keepsDemand) {
      this.#held.push({ events });
      return;
    }
    if (this.#holding) {
      this.#holding.emit(events);
      return;
    }
    const { demand } = this.dispatcher;
    const left = this.dispatcher.dispatch(events);
    const placed = events.length - left.length;
    this.#counted = Math.max(this.#counted - placed, 0);
    if (left.length > 0) this.#store(left, 0);
    if (this.prompt) this.#askAgain(placed - (demand - this.dispatcher.demand));
  }

  /**
   * Events from outside, for a stage that keeps demand. What nobody has asked for is stored before anything is
   * delivered, so that events which a handler adds line up behind it.
   */
  add(events: readonly Out[], busy: boolean): void {
    const demand = this.open ? this.demand : 0;
    if (this.#holding) {
      this.#holding.add(events, demand, busy);
    } else if (busy || this.buffer.size > 0 || demand === 0) {
      this.#store(events, demand);
    } else if (events.length <= demand) {
      this.#placement.place(events);
    } else {
      // A listener to what is dropped may add events, too: the demand is not for them.
      this.#placement.reserve(0);
      this.#store(events.slice(demand), 0);
      this.#placement.place(events.slice(0, demand));
    }
  }

  /** Adds one event behind others that wait already; false if that is not all there is to do. */
  push(event: Out): boolean {
    const waiting = this.buffer.size;
    if (waiting === 0 || waiting >= this.buffer.bufferSize || !this.keepsDemand || this.#holding)
      return false;
    this.buffer.push(event);
    return true;
  }

  /** The first event that waits may be handed straight to whoever asks. */
  get ready(): boolean {
    return this.#direct && this.buffer.size > this.#reserved;
  }

  /** The dispatcher has more demand than before. GenStage: `handle_dispatcher_result/2`. */
  asked(demand: number): void {
    if (demand > 0 && this.firstAsked) this.#tellFirstAsked(this.firstAsked);
    if (this.keepsDemand) return;
    if (this.#holding) {
      this.#holding.asked(demand);
      this.#serveHeld();
    }
    this.#counted += demand;
    if (this.#host.type === 'producer_consumer') {
      if (!this.#holding && this.buffer.estimatedCount > 0) this.#takeFromBuffer(this.unmet);
      return;
    }
    const rest = this.#holding || this.buffer.estimatedCount === 0 ? demand : this.#serveBeforeAsking(demand);
    this.#pass(rest);
  }

  /** Dispatches what both the buffer and the kept demand allow; false if there was nothing to do. */
  serve(): boolean {
    if (!this.keepsDemand || !this.open || this.buffer.estimatedCount === 0) return false;
    const demand = this.dispatcher.demand;
    if (demand === 0) return false;
    const events = this.buffer.take(demand);
    const placed = this.#placement.place(events);
    return this.#deliverDue(placed < demand) || placed > 0;
  }

  giveBack(events: readonly Out[]): void {
    if (!this.#placement.giveBack(events) || this.keepsDemand) return;
    if (this.#holding) this.#serveHeld();
    else this.#takeFromBuffer(this.dispatcher.demand);
  }

  /** GenStage: `demand/2`. */
  setMode(mode: 'forward' | 'accumulate'): void {
    this.open = mode === 'forward';
    this.#setDirect();
    if (!this.open) return;
    if (this.#holding && !this.keepsDemand) this.#host.mailbox.next(this.#serveHeld);
    const held = this.#held;
    this.#held = [];
    for (const item of held) {
      this.#host.mailbox.next(() => {
        if ('demand' in item) this.asked(item.demand);
        else this.emit(item.events);
      });
    }
  }

  info(message: unknown): void {
    this.#messages.add(message);
    this.#setDirect();
  }

  /** Removes the waiting events; side messages between them become due. */
  clear(): readonly Out[] {
    const { events, messages } = this.buffer.clear();
    this.#setDirect();
    this.#messages.dispatch(messages);
    return events;
  }

  readonly #serveHeld = (): void => {
    if (this.open) this.#holding?.serve();
  };

  #pass(demand: number): void {
    if (demand === 0) return;
    if (this.open) this.#host.handleDemand(demand);
    else this.#held.push({ demand });
  }

  /** The dispatcher has discarded so many events in place of which others are to come. GenStage asks for none. */
  #askAgain(discarded: number): void {
    const lacking = Math.min(discarded, this.dispatcher.demand - this.#counted);
    if (!(lacking > 0) || this.#host.type !== 'producer') return;
    this.#counted += lacking;
    this.#host.mailbox.next(() => {
      this.#pass(lacking);
    });
  }

  #tellFirstAsked(firstAsked: () => void): void {
    this.firstAsked = undefined;
    firstAsked();
  }

  /** Returns what is left of `demand` for the producer's own callback. */
  #serveBeforeAsking(demand: number): number {
    if (!this.prompt) return this.#takeFromBuffer(demand);
    const waiting = this.buffer.size;
    this.#takeFromBuffer(this.dispatcher.demand);
    return Math.max(demand - (waiting - this.buffer.size), 0);
  }

  /** GenStage: `take_from_buffer/2`. */
  #takeFromBuffer(demand: number): number {
    let left = demand;
    while (left > 0 && this.buffer.estimatedCount > 0) {
      const events = this.buffer.take(left);
      left -= events.length;
      this.emit(events);
      this.#deliverDue(left > 0);
    }
    return left;
  }

  #store(events: readonly Out[], extraRoom: number): void {
    const dropped = this.buffer.store(events, extraRoom);
    if (dropped.length === 0) return;
    this.#host.discard(dropped, 'overflow');
    this.#deliverDue(true);
  }

  #deliverDue(demandLeft: boolean): boolean {
    if (!this.buffer.marked) return false;
    const some = this.#messages.dispatchDue(demandLeft);
    this.#setDirect();
    return some;
  }

  #setDirect(): void {
    this.#direct = !this.buffer.marked && this.keepsDemand && this.open && this.#answersAsker;
    this.#single = this.open && !this.keepsDemand && !this.dispatcher.settled;
  }
}
