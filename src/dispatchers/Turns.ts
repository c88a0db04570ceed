import type { ConsumerRef } from '../engine/protocol.ts';

/** A consumer, and what it is owed. */
export class Turn<T> {
  readonly consumer: ConsumerRef<T>;
  demand = 0;
  /** What it is given in this dispatch. */
  batch: T[] | undefined;
  /** Its neighbours in the ring, while it is owed something. */
  previous: this | undefined;
  next: this | undefined;

  constructor(consumer: ConsumerRef<T>) {
    this.consumer = consumer;
  }
}

/**
 * The consumers that are owed events, in a ring: each in turn is given one, however much it is owed. Who begins to be
 * owed joins behind all others.
 *
 *     ┌─▶ a ─▶ b ─▶ c ─┐
 *     └── d ◀──────────┘     the next event is a's, the one after that b's
 */
export class Turns<T, C extends Turn<T> = Turn<T>> {
  readonly #turns = new Map<ConsumerRef<T>, C>();
  readonly #newTurn: (consumer: ConsumerRef<T>) => C;
  /** Whose turn it is. */
  #current: C | undefined;
  /** Who is given something in this dispatch. */
  readonly #given: C[] = [];
  /** What is owed to those whose demand is finite, and how many have endless demand. */
  #finite = 0;
  #endless = 0;

  constructor(newTurn: (consumer: ConsumerRef<T>) => C) {
    this.#newTurn = newTurn;
  }

  /** What all are owed together. */
  get demand(): number {
    return this.#endless > 0 ? Infinity : this.#finite;
  }

  add(consumer: ConsumerRef<T>): void {
    this.#turns.set(consumer, this.#newTurn(consumer));
  }

  of(consumer: ConsumerRef<T>): C {
    const turn = this.#turns.get(consumer);
    if (!turn) throw new Error('This consumer is not subscribed to the dispatcher');
    return turn;
  }

  /** Removes a consumer; what it was owed is still told by its turn. */
  remove(turn: C): void {
    this.#turns.delete(turn.consumer);
    if (turn.demand === 0) return;
    if (turn.demand === Infinity) this.#endless--;
    else this.#finite -= turn.demand;
    this.#unlink(turn);
  }

  ask(turn: C, demand: number): void {
    if (turn.demand === 0) this.#link(turn);
    if (demand < Infinity) {
      if (turn.demand < Infinity) this.#finite += demand;
    } else if (turn.demand < Infinity) {
      this.#finite -= turn.demand;
      this.#endless++;
    }
    turn.demand += demand;
  }

  /** Hands `events` over as they are if there is nobody to share them with, and says whether it did. */
  giveAll(events: readonly T[]): boolean {
    const turn = this.#current;
    if (!turn || turn.next !== turn || turn.demand < events.length) return false;
    if (turn.demand < Infinity) {
      this.#finite -= events.length;
      turn.demand -= events.length;
      if (turn.demand === 0) this.#unlink(turn);
    }
    turn.consumer.send(events);
    return true;
  }

  /** Gives an event to the consumer whose turn it is; none is owed anything if it returns nothing. */
  give(event: T): C | undefined {
    const turn = this.#current;
    if (!turn) return undefined;
    if (turn.batch) turn.batch.push(event);
    else {
      turn.batch = [event];
      this.#given.push(turn);
    }
    if (turn.demand === Infinity) this.#current = turn.next;
    else {
      this.#finite--;
      if (--turn.demand === 0) this.#unlink(turn);
      else this.#current = turn.next;
    }
    return turn;
  }

  /** Sends what has been given, a batch to each. */
  send(): void {
    const given = this.#given;
    for (let i = 0; i < given.length; i++) {
      const turn = given[i] as C;
      const batch = turn.batch as T[];
      turn.batch = undefined;
      turn.consumer.send(batch);
    }
    given.length = 0;
  }

  #link(turn: C): void {
    const current = this.#current;
    if (!current) {
      turn.previous = turn.next = turn;
      this.#current = turn;
      return;
    }
    const last = current.previous as C;
    turn.previous = last;
    turn.next = current;
    last.next = current.previous = turn;
  }

  #unlink(turn: C): void {
    const { previous, next } = turn;
    if (next === turn) this.#current = undefined;
    else {
      (previous as C).next = next;
      (next as C).previous = previous;
      if (this.#current === turn) this.#current = next;
    }
    turn.previous = turn.next = undefined;
  }
}
