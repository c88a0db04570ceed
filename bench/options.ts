import { parseArgs } from 'node:util';
import type { Benchmark } from './Benchmark.ts';
import { benchmarks } from './cases/index.ts';

export interface Options {
  readonly selected: readonly Benchmark[];
  readonly list: boolean;
  readonly check: boolean;
  /** Where the figures are to be written, as JSON. */
  readonly json: string | undefined;
  /** How many rounds, if not what each benchmark takes by default. */
  readonly rounds: number | undefined;
}

/** Reads the command line. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      json: { type: 'string' },
      rounds: { type: 'string' },
    },
  });
  const { list, check, json } = values;
  const rounds = values.rounds === undefined ? undefined : readRounds(values.rounds);
  return { selected: select(positionals), list, check, json, rounds };
}

function select(names: readonly string[]): readonly Benchmark[] {
  const known = benchmarks.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no benchmark "${unknown}". There are: ${known.join(', ')}`);
  }
  return names.length === 0 ? benchmarks : benchmarks.filter(({ name }) => names.includes(name));
}

function readRounds(text: string): number {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds > 0) return rounds;
  throw new Error(`Expected \`--rounds\` to be a positive integer, got ${text}`);
}
