import { parseArgs } from 'node:util';

/** What the command line of demo 4 asks for. */
export interface Options {
  readonly every?: number;
  readonly work?: number;
  readonly workers?: number;
  readonly batches?: number;
  /** A file, or `-` for standard input. */
  readonly from?: string;
}

/** The command line makes no sense; the message says what was expected and what came. */
export class UsageError extends Error {}

export const HELP = `Usage: npm run demo -- [options]

A queue and a pool of workers. Ctrl-C ends it, when the jobs that run are done.

  --every MS    a batch of 11 jobs comes every so many ms (default: 10000)
  --work MS     a job takes so many ms (default: a tenth of --every; 0 with --from)
  --workers N   so many jobs run at a time (default: 2)
  --batches N   end when so many batches are done (default: go on until Ctrl-C)
  --from FILE   instead of batches, take job ids from a file, one a line, or from standard input (-)
  --help        print this`;

const OPTIONS = {
  every: { type: 'string' },
  work: { type: 'string' },
  workers: { type: 'string' },
  batches: { type: 'string' },
  from: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The longest time that Node's timers take, in ms. */
const LONGEST = 2 ** 31 - 1;

/** What was given for each option; undefined for an option without a value. */
type Given = ReadonlyMap<string, string | undefined>;

/** @throws UsageError */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const given = optionsIn(args);
  if (given.has('help')) return 'help';

  const misplaced = ['every', 'batches'].find((name) => given.has(name));
  if (given.has('from') && misplaced) {
    throw new UsageError(`Expected either --from or --${misplaced}, got both`);
  }
  const from = given.get('from');
  if (given.has('from') && !from) throw new UsageError('Expected --from to be a file or -, got nothing');
  return {
    ...integer(given, 'every', 1, ' (ms)'),
    ...integer(given, 'work', 0, ' (ms)'),
    ...integer(given, 'workers', 1),
    ...integer(given, 'batches', 1),
    ...(from && { from }),
  };
}

function optionsIn(args: readonly string[]): Given {
  // Not `strict`: its own messages take several lines.
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  const given = new Map<string, string | undefined>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional' || !Object.hasOwn(OPTIONS, token.name)) {
      const known = Object.keys(OPTIONS).map((name) => `--${name}`);
      const came = token.kind === 'positional' ? token.value : token.rawName;
      throw new UsageError(`Expected one of ${known.join(', ')}, got ${JSON.stringify(came)}`);
    }
    given.set(token.name, token.value);
  }
  return given;
}

function integer(given: Given, name: keyof Options, least: number, unit = ''): Options {
  if (!given.has(name)) return {};
  const text = given.get(name) ?? '';
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > LONGEST) {
    const came = text === '' ? 'nothing' : JSON.stringify(text);
    throw new UsageError(
      `Expected --${name} to be an integer from ${least} to ${LONGEST}${unit}, got ${came}`,
    );
  }
  return { [name]: value };
}
