import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { transformSync } from '@swc/core';
import { root } from './repository.ts';

/** The line that an example's output ends with. */
export const ENDS = '--- the example has ended ---';

/** Runs examples of the documentation, as programs of their own, until each ends; returns what each has printed. */
export function runExamples(codes: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const runner = [join(root, 'spec/support/exampleRunner.ts')];
    const child = spawn(join(root, 'node_modules/.bin/ts-node'), runner, { cwd: root });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      const outputs = output.split(`${ENDS}\n`).slice(0, -1);
      if (exitCode === 0 && outputs.length === codes.length) resolve(outputs.map((text) => text.trimEnd()));
      else
        reject(new Error(`Example ${outputs.length} of ${codes.length} did not end:\n${output}\n${errors}`));
    });
    child.stdin.end(JSON.stringify(codes));
  });
}

/** Runs an example that is a jest test, in this test: `it('...', () => { ... })` without the frame. */
export function runTest(code: string): void {
  const body = /^(.*)^it\('[^']*', \(\) => \{$(.*)^\}\);$/ms.exec(code);
  if (!body) throw new Error('The example is no test');
  const { code: javascript } = transformSync(`${body[1] ?? ''}${body[2] ?? ''}`, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  // An example is text: there is no other way to run it.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const run = new Function('require', 'exports', javascript) as (require: unknown, exports: object) => void;
  run((name: string) => jest.requireActual<object>(name), {});
}
