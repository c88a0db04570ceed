/**
 * The demand accounting of one automatic subscription: ask `maxDemand` at first; when what is in flight falls to
 * `minDemand`, ask for what is missing to `maxDemand`. A pure state machine.
 *
 * GenStage: the `{demand, min, max}` of a subscription and `GenStage.Utils.split_batches/5`.
 */
export class DemandWindow {
  readonly maxDemand: number;
  readonly minDemand: number;
  /** Events asked for and not yet settled. */
  #inFlight: number;

  constructor(maxDemand: number, minDemand: number) {
    this.maxDemand = maxDemand;
    this.minDemand = minDemand;
    this.#inFlight = maxDemand;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** The largest batch that is handled in one piece, so that the next ask goes up between two of them. */
  get batchSize(): number {
    return this.maxDemand === Infinity ? Infinity : this.maxDemand - this.minDemand;
  }

  /** `count` events have been settled; returns how many to ask for now, or 0. */
  settle(count: number): number {
    const left = this.#inFlight - count;
    if (left > this.minDemand || this.maxDemand === Infinity) {
      this.#inFlight = left;
      return 0;
    }
    this.#inFlight = this.maxDemand;
    return this.maxDemand - left;
  }
}
