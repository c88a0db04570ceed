import { join } from 'node:path';
import * as ts from 'typescript';
import { runExamples } from './support/example.ts';
import { root } from './support/repository.ts';

const entryPoints = {
  'rxjs-genstage': 'src/index.ts',
  'rxjs-genstage/testing': 'src/testing/index.ts',
  'rxjs-genstage/engine': 'src/engine/index.ts',
};

interface Export {
  readonly name: string;
  readonly from: string;
  readonly isValue: boolean;
  readonly text: string;
  readonly example: string;
  /** The members that users see and that have no docstring. */
  readonly bareMembers: readonly string[];
}

const exported = exportsOf(entryPoints);
const values = exported.filter(({ isValue }) => isValue);

jest.setTimeout(60_000);

describe('Every export', () => {
  it.each(exported)('$name has a docstring', ({ text }) => {
    expect(text).toMatch(/\S/);
  });

  it.each(exported)('$name has no member without a docstring', ({ bareMembers }) => {
    expect(bareMembers).toEqual([]);
  });

  describe('that is a value', () => {
    let outputs: readonly string[] = [];

    beforeAll(async () => {
      outputs = await runExamples(values.map(({ example }) => withImports(codeOf(example))));
    });

    it.each(values.map((value, nth) => ({ ...value, nth })))(
      '$name has an example that prints what it says',
      ({ example, nth }) => {
        const says = [...codeOf(example).matchAll(/\/\/ => (.*)$/gm)].map(([, line = '']) => line);
        expect(says).not.toEqual([]);
        expect(outputs[nth]?.split('\n')).toEqual(says);
      },
    );
  });
});

/** The program in an example. */
function codeOf(example: string): string {
  return /^```ts\n(.*)\n```$/s.exec(example.trim())?.[1] ?? '';
}

/** Puts imports of the exports and of RxJS that the example names in front of it. */
function withImports(code: string): string {
  const names = [
    ...values.map(({ name, from }) => ({ name, from })),
    ...['concatMap', 'delay', 'filter', 'map', 'of', 'take', 'timer'].map((name) => ({ name, from: 'rxjs' })),
    { name: 'deepStrictEqual', from: 'node:assert' },
  ];
  const used = names.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(code));
  return [...used.map(({ name, from }) => `import { ${name} } from '${from}';`), code].join('\n');
}

function exportsOf(entries: Readonly<Record<string, string>>): Export[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(
    Object.values(entries).map((file) => join(root, file)),
    options,
  );
  const checker = program.getTypeChecker();
  const found = new Map<ts.Symbol, Export>();
  for (const [from, file] of Object.entries(entries)) {
    const source = program.getSourceFile(join(root, file));
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file} is no module`);
    for (const alias of checker.getExportsOfModule(module)) {
      const symbol = alias.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(alias) : alias;
      if (found.has(symbol)) continue;
      const typeOnly = alias.declarations?.some(
        (node) => ts.isExportSpecifier(node) && (node.isTypeOnly || node.parent.parent.isTypeOnly),
      );
      found.set(symbol, {
        name: alias.name,
        from,
        isValue: !typeOnly && (symbol.flags & ts.SymbolFlags.Value) !== 0,
        text: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
        example: symbol
          .getJsDocTags(checker)
          .filter(({ name }) => name === 'example')
          .map(({ text }) => ts.displayPartsToString(text))
          .join('\n'),
        bareMembers: bareMembers(symbol, checker),
      });
    }
  }
  return [...found.values()];
}

function bareMembers(symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  return [...(symbol.members?.values() ?? [])]
    .filter((member) => !/^__/.test(member.name) && !/#/.test(member.name))
    .filter((member) => !member.getJsDocTags(checker).some(({ name }) => name === 'internal'))
    .filter(
      (member) => member.flags & (ts.SymbolFlags.Property | ts.SymbolFlags.Method | ts.SymbolFlags.Accessor),
    )
    .filter((member) => member.getDocumentationComment(checker).length === 0)
    .map(({ name }) => name);
}
