import type { Sample } from './Benchmark.ts';
import { median } from './stats.ts';

/** What a metric of a case came to over the rounds. */
export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** In the order of the rounds. */
  readonly rounds: readonly number[];
}

/** A case by the names of its group and its own. */
export type CaseName = readonly [group: string, name: string];

/** The samples of one benchmark. */
export class Results {
  readonly #samples = new Map<string, Map<number, Sample>>();

  add(name: CaseName, round: number, sample: Sample): void {
    const key = keyOf(name);
    const samples = this.#samples.get(key) ?? new Map<number, Sample>();
    this.#samples.set(key, samples.set(round, sample));
  }

  figure(name: CaseName, metric: string): Figure | undefined {
    const values = [...this.#values(name, metric).values()];
    if (values.length === 0) return undefined;
    return {
      median: median(values),
      min: Math.min(...values),
      max: Math.max(...values),
      rounds: values,
    };
  }

  /** The median of one case over the median of another, both of the rounds that had both. */
  ratio(name: CaseName, reference: CaseName, metric: string): number | undefined {
    const above = this.#values(name, metric);
    const below = this.#values(reference, metric);
    const rounds = [...above.keys()].filter((round) => below.has(round));
    if (rounds.length === 0) return undefined;
    return (
      median(rounds.map((round) => above.get(round)!)) / median(rounds.map((round) => below.get(round)!))
    );
  }

  #values(name: CaseName, metric: string): Map<number, number> {
    const values = new Map<number, number>();
    for (const [round, sample] of this.#samples.get(keyOf(name)) ?? []) {
      const value = sample[metric];
      if (value !== undefined) values.set(round, value);
    }
    return values;
  }
}

function keyOf(name: CaseName): string {
  return JSON.stringify(name);
}
