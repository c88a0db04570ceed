import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ts from 'typescript';

const ROOT = join(__dirname, '..');

/**
 * Builds the package as `npm run build` does, and beside it these benchmarks, which find it there by its name as a
 * user's program would.
 *
 * @param folder where to; one of its own, so that nobody else's build comes between
 */
export function build(folder: string): void {
  const out = join(folder, 'dist', 'cjs');
  const options = ['-p', join(ROOT, 'tsconfig.cjs.json'), '--outDir', out, '--declaration', 'false'];
  const tsc = require.resolve('typescript/bin/tsc');
  const args = [tsc, ...options, '--declarationMap', 'false'];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', process.stderr, 'inherit'] });
  if (status !== 0) throw new Error('The package does not build');
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  compile(join(ROOT, 'bench'), join(folder, 'bench'));
}

/** Compiles each file by itself: types are checked elsewhere. */
function compile(from: string, to: string): void {
  const files = readdirSync(from, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const { outputText } = ts.transpileModule(readFileSync(join(from, file), 'utf8'), {
      fileName: file,
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.NodeNext,
        rewriteRelativeImportExtensions: true,
      },
    });
    const output = join(to, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, outputText);
  }
}
