import { assertCallbacks, assertOptions } from '../engine/assert.ts';
import type { InfoOptions } from '../types.ts';

/**
 * What takes the side messages of a producer.
 *
 * @throws TypeError if `handleInfo` is no function, or `options` no object
 */
export function infoHandlerOf(options: InfoOptions): (message: unknown) => void {
  assertOptions(options);
  assertCallbacks(options, 'handleInfo');
  return (message) => {
    options.handleInfo?.(message);
  };
}
