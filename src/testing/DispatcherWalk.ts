import type {
  ConsumerRef,
  Dispatcher,
  DispatcherFactory,
  DispatcherHost,
  SubscriptionOptions,
} from '../engine/index.ts';
import type { Step } from './randomWalk.ts';

/** What a dispatcher has to keep. */
export type Rule = 'asked' | 'left' | 'once' | 'order' | 'demand' | 'passed' | 'info';

/** What may be done to a dispatcher. */
export type Op = 'subscribe' | 'ask' | 'askAll' | 'cancel' | 'answer' | 'emit' | 'settle' | 'drop' | 'info';

/** What is told of the dispatcher to test. */
export interface Subject<T> {
  readonly factory: DispatcherFactory<T>;
  event(index: number): T;
  subscription(place: number): SubscriptionOptions;
  readonly places: number;
  readonly copies: boolean;
  inOrder(event: T): unknown;
}

/** A rule was broken. */
export class Broken {
  readonly calls: readonly string[];
  readonly why: string;

  constructor(calls: readonly string[], why: string) {
    this.calls = calls;
    this.why = why;
  }
}

/** A consumer of the walk. */
class Party<T> implements ConsumerRef<T> {
  readonly consumer = this;
  readonly options: SubscriptionOptions;
  readonly tells: boolean;
  readonly name: string;
  readonly place: number;
  asked = 0;
  left = false;
  readonly got: T[] = [];
  /** What it has not told to be done. */
  work: T[] = [];
  readonly #received: (party: Party<T>, events: readonly T[]) => void;

  constructor(
    number: number,
    place: number,
    options: SubscriptionOptions,
    received: (party: Party<T>, events: readonly T[]) => void,
  ) {
    this.name = number < 26 ? String.fromCharCode(97 + number) : `c${number}`;
    this.place = place;
    this.options = options;
    this.tells = number % 2 === 0;
    this.#received = received;
  }

  send(events: readonly T[]): void {
    this.#received(this, events);
  }
}

/**
 * Does to a dispatcher what a producer does to its own, and keeps account of all that goes in and out. It serves what
 * came back before it asks for more, and the polite walk emits nothing that was not asked for.
 */
export class DispatcherWalk<T> {
  readonly #subject: Subject<T>;
  readonly #rule: Rule;
  readonly #dispatcher: Dispatcher<T>;
  readonly #calls: string[] = [];
  #parties: Party<T>[] = [];
  #subscribed = 0;
  /** All events so far, by their index. */
  readonly #indices = new Map<T, number>();
  /** How many times each was sent, and what else became of it. */
  readonly #sent: number[] = [];
  readonly #gone = new Set<number>();
  /** What was returned, and waits for demand. */
  #waiting: T[] = [];
  #waits: (() => void)[] = [];
  /** Demand that was passed on and not answered, and the most demand that there was at a time. */
  #outstanding = 0;
  #mostDemand = 0;
  /** The side messages that are not delivered yet: how many events there were before each. */
  readonly #messages = new Map<number, number>();
  #messageCount = 0;
  #discardedNow = 0;

