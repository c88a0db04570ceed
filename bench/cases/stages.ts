import type { Benchmark, Case, Group, Target } from '../Benchmark.ts';
import { large } from '../format.ts';
import type { OpenPipeline } from '../pipelines/Pipeline.ts';
import * as engine from '../pipelines/engine.ts';
import * as genstage from '../pipelines/genstage.ts';
import * as hand from '../pipelines/hand.ts';
import * as nodeStreams from '../pipelines/nodeStreams.ts';
import * as peers from '../pipelines/peers.ts';
import * as webStreams from '../pipelines/webStreams.ts';
import { Flow } from '../run/Flow.ts';
import { flowRate } from '../run/flowRate.ts';
import { medianRate } from '../run/medianRate.ts';
import { relative } from '../targets.ts';

const EVENTS = 2_000_000;
/** Slow pipelines carry as many events as fit in so much time. */
const LONGEST_RUN_S = 0.5;
const LEAST_S = 0.2;

const ARRAYS = 'arrays of 1000';
const EVENT_FUNCTIONS = 'function of one event, arrays of 1000';
const ONE_BY_ONE = 'one by one';

export const stages: Benchmark = {
  name: 'stages',
  about: 'integers from a source through a stage to a sink, asked for so many at a time',
  notes: [
    `Up to ${large(EVENTS)} events a run, slow pipelines as many as fit in ${LONGEST_RUN_S} s.`,
    'hand waits a microtask between two asks; hand, sync does not. RxJS has no back-pressure.',
    'With a function of one event, rxjs-genstage has handleEvents with a loop as its sink; consume() takes the events',
    'through a Subscriber of RxJS, one by one.',
  ],
  rounds: 2,
  reference: 'hand',
  metrics: [{ key: 'rate', title: 'events/s', format: large }],
  groups: [
    {
      name: ARRAYS,
      cases: [
        ...arrays(1000),
        flow('hand, sync', hand.handArraysSync, 1000),
        flow('rxjs-genstage/engine', engine.engineArrays, 1000),
        slow('web streams', webStreams.webArrays, 1000),
        slow('IxJS', peers.ixArrays, 1000),
        slow('Effect', peers.effectArrays, 1000),
        slow('async generators', peers.generatorArrays, 1000),
        slow('RxJS', peers.rxjsArrays, 1000),
      ],
    },
    ...[100, 10].map((demand): Group => ({ name: `arrays of ${demand}`, cases: arrays(demand) })),
    {
      name: EVENT_FUNCTIONS,
      cases: [
        ...eventFunctions(1000),
        flow('hand, sync', hand.handEventsSync, 1000),
        flow('rxjs-genstage, consume', genstage.genstageConsume, 1000),
        flow('rxjs-genstage/engine', engine.engineEvents, 1000),
        slow('Node streams', nodeStreams.nodeEvents, 1000),
        slow('Effect', peers.effectEvents, 1000),
      ],
    },
    ...[100, 10].map((demand): Group => ({
      name: `function of one event, arrays of ${demand}`,
      cases: eventFunctions(demand),
    })),
    {
      name: ONE_BY_ONE,
      cases: [
        flow('hand', hand.handOneByOne, 1),
        flow('hand, sync', hand.handOneByOneSync, 1),
        flow('rxjs-genstage', genstage.genstageOneByOne, 1),
        flow('rxjs-genstage, arrays', genstage.genstageArrays, 1),
        flow('rxjs-genstage/engine', engine.engineArrays, 1),
        flow('Node streams', nodeStreams.nodeEvents, nodeStreams.HIGH_WATER_MARK),
        flow('Effect, in chunks', peers.effectEvents, 4096),
        slow('Effect', peers.effectEvents, 1),
        slow('web streams', webStreams.webEvents, 1),
        slow('IxJS', peers.ixEvents, 1),
        slow('async generators', peers.generatorEvents, 1),
        slow('RxJS', peers.rxjsEvents, 1),
      ],
    },
  ],
  targets: [
    ...targets(ARRAYS, { hand: 0.6, 'Node streams': 1.1 }),
    ...targets(EVENT_FUNCTIONS, { hand: 0.9 }),
    // Ahead of all that have back-pressure and pass on one by one; Effect does so in chunks by default.
    ...targets(ONE_BY_ONE, {
      'Node streams': 1.5,
      Effect: 1,
      'web streams': 1,
      IxJS: 1,
      'async generators': 1,
    }),
  ],
};

function arrays(demand: number): readonly Case[] {
  return [
    flow('hand', hand.handArrays, demand),
    flow('rxjs-genstage', genstage.genstageArrays, demand),
    flow('Node streams', nodeStreams.nodeArrays, demand),
  ];
}

function eventFunctions(demand: number): readonly Case[] {
  return [flow('hand', hand.handEvents, demand), flow('rxjs-genstage', genstage.genstageEvents, demand)];
}

function flow(name: string, open: OpenPipeline, demand: number): Case {
  const run = (total: number) => {
    const events = new Flow(total);
    return flowRate(
      total,
      () => open(events, demand),
      () => events.check(),
    );
  };
  return { name, run: async () => ({ rate: await medianRate(run, EVENTS, LONGEST_RUN_S, LEAST_S) }) };
}

function slow(name: string, open: OpenPipeline, demand: number): Case {
  return { ...flow(name, open, demand), slow: true };
}

function targets(group: string, bounds: Readonly<Record<string, number>>): readonly Target[] {
  return Object.entries(bounds).map(([name, atLeast]) =>
    relative([group, 'rxjs-genstage'], [group, name], 'rate', { atLeast }),
  );
}
