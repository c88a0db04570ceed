import type { Target } from './Benchmark.ts';
import type { CaseName, Results } from './Results.ts';

/** The bound of a target: one of the two. */
type Bound = Pick<Target, 'atLeast'> | Pick<Target, 'atMost'>;

/** A bound for a case's median. */
export function absolute(name: CaseName, metric: string, unit: string, bound: Bound, what: string): Target {
  return {
    text: `${nameOf(name)}: ${what}`,
    unit,
    ...bound,
    figure: (results) => results.figure(name, metric)?.median,
  };
}

/** A bound for a case's median as a multiple of another's. */
export function relative(name: CaseName, reference: CaseName, metric: string, bound: Bound): Target {
  const other = name[0] === reference[0] ? reference[1] : nameOf(reference);
  return {
    text: `${nameOf(name)} to ${other}`,
    unit: 'x',
    ...bound,
    figure: (results) => results.ratio(name, reference, metric),
  };
}

/** What a target came to. */
export interface Verdict {
  readonly target: Target;
  readonly figure: number | undefined;
  readonly met: boolean;
}

export function judge(target: Target, results: Results): Verdict {
  const figure = target.figure(results);
  const { atLeast = -Infinity, atMost = Infinity } = target;
  return { target, figure, met: figure !== undefined && figure >= atLeast && figure <= atMost };
}

function nameOf([group, name]: CaseName): string {
  return `${name}, ${group}`;
}
