import type { Dispatcher, DispatcherFactory, SubscriptionOptions } from '../engine/index.ts';
import { BrokenRule, DispatcherLedger, Party, type Rule, type TestedEvents } from './DispatcherLedger.ts';
import type { Step } from './randomWalk.ts';

/** What may be done to a dispatcher. */
export type Op = 'subscribe' | 'ask' | 'askAll' | 'cancel' | 'answer' | 'emit' | 'settle' | 'drop' | 'info';

/** What is told of the dispatcher to test. */
export interface TestedDispatcher<T> extends TestedEvents<T> {
  readonly factory: DispatcherFactory<T>;
  readonly places: number;
  readonly subscription: (place: number) => SubscriptionOptions;
}

/**
 * Does to a dispatcher what a producer does to its own: it answers demand from what waits before it asks for more, and
 * counts what it was asked for.
 */
export class DispatcherWalk<T> {
  readonly #tested: TestedDispatcher<T>;
  readonly #ledger: DispatcherLedger<T>;
  readonly #dispatcher: Dispatcher<T>;
  #parties: Party<T>[] = [];
  #subscribed = 0;
  /** What was returned, and waits for demand. */
  #waiting: readonly T[] = [];
  /** What the dispatcher wants of its host; it takes effect after its call. */
  #wants: (() => void)[] = [];
  #discarded = 0;
  /** Demand that was passed on and not answered, and the most demand that there was at a time. */
  #outstanding = 0;
  #mostDemand = 0;

