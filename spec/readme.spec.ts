import { codeBlocks } from './support/markdown.ts';
import { read } from './support/repository.ts';

const blocks = codeBlocks('README.md');

// Its examples run with those of the other documents, in docs.spec.ts.
describe('README.md', () => {
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
});
