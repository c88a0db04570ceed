import { readFileSync } from 'node:fs';
import { Module } from 'node:module';
import { join } from 'node:path';
import { transformSync } from '@swc/core';
import { ENDS } from './example.ts';
import { root } from './repository.ts';

// Runs the examples that it reads from standard input, a JSON array of programs, one after the other: the next begins
// when the event loop has nothing left to do for the last.

const examples = JSON.parse(readFileSync(0, 'utf8')) as readonly string[];
let next = 0;

process.on('beforeExit', () => {
  if (next > 0) console.log(ENDS);
  const code = examples[next++];
  if (code === undefined) return;
  // Even a program that does nothing later has an end.
  setImmediate(() => {
    run(code, next);
  });
});
process.on('uncaughtException', (error) => {
  console.log('Uncaught', error);
});

/** Programs may await at their top level. */
function run(code: string, number: number): void {
  const imports = [...code.matchAll(/^import [^;]*;$/gms)].map(([statement]) => statement);
  const body = imports.reduce((rest, statement) => rest.replace(statement, ''), code);
  const program = [...imports, 'void (async () => {', body, '})();'].join('\n');
  const { code: javascript } = transformSync(program, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  const filename = join(root, `example-${String(number)}.js`);
  const module = new Module(filename) as Module & { _compile(code: string, filename: string): void };
  module.paths = [join(root, 'node_modules')];
  module._compile(javascript, filename);
}
