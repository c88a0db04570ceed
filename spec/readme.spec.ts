import { runExample, runTest } from './support/example.ts';
import { readmeBlocks } from './support/readme.ts';
import { read } from './support/repository.ts';

const blocks = readmeBlocks();
const examples = blocks.filter(({ language }) => language === 'ts');
const isTest = ({ code }: { code: string }): boolean => /^it\(/m.test(code);

describe('README.md', () => {
  it.each(examples.filter((block) => !isTest(block)))(
    'block $index prints what it says',
    async ({ code, index }) => {
      const output = blocks[index + 1];
      expect(output?.language).toBe('text');
      await expect(runExample(code)).resolves.toBe(output?.code);
    },
  );

  it.each(examples.filter(isTest))('block $index is a test that passes', ({ code }) => {
    expect.hasAssertions();
    runTest(code);
  });

  it.each(examples.filter(isTest))('block $index is a test that can fail', ({ code }) => {
    expect(() => {
      runTest(code.replace("expected = '  ", "expected = '--"));
    }).toThrow();
  });

  it.each(blocks.filter(({ language }) => language === 'sh'))(
    'block $index names what exists',
    ({ code }) => {
      const { name, peerDependencies, scripts } = JSON.parse(read('package.json')) as {
        name: string;
        peerDependencies: object;
        scripts: object;
      };
      for (const [, packages = ''] of code.matchAll(/npm install (.*)/g)) {
        expect(packages.split(' ').sort()).toEqual([...Object.keys(peerDependencies), name].sort());
      }
      for (const [, script = ''] of code.matchAll(/npm (?:run )?(?!ci\b|install\b)(\w+)/g)) {
        expect(scripts).toHaveProperty(script);
      }
    },
  );

  it('has no block that nothing checks', () => {
    expect([...new Set(blocks.map(({ language }) => language))].sort()).toEqual(['sh', 'text', 'ts']);
  });
});
