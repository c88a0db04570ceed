import type { Benchmark, Group } from './Benchmark.ts';
import type { Results } from './Results.ts';
import { digits } from './format.ts';
import { table } from './table.ts';
import { judge, type Verdict } from './targets.ts';

/** The figures of a benchmark as text: a table for each group, then the targets. */
export function report(benchmark: Benchmark, results: Results): string {
  const verdicts = verdictsOf(benchmark, results).map((verdict) => `  ${showVerdict(verdict)}`);
  return [
    `# ${benchmark.name}: ${benchmark.about}`,
    ...(benchmark.notes ?? []).map((note) => `  ${note}`),
    ...benchmark.groups.map((group) => `\n${showGroup(benchmark, group, results)}`),
    ...(verdicts.length > 0 ? ['', 'Targets', ...verdicts] : []),
    '',
  ].join('\n');
}

export function verdictsOf(benchmark: Benchmark, results: Results): Verdict[] {
  return benchmark.targets.map((target) => judge(target, results));
}

/** The figures of a benchmark as plain data. */
export function data(benchmark: Benchmark, results: Results): object {
  const { name, about, reference, metrics } = benchmark;
  return {
    name,
    about,
    reference,
    groups: benchmark.groups.map((group) => ({
      name: group.name,
      cases: group.cases.map((subject) => ({
        name: subject.name,
        metrics: Object.fromEntries(
          metrics.map(({ key }) => [
            key,
            {
              ...results.figure([group.name, subject.name], key),
              ratio: results.ratio([group.name, subject.name], [group.name, reference], key),
            },
          ]),
        ),
      })),
    })),
    targets: verdictsOf(benchmark, results).map(
      ({ target: { text, unit, atLeast, atMost }, figure, met }) => ({
        text,
        unit,
        atLeast,
        atMost,
        figure,
        met,
      }),
    ),
  };
}

function showGroup(benchmark: Benchmark, group: Group, results: Results): string {
  const { metrics, reference } = benchmark;
  const head = [group.name, ...metrics.flatMap(({ title }) => [title, 'min - max', `x ${reference}`])];
  const rows = group.cases.map(({ name }) => [
    name,
    ...metrics.flatMap(({ key, format }) => {
      const figure = results.figure([group.name, name], key);
      if (!figure) return ['-', '', ''];
      const ratio = results.ratio([group.name, name], [group.name, reference], key);
      return [
        format(figure.median),
        `${format(figure.min)} - ${format(figure.max)}`,
        ratio === undefined || !Number.isFinite(ratio) ? '-' : digits(ratio),
      ];
    }),
  ]);
  return table([head, ...rows]);
}

function showVerdict({ target, figure, met }: Verdict): string {
  const { text, unit, atLeast, atMost } = target;
  const bound = atLeast === undefined ? `at most ${atMost ?? Infinity}` : `at least ${atLeast}`;
  const found = figure === undefined ? 'not measured' : `${digits(figure)} ${unit}`;
  return `${met ? 'met   ' : 'missed'}  ${text}: ${found} (${bound} ${unit})`;
}
