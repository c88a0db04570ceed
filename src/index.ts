/**
 * GenStage's demand-driven stages for RxJS.
 *
 * @module rxjs-genstage
 */

// Producers
export { DemandQueue } from './producers/DemandQueue.ts';
export type { DemandQueueOptions, OfferResult } from './producers/DemandQueue.ts';
export { estimateBufferedCount } from './producers/estimateBufferedCount.ts';
export { fromAsyncIterable } from './producers/fromAsyncIterable.ts';
export type { AsyncSource } from './producers/fromAsyncIterable.ts';
export { fromIterable } from './producers/fromIterable.ts';
export { fromObservable } from './producers/fromObservable.ts';
export type { FromObservableOptions, Overflow } from './producers/fromObservable.ts';
export { producer } from './producers/producer.ts';
export type { DemandAnswer, ProducerContext } from './producers/producer.ts';

// Stages
export { batch } from './stages/batch.ts';
export type { BatchOptions } from './stages/batch.ts';
export type { Batch } from './stages/OpenBatches.ts';
export { mergeProducers } from './stages/mergeProducers.ts';
export type { MergedSource } from './stages/mergeProducers.ts';
export { rateLimit } from './stages/rateLimit.ts';
export type { RateLimitOptions } from './stages/rateLimit.ts';
export { stage } from './stages/stage.ts';
export type { BatchAnswer } from './stages/BatchProjection.ts';
export type { StageOptions } from './stages/stage.ts';
export { tapDemand } from './stages/tapDemand.ts';
export { through } from './stages/through.ts';

// Consumers
export { consume } from './consumers/consume.ts';
export { consumerSupervisor } from './consumers/consumerSupervisor.ts';
export type {
  ChildContext,
  ChildCrash,
  ConsumerSupervisorOptions,
  RunningSupervisor,
  SupervisedChild,
} from './consumers/ConsumerSupervisorOptions.ts';
export { demandMap } from './consumers/demandMap.ts';
export type { DemandMapOptions, PoolSubscription } from './consumers/DemandMapOptions.ts';
export { handleEvents } from './consumers/handleEvents.ts';
export { supervise } from './consumers/supervise.ts';
export type {
  RestartStrategy,
  SupervisedConsumer,
  SuperviseOptions,
  WorkerCrash,
} from './consumers/SuperviseOptions.ts';
export { toAsyncIterable } from './consumers/toAsyncIterable.ts';

// Dispatchers
export { broadcast } from './dispatchers/broadcast.ts';
export { demand } from './dispatchers/demand.ts';
export type { DemandDispatcherOptions } from './dispatchers/demand.ts';
export { fair } from './dispatchers/fair.ts';
export { keySerial } from './dispatchers/keySerial.ts';
export type { KeySerialOptions } from './dispatchers/keySerial.ts';
export { partition } from './dispatchers/partition.ts';
export type { PartitionName, PartitionOptions } from './dispatchers/partitioning.ts';

// Errors
export { SubscriptionRefused } from './engine/protocol.ts';
export {
  AsyncOperatorError,
  BufferOverflowError,
  ExcessEventsError,
  QueueClosedError,
  RestartIntensityError,
} from './errors.ts';

// Types
export type {
  BatchContext,
  BufferOptions,
  CancelKind,
  CancelMode,
  Consumer,
  ConsumerRef,
  ConsumerSubscription,
  DemandMode,
  DemandOptions,
  DiscardCause,
  Dispatcher,
  DispatcherFactory,
  DispatcherHost,
  HeldEvents,
  DispatchOptions,
  EventStream,
  InfoOptions,
  JobContext,
  Producer,
  ProducerConsumerOptions,
  ProducerOptions,
  ProducerSubscription,
  ResultOf,
  Stage,
  SubscribeOptions,
} from './types.ts';
