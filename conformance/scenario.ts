/** The schema of a recorded trace: what was done to real GenStage stages, and what they did. */

export type TraceReason = string | readonly string[];

export interface TraceHash {
  readonly mod: number;
  readonly table: readonly (string | number | null)[];
  readonly add?: number;
}

export interface TraceStage {
  readonly name: string;
  readonly type: 'producer' | 'producer_consumer' | 'consumer' | 'consumer_supervisor';
  readonly dispatcher?: {
    readonly type: 'demand' | 'broadcast' | 'partition';
    readonly partitions?: number | readonly (string | number)[];
    readonly hash?: TraceHash;
  };
  readonly buffer_size?: number | 'infinity';
  readonly buffer_keep?: 'first' | 'last';
  readonly demand?: 'forward' | 'accumulate';
  readonly on_demand?:
    | { readonly type: 'none' }
    | { readonly type: 'counter'; readonly from: number; readonly limit: number; readonly extra?: number }
    | { readonly type: 'queue' };
  readonly transform?:
    | { readonly type: 'identity' | 'drop_all' | 'drop_odd' | 'sum' }
    | { readonly type: 'repeat'; readonly k: number };
  readonly blocking?: boolean;
  readonly restart?: 'temporary' | 'transient';
  readonly max_restarts?: number;
  /** The events whose start answers "ignore". */
  readonly ignore?: readonly number[];
  /** The events whose start fails. */
  readonly fail?: readonly number[];
}

export interface TraceSubscribe {
  readonly sub: string;
  readonly consumer: string;
  readonly to: string;
  readonly mode: 'automatic' | 'manual';
  readonly cancel: 'permanent' | 'transient' | 'temporary';
  readonly max_demand?: number;
  readonly min_demand?: number;
  readonly partition?: string | number;
  readonly selector?: { readonly mod: number; readonly in: readonly number[] };
}

export type TraceStep =
  | ({ readonly op: 'subscribe' } & TraceSubscribe)
  | ({ readonly op: 'resubscribe'; readonly old: string; readonly reason: TraceReason } & TraceSubscribe)
  | { readonly op: 'ask'; readonly sub: string; readonly n: number }
  | { readonly op: 'cancel'; readonly sub: string; readonly reason: TraceReason }
  | { readonly op: 'emit'; readonly stage: string; readonly events: readonly number[] }
  | { readonly op: 'enqueue'; readonly stage: string; readonly jobs: readonly number[] }
  | { readonly op: 'demand'; readonly stage: string; readonly mode: 'forward' | 'accumulate' }
  | { readonly op: 'info'; readonly stage: string; readonly mode: 'sync' | 'async'; readonly msg: string }
  | { readonly op: 'stop'; readonly stage: string; readonly reason: TraceReason }
  | { readonly op: 'finish'; readonly stage: string }
  | { readonly op: 'crash'; readonly stage: string; readonly reason: TraceReason }
  | {
      readonly op: 'finish_child';
      readonly stage: string;
      readonly event: number;
      readonly reason: TraceReason;
    };

export interface TraceObservation {
  readonly log: Readonly<Record<string, readonly unknown[]>>;
  readonly buffered: Readonly<Record<string, number>>;
  readonly exits?: Readonly<Record<string, TraceReason>>;
  readonly result?: string;
  readonly children?: Readonly<Record<string, number>>;
}

export interface Scenario {
  readonly family: string;
  readonly id: number;
  readonly topology: { readonly stages: readonly TraceStage[] };
  readonly steps: readonly TraceStep[];
  readonly observed: readonly TraceObservation[];
}
