import type { OpenPool } from './Pool.ts';
import { demandMap } from './demandMap.ts';
import { hand, handWithResults } from './hand.ts';
import { asyncQueue, effect, fastq, fastqPromise, mergeMap, pLimit, pQueue } from './peers.ts';

/** All pools by the names that they have in the tables. */
export const pools = {
  hand,
  'hand + results': handWithResults,
  demandMap,
  mergeMap,
  fastq,
  'fastq.promise': fastqPromise,
  'p-queue': pQueue,
  'p-limit': pLimit,
  'async.queue': asyncQueue,
  Effect: effect,
} satisfies Record<string, OpenPool>;
export type PoolName = keyof typeof pools;

/** Those that take most of the time. */
export const slowPools: readonly PoolName[] = [
  'mergeMap',
  'fastq.promise',
  'p-queue',
  'p-limit',
  'async.queue',
  'Effect',
];
