import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { root } from './repository.ts';

/** Runs a program to its end and gives its standard output. Rejects with all that it printed if it fails. */
export function run(program: string, args: readonly string[], cwd: string = root): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, encoding: 'utf8', maxBuffer: Infinity }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stdout}\n${stderr}`));
      else resolve(stdout);
    });
  });
}

/** Runs a program of this repository's own node_modules. */
export const runTool = (name: string, args: readonly string[], cwd?: string): Promise<string> =>
  run(join(root, 'node_modules/.bin', name), args, cwd);
