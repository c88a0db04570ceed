import { assertCallbacks } from '../engine/assert.ts';
import type { InfoOptions } from '../types.ts';

/**
 * What takes the side messages of a producer.
 *
 * @throws TypeError if `handleInfo` is no function
 */
export function infoHandlerOf(options: InfoOptions): (message: unknown) => void {
  assertCallbacks(options, 'handleInfo');
  return (message) => {
    options.handleInfo?.(message);
  };
}
