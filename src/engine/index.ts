/**
 * The engine without RxJS: GenStage literally, as plain objects.
 *
 * @module rxjs-genstage/engine
 */

// Stages
export { Stage } from './Stage.ts';
export type { ProducerStage } from './Stage.ts';
export type { Answer, StageCallbacks, StageOptions, StageType } from './callbacks.ts';

// Supervision
export { ConsumerSupervisor } from './ConsumerSupervisor.ts';
export type { Child, ConsumerSupervisorOptions, StartChild, SupervisorReport } from './supervision.ts';
export type { RestartIntensity } from './RestartWindow.ts';

// Subscriptions
export { NOTHING } from './protocol.ts';
export type {
  BufferOptions,
  CancelKind,
  CancelMode,
  ConsumerEnd,
  DemandOptions,
  DispatchOptions,
  Subscription,
  SubscriptionOptions,
} from './protocol.ts';
export { isOrderly } from './reasons.ts';
export type { Reason } from './reasons.ts';

// Dispatchers
export { BroadcastDispatcher } from '../dispatchers/broadcast.ts';
export type { BroadcastDispatcherOptions } from '../dispatchers/broadcast.ts';
export { DemandDispatcher } from '../dispatchers/demand.ts';
export type { DemandDispatcherOptions } from '../dispatchers/demand.ts';
export { FairDispatcher } from '../dispatchers/fair.ts';
export { KeySerialDispatcher } from '../dispatchers/keySerial.ts';
export type { KeySerialOptions } from '../dispatchers/keySerial.ts';
export { PartitionDispatcher } from '../dispatchers/partition.ts';
export type { PartitionName, PartitionOptions } from '../dispatchers/partitioning.ts';
export { SubscriptionRefused } from './protocol.ts';
export type {
  ConsumerRef,
  DiscardCause,
  Dispatcher,
  DispatcherFactory,
  DispatcherHost,
  HeldEvents,
} from './protocol.ts';
