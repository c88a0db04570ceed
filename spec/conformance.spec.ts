import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replay, type Verdict } from '../conformance/replay.ts';
import type { Scenario, TraceStep } from '../conformance/scenario.ts';
import { filesIn, root } from './support/repository.ts';

// Runs of the real GenStage, replayed on our stages. Five of each family; the whole set is not part of the project.

const FOLDER = 'spec/fixtures/traces';

const pathOf = (family: string): string => join(root, FOLDER, `${family}.public.json`);

const load = (family: string): Scenario[] => JSON.parse(readFileSync(pathOf(family), 'utf8')) as Scenario[];

const CRASH = 'crash a GenStage producer by what is refused here';

const families: Record<string, { passed: number; skipped?: Record<string, number> }> = {
  accumulate: { passed: 5 },
  auto_demand: { passed: 5 },
  broadcast: { passed: 5 },
  buffer_overflow: { passed: 5 },
  consumer_supervisor: { passed: 5 },
  demand_churn: { passed: 5 },
  demand_manual: { passed: 5 },
  info_order: { passed: 5 },
  multi_producer: { passed: 5 },
  partition: { passed: 4, skipped: { [CRASH]: 1 } },
  producer_consumer: { passed: 5 },
  seed_queue: { passed: 5 },
};

describe('Our stages do what GenStage did', () => {
  it('in each family that is recorded', () => {
    const names = filesIn(FOLDER).map((path) => path.slice(FOLDER.length + 1).replace('.public.json', ''));
    expect(names.sort()).toEqual(Object.keys(families));
  });

  it.each(Object.entries(families))('in %s', async (family, { passed, skipped = {} }) => {
    const verdicts: Verdict[] = [];
    for (const scenario of load(family)) verdicts.push(await replay(scenario));
    expect(verdicts.filter(({ kind }) => kind === 'failed')).toEqual([]);
    const reasons: Record<string, number> = {};
    for (const verdict of verdicts) {
      if (verdict.kind === 'skipped') reasons[verdict.why] = (reasons[verdict.why] ?? 0) + 1;
    }
    expect({ passed: verdicts.filter(({ kind }) => kind === 'passed').length, skipped: reasons }).toEqual({
      passed,
      skipped,
    });
  });
});

describe('A replay', () => {
  it('fails at the first step that was observed to do something else', async () => {
    const [scenario] = load('demand_manual') as [Scenario];
    const step = scenario.observed.findIndex(({ log }) => Object.values(log).flat(2).includes('events'));
    const tampered = tamper(scenario, step);
    const { log } = scenario.observed[step]!;
    expect(await replay(tampered)).toEqual({
      kind: 'failed',
      step,
      expected: { ...scenario.observed[step], log: { ...log, nobody: [['demand', 1]] } },
      actual: scenario.observed[step],
    });
  });

  it.each(['buffered', 'exits', 'result'])('compares %s, too', async (key) => {
    const [scenario] = load('demand_churn') as [Scenario];
    const other = key === 'result' ? 'exit' : { nobody: 7 };
    const observed = scenario.observed.map((one, i) => (i === 0 ? { ...one, [key]: other } : one));
    expect(await replay({ ...scenario, observed })).toMatchObject({ kind: 'failed', step: 0 });
  });

  it('compares how many children a supervisor has', async () => {
    const [scenario] = load('consumer_supervisor') as [Scenario];
    const observed = scenario.observed.map((one, i) => (i === 1 ? { ...one, children: { sup: 7 } } : one));
    expect(await replay({ ...scenario, observed })).toMatchObject({ kind: 'failed', step: 1 });
  });

  it('knows each step, or says that it does not', async () => {
    const [scenario] = load('demand_manual') as [Scenario];
    const steps = [{ op: 'hibernate', stage: 'p' } as unknown as TraceStep];
    await expect(replay({ ...scenario, steps })).rejects.toThrow(
      'A trace has a step that this replayer does not know: hibernate',
    );
  });
});

describe('The replay program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rxjs-genstage-traces-'));
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('prints a line a file, and ends with 0', async () => {
    const names = ['demand_manual', 'partition', 'consumer_supervisor'];
    expect(await runProgram(names.map(pathOf))).toEqual({
      code: 0,
      stdout: [
        'demand_manual: 5 passed, 0 failed, 0 skipped',
        `partition: 4 passed, 0 failed, 1 skipped (1 ${CRASH})`,
        'consumer_supervisor: 5 passed, 0 failed, 0 skipped',
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  it('names a file of held-out scenarios like one of public ones', async () => {
    const file = write('seed_queue.heldout.json', readFileSync(pathOf('seed_queue'), 'utf8'));
    expect(await runProgram([file])).toMatchObject({
      code: 0,
      stdout: 'seed_queue: 5 passed, 0 failed, 0 skipped\n',
    });
  });

  it('shows the first failure of a file as a difference, and ends with 1', async () => {
    const scenarios = load('demand_manual').map((one, i) => (i === 0 ? one : tamper(one, 1)));
    const file = write('tampered.public.json', JSON.stringify(scenarios));
    const { code, stdout } = await runProgram([pathOf('accumulate'), file]);
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual([
      'accumulate: 5 passed, 0 failed, 0 skipped',
      'tampered: 1 passed, 4 failed, 0 skipped',
    ]);
    const { id, steps } = scenarios[1]!;
    expect(lines[2]).toBe(`  demand_manual #${id}, step 1: ${JSON.stringify(steps[1])}`);
    const difference = lines.slice(3).map((line) => line.trimStart());
    expect(difference.join(' ')).toMatch(/^- .*nobody: \[ \[ 'demand', 1 \] \].* \+ (?!.*nobody)/);
  });

  it.each([
    [
      'is missing',
      () => join(folder, 'missing.json'),
      /ENOENT: no such file or directory, open '.*missing.json'/,
    ],
    ['is no JSON', () => write('no.json', '[{'), /JSON/],
    ['holds no list', () => write('object.json', '{}'), /this is no list of scenarios/],
  ])('says in one line that a file %s, replays the others, and ends with 1', async (_, create, message) => {
    const file = create();
    const { code, stdout, stderr } = await runProgram([file, pathOf('broadcast')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(new RegExp(`^Cannot replay ${file}: .*\\n$`));
    expect(stdout).toBe('broadcast: 5 passed, 0 failed, 0 skipped\n');
  });
});

/** The scenario, as if something else had been observed at `step`. */
function tamper(scenario: Scenario, step: number): Scenario {
  const observed = scenario.observed.map((one, i) =>
    i === step ? { ...one, log: { ...one.log, nobody: [['demand', 1]] } } : one,
  );
  return { ...scenario, observed };
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runProgram(files: readonly string[]): Promise<Outcome> {
  const program = join(root, 'node_modules/.bin/ts-node');
  return new Promise((resolve) => {
    execFile(program, ['conformance/index.ts', ...files], { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
