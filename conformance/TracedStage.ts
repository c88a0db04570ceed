import {
  BroadcastDispatcher,
  PartitionDispatcher,
  Stage,
  type Answer,
  type DispatcherFactory,
  type StageCallbacks,
  type StageOptions,
} from '../src/engine/index.ts';
import type { Subscription } from '../src/engine/index.ts';
import type { TraceReason, TraceStage } from './scenario.ts';

/** Tells the scenario's name of a subscription. */
export type NameOf = (subscription: Subscription<number>) => string;

type Transform = (events: readonly number[]) => readonly number[];

function transformOf(transform: TraceStage['transform']): Transform {
  switch (transform?.type) {
    case 'drop_all':
      return () => [];
    case 'drop_odd':
      return (events) => events.filter((event) => event % 2 === 0);
    case 'sum':
      return (events) => [events.reduce((sum, event) => sum + event, 0)];
    case 'repeat':
      return (events) =>
        events.flatMap((event) => Array.from({ length: transform.k }, (_, i) => event * 10 + i));
    default:
      return (events) => events;
  }
}

function dispatcherOf(spec: TraceStage['dispatcher']): DispatcherFactory<number> | undefined {
  if (spec?.type === 'broadcast') return (host) => new BroadcastDispatcher(host);
  if (spec?.type !== 'partition') return undefined;
  const { partitions = 0, hash = { mod: 1, table: [null] } } = spec;
  return (host) =>
    new PartitionDispatcher(
      {
        partitions,
        hash: (event) => {
          const partition = hash.table[event % hash.mod] ?? null;
          return partition === null ? null : [event + (hash.add ?? 0), partition];
        },
      },
      host,
    );
}

/** A stage as the recorded test stages were: it does what the scenario's topology says, and logs every callback. */
export class TracedStage {
  readonly stage: Stage<number, number>;
  log: unknown[] = [];
  /** Ends the blocked `handleEvents`: in good order, or by a crash. */
  #release: { finish: () => void; crash: (reason: TraceReason) => void } | undefined;
  #pending = 0;
  #jobs: number[] = [];
  #next: number;

  constructor(
    readonly spec: TraceStage,
    private readonly nameOf: NameOf,
    private readonly modeOf: (subscription: Subscription<number>) => 'automatic' | 'manual',
  ) {
    if (spec.type === 'consumer_supervisor') throw new Error('A supervisor is no traced stage');
    this.#next = spec.on_demand?.type === 'counter' ? spec.on_demand.from : 0;
    const dispatcher = dispatcherOf(spec.dispatcher);
    const options: StageOptions<number> = {
      ...(dispatcher && { dispatcher }),
      ...(spec.buffer_size !== undefined && {
        bufferSize: spec.buffer_size === 'infinity' ? Infinity : spec.buffer_size,
      }),
      ...(spec.buffer_keep !== undefined && { bufferKeep: spec.buffer_keep }),
      ...(spec.demand !== undefined && { demand: spec.demand }),
    };
    this.stage = new Stage<number, number>(spec.type, this.#callbacks(), options);
  }

  get name(): string {
    return this.spec.name;
  }

  /** The seed's `nq`: returns what the queue's pending demand lets go at once. */
  enqueue(jobs: readonly number[]): void {
    this.#jobs.push(...jobs);
    this.stage.emit(this.#dequeue(0));
  }

  finish(): void {
    this.#release?.finish();
  }

  crash(reason: TraceReason): void {
    this.#release?.crash(reason);
  }

  #callbacks(): StageCallbacks<number, number> {
    const transform = transformOf(this.spec.transform);
    return {
      handleDemand: (demand) => {
        this.log.push(['demand', demand]);
        return this.#answerDemand(demand);
      },
      handleEvents: (events, from) => {
        const name = this.nameOf(from);
        this.log.push(['events', name, [...events]]);
        if (this.spec.blocking) return this.#block(name);
        return this.spec.type === 'consumer' ? undefined : transform(events);
      },
      handleSubscribe: (kind, subscription) => {
        this.log.push(['subscribed', this.nameOf(subscription)]);
        return kind === 'producer' ? this.modeOf(subscription) : undefined;
      },
      handleCancel: (kind, reason, subscription) => {
        this.log.push(['cancelled', this.nameOf(subscription), kind, reason]);
      },
      handleInfo: (message) => {
        this.log.push(['info', message]);
      },
      discarded: (events, cause) => {
        // The one that GenStage tells of.
        if (cause === 'overflow') this.log.push(['discarded', events.length]);
      },
    };
  }

  #answerDemand(demand: number): Answer<number> {
    const onDemand = this.spec.on_demand;
    if (onDemand?.type === 'queue') return this.#dequeue(demand);
    if (onDemand?.type !== 'counter') return [];
    const count = Math.min(demand + (onDemand.extra ?? 0), onDemand.limit - this.#next);
    return Array.from({ length: Math.max(count, 0) }, () => this.#next++);
  }

  #dequeue(demand: number): readonly number[] {
    const wanted = this.#pending + demand;
    const jobs = this.#jobs.splice(0, wanted);
    this.#pending = wanted - jobs.length;
    return jobs;
  }

  #block(name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#release = {
        finish: () => {
          this.log.push(['finished', name]);
          this.#release = undefined;
          resolve();
        },
        // A reason is what the recorded stage exited with: it need not be an error.

        crash: reject,
      };
    });
  }
}
