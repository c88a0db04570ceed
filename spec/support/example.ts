import { transformSync } from '@swc/core';
import { runTool } from './run.ts';

/** Runs an example of the documentation as a program of its own until it ends, and returns what it printed. */
export async function runExample(code: string): Promise<string> {
  return (await runTool('ts-node', ['--eval', code])).trimEnd();
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
