import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync, type ModuleConfig } from '@swc/core';
import { codeBlock } from './support/markdown.ts';
import { root } from './support/repository.ts';
import { run, runTool } from './support/run.ts';

// The package as its users get it: built, packed, installed in projects of each kind, and run there.

jest.setTimeout(60_000);

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

// README.md's first example, and what README.md says that it prints.
const { code: example, index } = codeBlock('README.md', 'ts');
const output = codeBlock('README.md', 'text', index).code;
const folder = mkdtempSync(join(tmpdir(), 'rxjs-genstage-'));
let packed: Packed;
let tarball: string;

beforeAll(async () => {
  await run('npm', ['run', 'build']);
  const json = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]);
  [packed] = JSON.parse(json) as [Packed];
  tarball = join(folder, packed.filename);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('The packed files', () => {
  it('are dist, src and the files about the package', () => {
    const others = packed.files.map(({ path }) => path).filter((path) => !/^(dist|src)\//.test(path));
    expect(others.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
  });

  it('include each entry point, for import and for require, with types and sources', () => {
    const paths = packed.files.map(({ path }) => path);
    for (const entry of ['index', 'testing/index', 'engine/index']) {
      expect(paths).toEqual(
        expect.arrayContaining([
          `src/${entry}.ts`,
          ...['cjs', 'esm'].flatMap((format) => [
            `dist/${format}/${entry}.js`,
            `dist/${format}/${entry}.d.ts`,
          ]),
        ]),
      );
    }
  });

  it('satisfy publint', async () => {
    await expect(runTool('publint', ['--strict', tarball])).resolves.toContain('All good!');
  });

  it('satisfy attw', async () => {
    // It fails if it finds a problem.
    await expect(runTool('attw', [tarball, '--profile', 'node16'])).resolves.toContain(
      'rxjs-genstage/engine',
    );
  });
});

describe("README.md's first example", () => {
  it('prints what README.md says, in an ECMAScript module', async () => {
    const project = await install('esm', { type: 'module' });
    write(project, 'example.js', javascript('es6'));
    await expect(run(process.execPath, ['example.js'], project)).resolves.toBe(`${output}\n`);
  });

  it('prints what README.md says, in a CommonJS module', async () => {
    const project = await install('commonjs', { type: 'commonjs' });
    write(project, 'example.js', javascript('commonjs'));
    await expect(run(process.execPath, ['example.js'], project)).resolves.toBe(`${output}\n`);
  });

  it.each([
    ['NodeNext, ECMAScript modules', 'module', 'nodenext', 'nodenext'],
    ['NodeNext, CommonJS', 'commonjs', 'nodenext', 'nodenext'],
    ['bundler', 'module', 'esnext', 'bundler'],
  ])('prints what README.md says, in TypeScript (%s)', async (name, type, module, moduleResolution) => {
    const project = await install(name.replace(/\W+/g, '-'), { type });
    typescript(project, { module, moduleResolution });
    write(project, 'example.ts', example);
    await runTool('tsc', [], project);
    await expect(run(process.execPath, ['example.js'], project)).resolves.toBe(`${output}\n`);
  });
});

describe('The types', () => {
  it('refuse an RxJS operator between stages, where demand would be lost', async () => {
    const project = await install('types', { type: 'module' });
    typescript(project, { module: 'nodenext', moduleResolution: 'nodenext' });
    write(
      project,
      'misuse.ts',
      `import { map } from 'rxjs';
      import { DemandQueue } from 'rxjs-genstage';
      const queue = new DemandQueue<number>();
      // @ts-expect-error -- map takes an Observable, and knows nothing of demand
      queue.pipe(map((x: number) => x + 1));`,
    );
    await runTool('tsc', [], project);
  });
});

describe('The browser build', () => {
  it('is made of the ECMAScript modules and runs without anything of Node', async () => {
    const project = await install('browser', { type: 'module' });
    write(project, 'example.js', javascript('es6'));
    write(
      project,
      'entry.js',
      `import './example.js';
      export * from 'rxjs-genstage';
      export * as testing from 'rxjs-genstage/testing';
      export * as engine from 'rxjs-genstage/engine';`,
    );
    // For a browser esbuild fails on an import of a Node built-in.
    const options = ['--bundle', '--platform=browser', '--format=iife', '--global-name=bundle'];
    await runTool(
      'esbuild',
      ['entry.js', ...options, '--outfile=bundle.js', '--metafile=meta.json'],
      project,
    );

    const { inputs } = JSON.parse(readFileSync(join(project, 'meta.json'), 'utf8')) as { inputs: object };
    const ours = Object.keys(inputs).filter((path) => path.startsWith('node_modules/rxjs-genstage/'));
    expect(ours).toContain('node_modules/rxjs-genstage/dist/esm/index.js');
    expect(ours.filter((path) => !path.includes('/dist/esm/'))).toEqual([]);

    write(
      project,
      'page.js',
      `import { readFileSync } from 'node:fs';
      import { runInNewContext } from 'node:vm';
      const { console, setTimeout, clearTimeout, setInterval, clearInterval, queueMicrotask } = globalThis;
      const { AbortController, AbortSignal, MessageChannel, performance } = globalThis;
      runInNewContext(readFileSync('bundle.js', 'utf8'), {
        ...{ console, setTimeout, clearTimeout, setInterval, clearInterval, queueMicrotask },
        ...{ AbortController, AbortSignal, MessageChannel, performance },
      });`,
    );
    await expect(run(process.execPath, ['page.js'], project)).resolves.toBe(`${output}\n`);
  });
});

/** Makes a project that depends on the packed library and RxJS, installs them, and gives its folder. */
async function install(name: string, manifest: object): Promise<string> {
  const project = join(folder, name);
  mkdirSync(project);
  // RxJS is linked to the one in node_modules, so that installing takes no network.
  const dependencies = {
    rxjs: `file:${join(root, 'node_modules/rxjs')}`,
    'rxjs-genstage': `file:${tarball}`,
  };
  write(project, 'package.json', JSON.stringify({ private: true, ...manifest, dependencies }));
  await run('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], project);
  return project;
}

function typescript(project: string, compilerOptions: object): void {
  const options = { strict: true, target: 'es2022', lib: ['es2022', 'dom'], types: [], ...compilerOptions };
  write(project, 'tsconfig.json', JSON.stringify({ compilerOptions: options }));
}

function javascript(type: ModuleConfig['type']): string {
  const { code } = transformSync(example, {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type },
  });
  return code;
}

function write(project: string, path: string, text: string): void {
  writeFileSync(join(project, path), text);
}
