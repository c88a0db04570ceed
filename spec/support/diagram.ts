import { map, of, type Observable, type ObservableInput } from 'rxjs';
import { asInterop } from './inputs.ts';
import { expectSame, type Flatten } from './sideBySide.ts';

const LABEL_WIDTH = 10;

/** The rows of a diagram by their labels; a label may have several. */
function rowsOf(diagram: string): Map<string, string[]> {
  const lines = diagram.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.search(/\S/)));
  const rows = new Map<string, string[]>();
  for (const line of lines) {
    const label = line.slice(indent, indent + LABEL_WIDTH).trim();
    const row = line.slice(indent + LABEL_WIDTH);
    rows.set(label, [...(rows.get(label) ?? []), row]);
  }
  return rows;
}

type Project = (event: string) => Observable<string>;
/** How the operator is applied. */
export type Use = (
  source: Observable<string>,
  project: Project,
  concurrent: number,
  flatten: Flatten,
) => Observable<string>;

const same = <T>(value: T): T => value;

/** Ways to use the operator that make no difference to what comes out, and must not break a chain of subscriptions. */
export const uses: readonly (readonly [string, Use])[] = [
  ['alone', (source, project, concurrent, flatten) => source.pipe(flatten(project, concurrent))],
  [
    'between operators',
    (source, project, concurrent, flatten) => source.pipe(map(same), flatten(project, concurrent), map(same)),
  ],
  [
    'between others of its kind',
    (source, project, concurrent, flatten) =>
      source.pipe(
        flatten((event) => of(event)),
        flatten(project, concurrent),
        flatten((result) => [result]),
      ),
  ],
  [
    'with the Observables of another library',
    (source, project, concurrent, flatten) => {
      const foreign = (event: string): ObservableInput<string> => asInterop(project(event));
      return source.pipe(
        flatten((event) => of(event)),
        flatten(foreign, concurrent),
        flatten((result) => of(result)),
      );
    },
  ],
];

/** One test for each title and each limit of the diagram's row `N`; `∞` is `Infinity`. */
export function casesOf(
  diagrams: Readonly<Record<string, string>>,
): (readonly [title: string, concurrent: number, diagram: string])[] {
  return Object.entries(diagrams).flatMap(([title, diagram]) => {
    const [row = ''] = rowsOf(diagram).get('N') ?? [];
    const words = row.trim().split(/\s+/);
    return words.map((word) => [title, word === '∞' ? Infinity : Number(word), diagram] as const);
  });
}

/**
 * Expects of both operators what the diagram shows, and the same side effects in the same order. Its rows:
 *
 *     N         1 2 ∞         the limits for which it holds
 *     source    -a---b--|     the source; hot, or cold if its label is `cold`
 *     a         --x--|        what is subscribed to for the event `a`; `hot a` is hot; `*` is for all other events
 *     c         throws        project throws 'error' for the event `c`
 *     ^ a       -^----!       one subscription to it, one row for each; without such a row there is none
 *     result    ---x----|
 *     unsub     -------!      when the result is unsubscribed, if ever
 */
export function expectDiagram(diagram: string, concurrent: number, use: Use): void {
  const rows = rowsOf(diagram);
  const row = (label: string): string => rows.get(label)?.[0] ?? '';
  const throws = (name: string): boolean => row(name).trim() === 'throws';
  const names = [...rows.keys()].filter((name) => /^(hot )?[a-z*]$/.test(name) && !throws(name));

  expectSame((trial) => {
    const { cold, hot, expectObservable, expectSubscriptions, noted, flatten } = trial;
    const inners = new Map(
      names.map((name) => [name.slice(-1), name.startsWith('hot') ? hot(row(name)) : cold(row(name))]),
    );
    const project: Project = (event) => {
      if (throws(event)) throw 'error'; // eslint-disable-line @typescript-eslint/only-throw-error
      return noted(event, inners.get(event) ?? inners.get('*')!);
    };
    const source = rows.has('cold') ? cold(row('cold')) : hot(row('source'));
    const result = use(noted('source', source), project, concurrent, flatten);
    expectObservable(result, row('unsub') || null).toBe(row('result'));
    expectSubscriptions(source.subscriptions).toBe(rows.get('^ source') ?? []);
    for (const [name, inner] of inners) {
      expectSubscriptions(inner.subscriptions).toBe(rows.get(`^ ${name}`) ?? []);
    }
  });
}