  constructor(tested: TestedDispatcher<T>, rule: Rule) {
    this.#tested = tested;
    this.#ledger = new DispatcherLedger(tested, rule);
    this.#dispatcher = tested.factory({
      ask: (consumer, demand) => {
        const party = this.#parties.find((one) => one === consumer);
        this.#wants.push(() => {
          if (party && !party.left) this.#ask(party, demand);
        });
      },
      deliverInfo: (message) => {
        this.#wants.push(() => {
          this.#ledger.delivered(message as number);
        });
      },
      discarded: (events, cause) => {
        this.#ledger.calls.push(`  ${this.#ledger.show(events)} are discarded: ${cause}`);
        this.#discarded += events.length;
        for (const event of events) this.#ledger.discarded(event);
      },
    });
  }

  /** Does the steps, then all that it takes to bring everything to an end. Returns what was broken, if something was. */
  run(steps: readonly Step<Op>[]): BrokenRule | undefined {
    try {
      for (const step of steps) {
        this.#do(step);
        this.#check();
      }
      this.#finish();
    } catch (error) {
      return error instanceof BrokenRule
        ? error
        : new BrokenRule(this.#ledger.calls, `It throws ${String(error)}`);
    }
    return undefined;
  }

  #do({ op, who, count }: Step<Op>): void {
    const party = this.#parties[who % Math.max(this.#parties.length, 1)];
    if (op === 'subscribe') this.#subscribe(who);
    else if (op === 'answer') this.#answer(Math.min(count, this.#outstanding));
    else if (op === 'emit') this.#emit(count);
    else if (op === 'info') this.#info();
    else if (op === 'drop') this.#drop(who);
    else if (!party) return;
    else if (op === 'ask') this.#ask(party, count);
    else if (op === 'askAll') this.#ask(party, Infinity);
    else if (op === 'cancel') this.#cancel(party);
    else this.#settle(party, who, count);
  }

  #subscribe(who: number): void {
    const taken = this.#parties.map(({ place }) => place);
    const free = Array.from({ length: this.#tested.places }, (_, place) => place).filter(
      (place) => !taken.includes(place),
    );
    const place = free[who % Math.max(free.length, 1)];
    if (place === undefined) return;
    const party = new Party<T>(this.#subscribed++, place, this.#tested.subscription(place), this.#ledger);
    this.#parties.push(party);
    this.#call(`${party.name} subscribes`, () => this.#dispatcher.subscribe(party));
  }

  #ask(party: Party<T>, demand: number): void {
    party.asked += demand;
    this.#call(`${party.name} asks for ${demand}`, () => this.#dispatcher.ask(party, demand));
  }

  #cancel(party: Party<T>): void {
    party.left = true;
    this.#parties = this.#parties.filter((one) => one !== party);
    this.#call(`${party.name} leaves`, () => this.#dispatcher.cancel(party));
  }

  #settle(party: Party<T>, who: number, count: number): void {
    if (!party.tells || !this.#dispatcher.settled || party.work.length === 0) return;
    const events = party.work.splice(who % party.work.length, count);
    const what = `${party.name} has done ${this.#ledger.show(events)}`;
    this.#call(what, () => this.#dispatcher.settled?.(party, events) ?? 0);
  }

  #answer(count: number): void {
    if (count === 0) return;
    this.#outstanding -= count;
    this.#emit(count);
  }

  #emit(count: number): void {
    const { holds } = this.#dispatcher;
    const events = this.#ledger.newEvents(count);
    if (holds) this.#call(`${this.#ledger.show(events)} come`, () => holds.store(events));
    else {
      this.#waiting = this.#waiting.concat(events);
      this.#sendWaiting(count);
      this.#doWants();
    }
  }

  #info(): void {
    if (!this.#dispatcher.info) return;
    const message = this.#ledger.newMessage(this.#waiting);
    this.#ledger.calls.push(`message ${message} comes`);
    this.#dispatcher.info(message);
    this.#doWants();
  }

  #drop(who: number): void {
    const { holds } = this.#dispatcher;
    if (!holds || holds.length === 0) return;
    const event = holds.drop(who % 2 === 0 ? 'oldest' : 'newest');
    this.#ledger.calls.push(`${this.#ledger.show([event])} is dropped`);
    this.#ledger.discarded(event);
    this.#doWants();
  }

  /** Calls the dispatcher; answers the demand that it passes on from what waits, and asks the producer for the rest. */
  #call(what: string, call: () => number): void {
    const { calls } = this.#ledger;
    const at = calls.push(what) - 1;
    const demand = call();
    calls[at] = `${what} -> ${demand}`;
    this.#ledger.expectDemand('passed', demand);
    this.#mostDemand = Math.max(this.#mostDemand, this.#dispatcher.demand);
    if (this.#dispatcher.holds) {
      while (this.#sendHeld());
      this.#outstanding += demand;
    } else {
      const answered = Math.min(demand, this.#waiting.length);
      if (answered > 0) this.#sendWaiting(answered);
      this.#outstanding += demand - answered;
    }
    this.#doWants();
  }

  #doWants(): void {
    const wants = this.#wants;
    this.#wants = [];
    for (const want of wants) want();
  }

  /** Dispatches the first of the events that wait; what comes back goes on waiting. */
  #sendWaiting(count: number): void {
    const events = Object.freeze(this.#waiting.slice(0, count));
    this.#waiting = this.#waiting.slice(count);
    this.#waiting = [...this.#dispatch(events), ...this.#waiting];
  }

  #sendHeld(): boolean {
    const { demand, holds } = this.#dispatcher;
    if (!holds) return false;
    const before = holds.length;
    const expected = Math.min(demand, holds.ready);
    const events = holds.take(demand);
    const { length } = events;
    this.#ledger.expect('demand', length === expected, () => `lets ${length} go of ${expected} that may`);
    this.#ledger.expect('once', holds.length === before - length, () => 'does not let go what it takes');
    if (length === 0 || holds.length !== before - length) return false;
    const left = this.#dispatch(events);
    this.#ledger.expect('demand', left.length === 0, () => 'returns what it has let go');
    return true;
  }

  #dispatch(events: readonly T[]): readonly T[] {
    const { calls } = this.#ledger;
    const { demand } = this.#dispatcher;
    const before = this.#parties.map(({ got }) => got.length);
    const discarded = this.#discarded;
    const at = calls.push(`dispatch ${this.#ledger.show(events)}`) - 1;
    const left = this.#dispatcher.dispatch(events);
    calls[at] = `${calls[at] ?? ''} -> ${this.#ledger.show(left)}`;
    const placed = events.length - left.length;
    const isRest = left.every((event, i) => event === events[placed + i]);
    this.#ledger.expect('once', isRest, () => 'returns other events than the last ones, in their order');
    const expected = Math.min(events.length, demand);
    const fits = placed === expected || this.#discarded > discarded;
    this.#ledger.expect('demand', fits, () => `places ${placed} where its demand is ${demand}`);
    if (this.#tested.copies) {
      for (const [i, { got, name }] of this.#parties.entries()) {
        const count = got.length - (before[i] ?? 0);
        this.#ledger.expect('once', count === placed, () => `sends ${name} ${count} of ${placed} events`);
      }
    }
    return left;
  }

  #check(): void {
    const { demand, holds, buffered = 0 } = this.#dispatcher;
    this.#ledger.expectDemand('demand', demand);
    const held = holds ? [...holds] : [];
    const open = this.#ledger.open(this.#waiting);
    this.#ledger.expect(
      'once',
      this.#ledger.messages.length > 0 || held.length + buffered === open.length,
      () => `has ${held.length + buffered} events where it was given ${open.length} more than it has sent`,
    );
    const { length = 0 } = holds ?? {};
    this.#ledger.expect(
      'once',
      length === held.length,
      () => `holds ${held.length} events and counts ${length}`,
    );
    const outstanding = this.#outstanding;
    this.#ledger.expect(
      'passed',
      outstanding <= this.#mostDemand,
      () =>
        `has passed on ${outstanding} more than was answered; its demand never was above ${this.#mostDemand}`,
    );
    this.#ledger.expect(
      'passed',
      outstanding + held.length + this.#waiting.length >= demand,
      () => `has passed on only ${outstanding} more than was answered, and its demand is ${demand}`,
    );
  }

  /** Everybody comes, asks for much and does all: nothing may be left then. */
  #finish(): void {
    for (let i = 0; i < this.#tested.places; i++) this.#subscribe(0);
    const left = () => this.#ledger.open([]);
    for (let before = -1; before !== left().length;) {
      before = left().length;
      for (const party of this.#parties) this.#settle(party, 0, Infinity);
      for (const party of this.#parties) this.#ask(party, 1000);
      const now = Math.min(this.#dispatcher.demand, this.#waiting.length);
      if (now > 0) this.#sendWaiting(now);
      this.#doWants();
    }
    this.#ledger.expect('once', left().length === 0, () => `never sends ${left().join()}`);
    const { messages } = this.#ledger;
    this.#ledger.expect('info', messages.length === 0, () => `never delivers message ${messages.join()}`);
  }
}
