import type { ObservableInput, Subscription } from 'rxjs';
import { typeError } from '../engine/assert.ts';
import { isPromiseLike } from '../engine/isPromiseLike.ts';
import type { DemandMode } from '../types.ts';
import { isResultStream } from './isResultStream.ts';
import { subscribeTo } from './subscribeTo.ts';

/**
 * True for a `demand` option that is a gate, and no fixed mode.
 *
 * @throws TypeError if it is neither
 */
export function isGate(demand: unknown): demand is ObservableInput<DemandMode> {
  if (demand === undefined || typeof demand === 'string') return false;
  if (!isPromiseLike(demand) && !isResultStream(demand))
    throw typeError('demand', "'forward', 'accumulate' or an Observable of the two", demand);
  return true;
}

/** A producer behind a gate. */
interface Gated {
  setDemand(mode: DemandMode): void;
  error(error: unknown): void;
}

/** Opens and closes `gated` as the gate says. A gate that errors, or says something else, errors the producer. */
export function followGate(gate: ObservableInput<DemandMode>, gated: Gated): Subscription {
  let following!: Subscription;
  subscribeTo(
    gate,
    {
      next: (mode) => {
        try {
          gated.setDemand(mode);
        } catch (error) {
          gated.error(error);
        }
      },
      error: (error) => {
        gated.error(error);
      },
      complete: () => undefined,
    },
    (subscriber) => {
      following = subscriber;
    },
  );
  return following;
}
