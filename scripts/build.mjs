// Builds dist/cjs and dist/esm from src. Each gets a package.json that tells Node and bundlers its module format.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const formats = { cjs: 'commonjs', esm: 'module' };

process.chdir(root);
rmSync('dist', { recursive: true, force: true });

for (const [format, type] of Object.entries(formats)) {
  execFileSync(process.execPath, [tsc, '-p', `tsconfig.${format}.json`], { stdio: 'inherit' });
  mkdirSync(`dist/${format}`, { recursive: true });
  writeFileSync(`dist/${format}/package.json`, JSON.stringify({ type, sideEffects: false }, null, 2) + '\n');
}
