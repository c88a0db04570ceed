import type { Held } from './Lane.ts';
import type { Turn } from './Turns.ts';

/**
 * The events that are in work, found by the event itself: whoever works on an object may change it, and its key with it.
 */
export class InWork<T> {
  readonly #held = new Map<T, Held<T>>();

  add(held: Held<T>): void {
    held.same = this.#held.get(held.event);
    this.#held.set(held.event, held);
  }

  /** `event` as that consumer has it; as the one that has got it last if none is given. */
  find(event: T, turn?: Turn<T>): Held<T> | undefined {
    let held = this.#held.get(event);
    while (held && turn && held.turn !== turn) held = held.same;
    return held;
  }

  remove(held: Held<T>): void {
    let newer = this.#held.get(held.event);
    if (newer === held) {
      if (held.same) this.#held.set(held.event, held.same);
      else this.#held.delete(held.event);
    } else {
      while (newer && newer.same !== held) newer = newer.same;
      if (newer) newer.same = held.same;
    }
    held.same = undefined;
  }
}
