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

const { flow, slow } = fanOut((events) => events.checkBroadcast());

export const broadcast: Benchmark = {
  name: 'broadcast',
  about: 'integers from a source to four sinks, each to all',
  notes: [
    'The rate is that of the source. The slowest sink sets the pace; hand waits a microtask between two asks.',
    'RxJS has no back-pressure.',
  ],
  rounds: 2,
  reference: 'hand',
  metrics: [{ key: 'rate', title: 'events/s', format: large }],
  groups: [
    {
      name: ARRAYS,
      cases: [
        flow('hand', hand.handBroadcast, 1000),
        flow('hand, sync', hand.handBroadcastSync, 1000),
        flow('rxjs-genstage', genstage.genstageBroadcast, 1000),
        flow('rxjs-genstage/engine', engine.engineBroadcast, 1000),
        flow('Node streams', nodeStreams.nodeBroadcastArrays, 1000),
        slow('web streams', webStreams.webBroadcastArrays, 1000),
        slow('Effect', peers.effectBroadcast, 1000),
        slow('RxJS, Subject', peers.rxjsBroadcastArrays, 1000),
      ],
    },
    {
      name: EVENT_FUNCTIONS,
      cases: [
        flow('hand', hand.handBroadcastEach, 1000),
        flow('rxjs-genstage', genstage.genstageBroadcastEach, 1000),
        flow('Node streams', nodeStreams.nodeBroadcastEach, 1000),
      ],
    },
    {
      name: ONE_BY_ONE,
      cases: [
        flow('hand', hand.handBroadcastOneByOne, 1),
        flow('rxjs-genstage', genstage.genstageBroadcastConsume, 1),
        flow('rxjs-genstage/engine', engine.engineBroadcast, 1),
        flow('Node streams', nodeStreams.nodeBroadcast, 1),
        slow('web streams', webStreams.webBroadcast, 1),
        slow('IxJS, publish', peers.ixBroadcast, 1),
        slow('Effect', peers.effectBroadcast, 1),
        slow('RxJS, Subject', peers.rxjsBroadcast, 1),
      ],
    },
  ],
  targets: [ARRAYS, EVENT_FUNCTIONS].map((group) =>
    relative([group, 'rxjs-genstage'], [group, 'hand'], 'rate', { atLeast: 0.9 }),
  ),
};