  constructor(subject: Subject<T>, rule: Rule) {
    this.#subject = subject;
    this.#rule = rule;
    const host: DispatcherHost<T> = {
      ask: (consumer, demand) => {
        this.#waits.push(() => {
          const party = this.#parties.find((one) => one === consumer);
          if (party) this.#ask(party, demand);
        });
      },
      deliverInfo: (message) => {
        this.#delivered(message as number);
      },
      discarded: (events, cause) => {
        this.#log(`  discards ${this.#show(events)}: ${cause}`);
        this.#discardedNow += events.length;
        for (const event of events) this.#leaves(event);
      },
    };
    this.#dispatcher = subject.factory(host);
  }

  /** Does the steps, then all that it takes to bring everything to an end; returns what was broken, if something was. */
  run(steps: readonly Step<Op>[]): Broken | undefined {
    try {
      for (const step of steps) {
        this.#do(step);
        this.#check();
      }
      if (this.#rule === 'once' || this.#rule === 'info') this.#finish();
    } catch (error) {
      if (error instanceof Broken) return error;
      return new Broken(this.#calls, `It threw ${String(error)}`);
    }
    return undefined;
  }

  #do({ op, who, count }: Step<Op>): void {
    const party = this.#parties[who % Math.max(this.#parties.length, 1)];
    if (op === 'subscribe') this.#subscribe(who);
    else if (op === 'answer') this.#answer(count);
    else if (op === 'emit') this.#emit(count);
    else if (op === 'info') this.#info();
    else if (op === 'drop') this.#drop(who);
    else if (!party) return;
    else if (op === 'ask') this.#ask(party, count);
    else if (op === 'askAll') this.#ask(party, Infinity);
    else if (op === 'cancel') this.#cancel(party);
    else this.#settle(party, who, count);
  }

  // What a producer does

  #subscribe(who: number): void {
    const taken = this.#parties.map(({ place }) => place);
    const places = Array.from({ length: this.#subject.places }, (_, place) => place);
    const free = places.filter((place) => !taken.includes(place));
    const place = free[who % Math.max(free.length, 1)];
    if (place === undefined) return;
    const options = this.#subject.subscription(place);
    const party = new Party<T>(this.#subscribed++, place, options, (to, events) => {
      this.#received(to, events);
    });
    this.#parties.push(party);
    this.#call(`${party.name} subscribes`, () => this.#dispatcher.subscribe(party));
  }

  #ask(party: Party<T>, demand: number): void {
    party.asked += demand;
    if (!party.tells) party.work.splice(0, demand);
    this.#call(`${party.name} asks ${demand}`, () => this.#dispatcher.ask(party, demand));
  }

  #cancel(party: Party<T>): void {
    party.left = true;
    this.#parties = this.#parties.filter((one) => one !== party);
    this.#call(`${party.name} leaves`, () => this.#dispatcher.cancel(party));
  }

  #settle(party: Party<T>, who: number, count: number): void {
    if (!party.tells || !this.#dispatcher.settled || party.work.length === 0) return;
    const events = party.work.splice(who % party.work.length, count);
    const what = `${party.name} has done ${this.#show(events)}`;
    this.#call(what, () => this.#dispatcher.settled?.(party, events) ?? 0);
  }

  #answer(count: number): void {
    const events = Math.min(count, this.#outstanding);
    this.#outstanding -= events;
    if (events > 0) this.#emit(events);
  }

  #emit(count: number): void {
    const { holds } = this.#dispatcher;
    const events = Object.freeze(Array.from({ length: count }, () => this.#newEvent()));
    if (!holds) {
      this.#dispatch(events, true);
      this.#after();
      return;
    }
    this.#log(`stores ${this.#show(events)}`);
    const more = holds.store(events);
    this.#passed(more);
    this.#serve();
    this.#outstanding += more;
    this.#after();
  }

  #info(): void {
    if (!this.#dispatcher.info) return;
    const message = this.#messageCount++;
    this.#messages.set(message, this.#sent.length - this.#waiting.length);
    this.#log(`message ${message}`);
    this.#dispatcher.info(message);
    this.#after();
  }

  #drop(who: number): void {
    const { holds } = this.#dispatcher;
    if (!holds || holds.length === 0) return;
    const event = holds.drop(who % 2 === 0 ? 'oldest' : 'newest');
    this.#log(`drops ${this.#show([event])}`);
    this.#leaves(event);
    this.#after();
  }

  /** Calls the dispatcher, and goes on with the demand that it passes on: serves what waits, and asks for the rest. */
  #call(what: string, call: () => number): void {
    const at = this.#calls.length;
    this.#log(what);
    const demand = call();
    this.#calls[at] = `${what} -> ${demand}`;
    this.#passed(demand);
    this.#outstanding += Math.max(demand - this.#serve(), 0);
    this.#after();
  }

  /** Sends what waits as far as demand goes; returns how many events of its own buffer that were. */
  #serve(): number {
    this.#mostDemand = Math.max(this.#mostDemand, this.#dispatcher.demand);
    if (this.#dispatcher.holds) {
      while (this.#serveHeld());
      return 0;
    }
    const events = this.#waiting.splice(0, this.#dispatcher.demand);
    if (events.length === 0) return 0;
    return events.length - this.#dispatch(Object.freeze(events), false);
  }

  #serveHeld(): boolean {
    const { demand, holds } = this.#dispatcher;
    if (!holds) return false;
    const expected = Math.min(demand, holds.ready);
    const events = holds.take(demand);
    this.#expect('demand', events.length === expected, () => `takes ${events.length} of ${expected} that may go`);
    if (events.length === 0) return false;
    const left = this.#dispatcher.dispatch(events);
    this.#log(`sends ${this.#show(events)}`, -1);
    this.#expect('demand', left.length === 0, () => `returns ${this.#show(left)} of what it has let go`);
    return true;
  }

  /** Returns how many events came back. */
  #dispatch(events: readonly T[], fresh: boolean): number {
    const { demand } = this.#dispatcher;
    const at = this.#calls.length;
    this.#discardedNow = 0;
    this.#log(`dispatches ${this.#show(events)}`);
    const before = this.#parties.map((party) => party.got.length);
    const left = this.#dispatcher.dispatch(events);
    this.#calls[at] = `${this.#calls[at] ?? ''} -> ${this.#show(left)}`;
    const tail = events.slice(events.length - left.length);
    const isTail = left.every((event, i) => event === tail[i]);
    this.#expect('once', isTail, () => 'returns what are not the last of the events, in their order');
    const placed = events.length - left.length;
    const expected = Math.min(events.length, demand);
    this.#expect(
      'demand',
      placed === expected || this.#discardedNow > 0,
      () => `places ${placed} where its demand is ${demand}`,
    );
    if (this.#subject.copies) {
      for (const [i, party] of this.#parties.entries()) {
        const count = party.got.length - (before[i] ?? 0);
        this.#expect('once', count === placed, () => `sends ${party.name} ${count} of ${placed} events`);
      }
    }
    // What comes back waits in front of what came later.
    this.#waiting = fresh ? this.#waiting.concat(left) : [...left, ...this.#waiting];
    return left.length;
  }

  // What comes of it

  #received(party: Party<T>, events: readonly T[]): void {
    this.#log(`  ${party.name} gets ${this.#show(events)}`);
    this.#expect('left', !party.left, () => `sends ${party.name} ${this.#show(events)} after it has left`);
    this.#expect('asked', events.length > 0, () => `sends ${party.name} an empty batch`);
    for (const event of events) {
      const index = this.#index(event);
      const { inOrder } = this.#subject;
      const last = party.got.filter((one) => inOrder(one) === inOrder(event)).at(-1);
      this.#expect(
        'order',
        last === undefined || this.#index(last) < index,
        () => `sends ${party.name} ${index} after ${this.#index(last as T)}`,
      );
      const again = this.#subject.copies ? party.got.includes(event) : (this.#sent[index] ?? 0) > 0;
      this.#expect('once', !again && !this.#gone.has(index), () => `sends ${index} again`);
      this.#sent[index] = (this.#sent[index] ?? 0) + 1;
      party.got.push(event);
      party.work.push(event);
    }
    const { asked, got } = party;
    this.#expect('asked', got.length <= asked, () => `sends ${party.name} ${got.length}, which asked for ${asked}`);
  }

  #delivered(message: number): void {
    this.#log(`  delivers message ${message}`);
    const before = this.#messages.get(message);
    this.#expect('info', before !== undefined, () => `delivers message ${message} twice, or unasked`);
    this.#messages.delete(message);
    const open = this.#open.filter((index) => index < (before ?? 0));
    this.#expect('info', open.length === 0, () => `delivers message ${message} before ${open.join()}`);
  }

  /** The events that neither were sent nor have gone, and that the dispatcher has. */
  get #open(): readonly number[] {
    const waiting = new Set(this.#waiting.map((event) => this.#index(event)));
    return [...this.#sent.keys()].filter(
      (index) => this.#sent[index] === 0 && !this.#gone.has(index) && !waiting.has(index),
    );
  }

  #leaves(event: T): void {
    const index = this.#index(event);
    const again = this.#gone.has(index) || (this.#sent[index] ?? 0) > 0;
    this.#expect('once', !again, () => `discards ${index}, which was sent or discarded before`);
    this.#gone.add(index);
  }

  #passed(demand: number): void {
    const sound = (Number.isInteger(demand) && demand >= 0) || demand === Infinity;
    this.#expect('passed', sound, () => `passes on a demand of ${demand}`);
  }

  #after(): void {
    for (let next = this.#waits.shift(); next; next = this.#waits.shift()) next();
  }

  #check(): void {
    const { demand, holds, buffered = 0 } = this.#dispatcher;
    const sound = (Number.isInteger(demand) && demand >= 0) || demand === Infinity;
    this.#expect('demand', sound, () => `has a demand of ${demand}`);
    const held = holds ? [...holds].map((event) => this.#index(event)) : [];
    const open = this.#open;
    this.#expect('once', !holds || held.join() === [...held].join(), () => '');
    if (this.#messages.size === 0) {
      const has = held.length + buffered;
      this.#expect('once', open.length === has, () => `has ${has} events where ${open.length} are open: ${open.join()}`);
    }
    const outstanding = this.#outstanding;
    this.#expect(
      'passed',
      outstanding <= this.#mostDemand,
      () => `has passed on ${outstanding} that are unanswered, though its demand never was above ${this.#mostDemand}`,
    );
    this.#expect(
      'passed',
      outstanding >= demand - held.length,
      () => `has passed on only ${outstanding} that are unanswered, though its demand is ${demand}`,
    );
  }

  /** Everybody comes, asks for much and does all: nothing may be left then. */
  #finish(): void {
    for (let place = 0; place < this.#subject.places; place++) this.#subscribe(0);
    for (let before = -1; before !== this.#open.length + this.#waiting.length; ) {
      before = this.#open.length + this.#waiting.length;
      for (const party of this.#parties) this.#settle(party, 0, Infinity);
      for (const party of this.#parties) this.#ask(party, 1000);
    }
    const open = [...this.#open, ...this.#waiting.map((event) => this.#index(event))];
    this.#expect('once', open.length === 0, () => `never sends ${open.join()}`);
    const kept = [...this.#messages.keys()];
    this.#expect('info', kept.length === 0, () => `never delivers message ${kept.join()}`);
  }

  #newEvent(): T {
    const index = this.#sent.length;
    const event = this.#subject.event(index);
    this.#indices.set(event, index);
    this.#sent.push(0);
    return event;
  }

  #index(event: T): number {
    const index = this.#indices.get(event);
    if (index === undefined) throw new Broken(this.#calls, 'It sends or returns an event that it was not given');
    return index;
  }

  #show(events: readonly T[]): string {
    return `[${events.map((event) => this.#index(event)).join()}]`;
  }

  #log(what: string): void {
    this.#calls.push(what);
  }

  #expect(rule: Rule, holds: boolean, why: () => string): void {
    if (!holds && rule === this.#rule) throw new Broken(this.#calls, `It ${why()}`);
  }
}
