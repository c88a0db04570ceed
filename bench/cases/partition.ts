import type { Benchmark } from '../Benchmark.ts';
import { large } from '../format.ts';
import * as engine from '../fanouts/engine.ts';
import * as genstage from '../fanouts/genstage.ts';
import * as hand from '../fanouts/hand.ts';
import * as nodeStreams from '../fanouts/nodeStreams.ts';
import * as peers from '../fanouts/peers.ts';
import * as webStreams from '../fanouts/webStreams.ts';
import { relative } from '../targets.ts';
import { fanOut } from './fanOut.ts';

const ARRAYS = 'arrays of 1000';
const EVENT_FUNCTIONS = 'function of one event, arrays of 1000';
const ONE_BY_ONE = 'one by one';

const { flow, slow } = fanOut((events) => events.checkPartition());

export const partition: Benchmark = {
  name: 'partition',
  about: 'integers from a source to four sinks, each to one by its hash',
  notes: [
    'hand waits a microtask before it asks again. Node and the web have no such thing: a sink sorts, and waits for those',
    'that are full. Effect hands on what there is, up to 1,000 or one at a time. RxJS has no back-pressure.',
  ],
  rounds: 2,
  reference: 'hand',
  metrics: [{ key: 'rate', title: 'events/s', format: large }],
  groups: [
    {
      name: ARRAYS,
      cases: [
        flow('hand', hand.handPartition, 1000),
        flow('hand, sync', hand.handPartitionSync, 1000),
        flow('rxjs-genstage', genstage.genstagePartition, 1000),
        flow('rxjs-genstage/engine', engine.enginePartition, 1000),
        flow('Node streams', nodeStreams.nodePartitionArrays, 1000),
        slow('Effect, groupByKey', peers.effectPartition, 1000),
      ],
    },
    {
      name: EVENT_FUNCTIONS,
      cases: [
        flow('hand', hand.handPartitionEach, 1000),
        flow('rxjs-genstage', genstage.genstagePartitionEach, 1000),
        flow('Node streams', nodeStreams.nodePartitionEach, 1000),
      ],
    },
    {
      name: ONE_BY_ONE,
      cases: [
        flow('hand', hand.handPartitionOneByOne, 1),
        flow('rxjs-genstage', genstage.genstagePartitionConsume, 1),
        flow('rxjs-genstage/engine', engine.enginePartition, 1),
        flow('Node streams', nodeStreams.nodePartition, 16),
        slow('web streams', webStreams.webPartition, 1),
        slow('IxJS, groupBy', peers.ixPartition, 1),
        slow('Effect, groupByKey', peers.effectPartition, 1),
        slow('RxJS, groupBy', peers.rxjsGroupBy, 1),
        slow('RxJS, four filters', peers.rxjsFilter, 1),
      ],
    },
  ],
  targets: [ARRAYS, EVENT_FUNCTIONS].map((group) =>
    relative([group, 'rxjs-genstage'], [group, 'hand'], 'rate', { atLeast: 0.9 }),
  ),
};
