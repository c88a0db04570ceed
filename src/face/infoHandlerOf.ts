import { assertFunction } from '../engine/assert.ts';
import type { InfoOptions } from '../types.ts';

/**
 * What takes the side messages of a producer.
 *
 * @throws TypeError if `handleInfo` is no function
 */
export function infoHandlerOf(options: InfoOptions): (message: unknown) => void {
  const { handleInfo } = options;
  if (handleInfo !== undefined) assertFunction('handleInfo', handleInfo);
  return (message) => {
    handleInfo?.call(options, message);
  };
}
