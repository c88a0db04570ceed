import { assertCallbacks, assertOptions } from '../engine/assert.ts';
import { Stage, type StageType } from '../engine/index.ts';
import type { RunOptions } from './StageWork.ts';

/** Checks the options of a stage that will be started later: how it buffers and dispatches. */
export function assertProducing<Out>(type: StageType, options: RunOptions<Out>): void {
  assertOptions(options);
  assertCallbacks(options, 'discarded', 'handleSubscribe', 'handleCancel');
  const { bufferSize, bufferKeep, dispatcher } = options;
  // It knows the rest.
  new Stage<never, Out>(type, {}, { bufferSize, bufferKeep, dispatcher } as object);
}
