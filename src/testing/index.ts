/**
 * Marble tests with demand drawn beside the events.
 *
 * @module rxjs-genstage/testing
 */

export { dispatcherConformance } from './dispatcherConformance.ts';
export type { DispatcherConformanceOptions, TestRunner } from './dispatcherConformance.ts';
export { marbles } from './marbles.ts';
export type { AssertDeepEqual, DemandExpectation, MarbleHelpers } from './marbles.ts';
export { RecordedQueue } from './RecordedQueue.ts';
