import { rangeError } from './assert.ts';
import type { Reason } from './reasons.ts';

/**
 * How many restarts are too many.
 *
 * GenStage: the `:max_restarts` and `:max_seconds` of a supervisor.
 */
export interface RestartIntensity {
  /**
   * The most restarts within `withinMs`; one more ends the supervision. An integer of at least 0.
   * @default 3
   */
  readonly maxRestarts?: number;
  /**
   * How long a restart counts, in ms: a number of at least 0, or `Infinity`.
   * @default 5000
   */
  readonly withinMs?: number;
}

/**
 * A window of time that slides along with the restarts: it tells whether one more is within the intensity. A pure state
 * machine; its caller tells the time.
 *
 * GenStage: `add_restart/1` of `ConsumerSupervisor`, which measures in whole seconds.
 */
export class RestartWindow {
  readonly #maxRestarts: number;
  readonly #withinMs: number;
  /** Oldest first. */
  readonly #restarts: { readonly at: number; readonly cause: Reason }[] = [];

  constructor({ maxRestarts = 3, withinMs = 5000 }: RestartIntensity = {}) {
    if (!Number.isInteger(maxRestarts) || maxRestarts < 0)
      throw rangeError('maxRestarts', 'an integer of at least 0', maxRestarts);
    if (typeof withinMs !== 'number' || !(withinMs >= 0))
      throw rangeError('withinMs', 'a number of at least 0, in ms', withinMs);
    this.#maxRestarts = maxRestarts;
    this.#withinMs = withinMs;
  }

  /** What caused the restarts that were in the window at the last of them, oldest first. */
  get causes(): readonly Reason[] {
    return this.#restarts.map(({ cause }) => cause);
  }

  /** Counts a restart at the time `now`, in ms; false if it is one too many. Time must not run backwards. */
  record(now: number, cause: Reason): boolean {
    this.#restarts.push({ at: now, cause });
    const first = this.#restarts.findIndex(({ at }) => now <= at + this.#withinMs);
    if (first > 0) this.#restarts.splice(0, first);
    return this.#restarts.length <= this.#maxRestarts;
  }
}
