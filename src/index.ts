/**
 * GenStage's demand-driven stages for RxJS.
 *
 * @module rxjs-genstage
 */

// Producers
export { DemandQueue } from './producers/DemandQueue.ts';
export type { OfferResult } from './producers/DemandQueue.ts';

// Consumers
export { demandMap } from './consumers/demandMap.ts';
export type { DemandMapOptions } from './consumers/demandMap.ts';

// Errors
export { ExcessEventsError, QueueClosedError } from './errors.ts';

// Types
export type {
  BufferOptions,
  CancelMode,
  Consumer,
  DemandOptions,
  DispatchOptions,
  JobContext,
  Producer,
  ResultOf,
  Stage,
} from './types.ts';
