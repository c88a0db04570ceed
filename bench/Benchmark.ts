import type { Results } from './Results.ts';

/** What one run of a case gives: a number for each metric that it can measure. */
export type Sample = Readonly<Record<string, number>>;

/** One subject of a benchmark. It runs in a process of its own, once a round. */
export interface Case {
  readonly name: string;
  /** Takes so long that about every second round will do. */
  readonly slow?: boolean;
  run(): Promise<Sample>;
}

/** Cases that are compared with each other: one table. */
export interface Group {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** One of the numbers of a sample. */
export interface Metric {
  readonly key: string;
  /** What is counted, and its unit. */
  readonly title: string;
  readonly format: (value: number) => string;
}

/** A bound that a figure of the results must keep. */
export interface Target {
  readonly text: string;
  readonly unit: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** The figure; undefined if the results do not hold what it is made of. */
  figure(results: Results): number | undefined;
}

export interface Benchmark {
  readonly name: string;
  /** One sentence: what is measured. */
  readonly about: string;
  /** How many rounds it takes by default. */
  readonly rounds: number;
  /** The case that the others of its group are compared with. */
  readonly reference: string;
  readonly metrics: readonly Metric[];
  readonly groups: readonly Group[];
  readonly targets: readonly Target[];
  /** What the reader of the figures must know. */
  readonly notes?: readonly string[];
}
