import type { ConsumerRef, SubscriptionOptions } from '../engine/index.ts';

/** What a dispatcher has to keep. */
export type Rule = 'asked' | 'left' | 'once' | 'order' | 'demand' | 'passed' | 'info';

/** What is told of the events that a dispatcher is tested with. */
export interface TestedEvents<T> {
  readonly event: (index: number) => T;
  readonly inOrder: (event: T) => unknown;
  readonly copies: boolean;
}

/** A rule was broken, and by which calls. */
export class BrokenRule extends Error {
  readonly calls: readonly string[];

  constructor(calls: readonly string[], why: string) {
    super(why);
    this.calls = calls;
  }
}

/** A consumer, as the dispatcher sees it. */
export class Party<T> implements ConsumerRef<T> {
  readonly consumer = this;
  readonly options: SubscriptionOptions;
  readonly tells: boolean;
  readonly name: string;
  readonly place: number;
  asked = 0;
  left = false;
  readonly got: T[] = [];
  /** What it has not said to be done. */
  readonly work: T[] = [];
  readonly #ledger: DispatcherLedger<T>;

  constructor(number: number, place: number, options: SubscriptionOptions, ledger: DispatcherLedger<T>) {
    this.name = number < 26 ? String.fromCharCode(97 + number) : `c${number}`;
    this.place = place;
    this.options = options;
    this.tells = number % 2 === 0;
    this.#ledger = ledger;
  }

  send(events: readonly T[]): void {
    this.#ledger.received(this, events);
  }

  /** None of these fails: it has no options of its own to fail by. */
  fail(error: unknown): never {
    throw error;
  }
}

/** The account of all events that a dispatcher was given, and of its calls; it looks at one rule. */
export class DispatcherLedger<T> {
  readonly calls: string[] = [];
  readonly #tested: TestedEvents<T>;
  readonly #rule: Rule;
  readonly #indices = new Map<T, number>();
  /** How many times each event was sent, by its index. */
  readonly #sent: number[] = [];
  /** The events that were discarded or dropped. */
  readonly #gone = new Set<number>();
  /** The side messages that are to be delivered, and what has to be gone before. */
  readonly #messages = new Map<number, readonly number[]>();
  #messageCount = 0;

  constructor(tested: TestedEvents<T>, rule: Rule) {
    this.#tested = tested;
    this.#rule = rule;
  }

  /** Side messages that were not delivered. */
  get messages(): readonly number[] {
    return [...this.#messages.keys()];
  }

  newEvents(count: number): readonly T[] {
    const first = this.#sent.length;
    const events = Array.from({ length: count }, (_, i) => this.#tested.event(first + i));
    for (const event of events) {
      this.#indices.set(event, this.#sent.length);
      this.#sent.push(0);
    }
    return events;
  }

  /** A side message comes, after all that the dispatcher has got: `waiting` is what it has not. */
  newMessage(waiting: readonly T[]): number {
    const message = this.#messageCount++;
    this.#messages.set(message, this.open(waiting));
    return message;
  }

  received(party: Party<T>, events: readonly T[]): void {
    this.calls.push(`  ${party.name} gets ${this.show(events)}`);
    this.expect('left', !party.left, () => `sends ${party.name} ${this.show(events)} after it has left`);
    this.expect('asked', events.length > 0, () => `sends ${party.name} an empty batch`);
    for (const event of events) this.#receivedOne(party, event);
    const { asked, got, name } = party;
    this.expect(
      'asked',
      got.length <= asked,
      () => `sends ${name} ${got.length} where it asked for ${asked}`,
    );
  }

  /** Nobody will get the event. */
  discarded(event: T): void {
    const index = this.index(event);
    const before = this.#gone.has(index) || (this.#sent[index] ?? 0) > 0;
    this.expect('once', !before, () => `discards ${index}, which was sent or discarded before`);
    this.#gone.add(index);
  }

  delivered(message: number): void {
    this.calls.push(`  message ${message} is delivered`);
    const first = this.#messages.get(message);
    this.expect('info', first !== undefined, () => `delivers message ${message} twice, or unasked`);
    this.#messages.delete(message);
    const open = (first ?? []).filter((index) => this.#isOpen(index));
    this.expect('info', open.length === 0, () => `delivers message ${message} before ${open.join()}`);
  }

  /** The events that the dispatcher has to have, since they were neither sent nor discarded, nor are `waiting`. */
  open(waiting: readonly T[]): readonly number[] {
    const elsewhere = new Set(waiting.map((event) => this.index(event)));
    return [...this.#sent.keys()].filter((index) => this.#isOpen(index) && !elsewhere.has(index));
  }

  index(event: T): number {
    const index = this.#indices.get(event);
    if (index === undefined) throw new BrokenRule(this.calls, 'It gives out an event that it was not given');
    return index;
  }

  show(events: readonly T[]): string {
    return `[${events.map((event) => this.index(event)).join(', ')}]`;
  }

  /** Demand, as a dispatcher has it and passes it on. */
  expectDemand(rule: Rule, demand: number): void {
    const sound = demand === Infinity || (Number.isInteger(demand) && demand >= 0);
    this.expect(rule, sound, () => `tells of a demand of ${demand}`);
  }

  /** @param why what it does instead */
  expect(rule: Rule, kept: boolean, why: () => string): void {
    if (!kept && rule === this.#rule) throw new BrokenRule(this.calls, `It ${why()}`);
  }

  #receivedOne(party: Party<T>, event: T): void {
    const index = this.index(event);
    const { copies, inOrder } = this.#tested;
    const group = inOrder(event);
    const last = party.got.filter((one) => Object.is(inOrder(one), group)).at(-1);
    const before = last === undefined ? -1 : this.index(last);
    this.expect('order', before < index, () => `sends ${party.name} ${index} after ${before}`);
    const again = copies ? party.got.includes(event) : (this.#sent[index] ?? 0) > 0;
    this.expect('once', !again && !this.#gone.has(index), () => `sends ${index} again`);
    this.#sent[index] = (this.#sent[index] ?? 0) + 1;
    party.got.push(event);
    party.work.push(event);
  }

  #isOpen(index: number): boolean {
    return this.#sent[index] === 0 && !this.#gone.has(index);
  }
}
