const NONE: readonly never[] = [];

/** The events that a worker has received, and neither done nor given back. Oldest first; equal events stand together. */
export class Possession<T> {
  /** How often it has each. */
  readonly #counts = new Map<T, number>();

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  has(event: T): boolean {
    return this.#counts.has(event);
  }

  add(events: readonly T[]): void {
    for (let i = 0; i < events.length; i++) {
      const event = events[i] as T;
      this.#counts.set(event, (this.#counts.get(event) ?? 0) + 1);
    }
  }

  /** Removes `events`; returns those that were there. */
  remove(events: readonly T[]): readonly T[] {
    if (events.length === 0) return NONE;
    if (events.length === 1) return this.#removeOne(events[0] as T) ? events : NONE;
    return events.filter((event) => this.#removeOne(event));
  }

  removeOldest(count: number): void {
    let left = count;
    for (const [event, times] of this.#counts) {
      if (left === 0) return;
      const removed = Math.min(times, left);
      left -= removed;
      if (removed === times) this.#counts.delete(event);
      else this.#counts.set(event, times - removed);
    }
  }

  /** Removes and returns all. */
  take(): readonly T[] {
    const events: T[] = [];
    for (const [event, times] of this.#counts) for (let i = 0; i < times; i++) events.push(event);
    this.#counts.clear();
    return events;
  }

  #removeOne(event: T): boolean {
    const times = this.#counts.get(event);
    if (times === undefined) return false;
    if (times === 1) this.#counts.delete(event);
    else this.#counts.set(event, times - 1);
    return true;
  }
}
