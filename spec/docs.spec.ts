import { posix } from 'node:path';
import * as ts from 'typescript';
import { runExamples, runTest } from './support/example.ts';
import { codeBlocks, isTest, type CodeBlock } from './support/markdown.ts';
import { filesIn, read, root } from './support/repository.ts';

const documents = ['README.md', ...filesIn('docs').filter((path) => path.endsWith('.md'))];
const blocks = documents.flatMap((path) => codeBlocks(path));
const examples = blocks.filter(({ language }) => language === 'ts');
const programs = examples.filter((block) => !isTest(block));
const tests = examples.filter(isTest);

/** The block after another one. */
const after = ({ path, index }: CodeBlock): CodeBlock | undefined => codeBlocks(path)[index + 1];

jest.setTimeout(60_000);

describe('The programs in the documents', () => {
  let outputs: readonly string[] = [];

  beforeAll(async () => {
    outputs = await runExamples(programs.map(({ code }) => code));
  });

  it.each(programs.map((block, nth) => ({ ...block, nth })))(
    '$path, block $index, prints what it says',
    (block) => {
      const output = after(block);
      expect(output?.language).toBe('text');
      expect(outputs[block.nth]).toBe(output?.code);
    },
  );
});

describe('The tests in the documents', () => {
  it.each(tests)('$path, block $index, passes', ({ code }) => {
    expect.hasAssertions();
    runTest(code);
  });

  it.each(tests)('$path, block $index, can fail', ({ code }) => {
    const wrong = code.replace("expected = '  ", "expected = '--");
    expect(wrong).not.toBe(code);
    expect(() => {
      runTest(wrong);
    }).toThrow();
  });
});

describe('The documents', () => {
  it('have no block that nothing checks', () => {
    expect([...new Set(blocks.map(({ language }) => language))].sort()).toEqual(['sh', 'text', 'ts']);
  });

  it('have only examples whose types are right', () => {
    expect(diagnosticsOf(examples)).toEqual([]);
  });

  it('link to what exists', () => {
    const broken = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map(([, target = '']) => posix.join(posix.dirname(path), target))
        .filter((target) => !exists(target))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});

function exists(path: string): boolean {
  const folder = path.replace(/\/$/, '');
  return ts.sys.fileExists(posix.join(root, folder)) || ts.sys.directoryExists(posix.join(root, folder));
}

/** Compiles each example as a file of the repository's root. */
function diagnosticsOf(all: readonly CodeBlock[]): string[] {
  const { config } = ts.readConfigFile(posix.join(root, 'tsconfig.json'), (path) =>
    ts.sys.readFile(path),
  ) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const sources = new Map(
    all.map(({ path, index, code }) => [
      posix.join(root, `${path.replaceAll('/', '-')}-${index}.mts`),
      `${code}\nexport {};\n`,
    ]),
  );
  const files = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...files,
    fileExists: (path) => sources.has(path) || files.fileExists(path),
    readFile: (path) => sources.get(path) ?? files.readFile(path),
    getSourceFile: (path, version, ...rest) => {
      const text = sources.get(path);
      return text === undefined
        ? files.getSourceFile(path, version, ...rest)
        : ts.createSourceFile(path, text, version);
    },
  };
  const program = ts.createProgram([...sources.keys()], { ...options, noUnusedLocals: false }, host);
  return [...sources.keys()].flatMap((path) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path))
      .map(
        ({ messageText }) =>
          `${path.slice(root.length + 1)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      ),
  );
}
