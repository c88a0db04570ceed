'use strict';

// The layers of src, from the bottom up:
//   engine, dispatchers  <-  types.ts  <-  face  <-  producers, stages, consumers  <-  index.ts
// `types.ts` holds types only. `testing` may use all of them but not index.ts.

/** @param {string} name @param {string} comment @param {object} from @param {object} to */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid('no-cycles', 'No import cycles, of types neither.', { path: '^src/' }, { circular: true }),
    forbid('no-unresolved', 'Every import exists.', { path: '^src/' }, { couldNotResolve: true }),
    forbid(
      'engine-stands-alone',
      'The engine and the dispatchers import nothing but each other: no RxJS.',
      { path: '^src/(engine|dispatchers)/' },
      { pathNot: ['^src/engine/', '^src/dispatchers/'] },
    ),
    forbid(
      'types-import-little',
      'types.ts and options.ts import nothing but RxJS, the engine and each other.',
      { path: '^src/(types|options)\\.ts$' },
      { pathNot: ['^node_modules/rxjs/', '^src/engine/', '^src/options\\.ts$'] },
    ),
    forbid(
      'types-import-types',
      'types.ts and options.ts import with `import type`.',
      { path: '^src/(types|options)\\.ts$' },
      { dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'face-is-below',
      'What producers, stages and consumers share knows none of them.',
      { path: '^src/face/' },
      { path: '^src/(producers|stages|consumers|testing)/' },
    ),
    forbid(
      'no-node-built-ins',
      'The library runs in a browser.',
      { path: '^src/' },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'rxjs-is-the-only-package',
      'RxJS is the only dependency.',
      { path: '^src/' },
      { path: '(^|/)node_modules/', pathNot: '^node_modules/rxjs/' },
    ),
    forbid(
      'src-stays-in-src',
      'src imports nothing of the repository outside src.',
      { path: '^src/' },
      { pathNot: ['^src/', '(^|/)node_modules/'], dependencyTypesNot: ['core', 'unknown'] },
    ),
    forbid(
      'rxjs-testing-in-testing-only',
      "Only src/testing imports 'rxjs/testing'.",
      { path: '^src/', pathNot: '^src/testing/' },
      { path: '^node_modules/rxjs/.*testing' },
    ),
    forbid(
      'testing-is-apart',
      'Nothing in src imports src/testing: it is an entry point of its own.',
      { path: '^src/', pathNot: '^src/testing/' },
      { path: '^src/testing/' },
    ),
    forbid(
      'index-is-for-users',
      'src/index.ts only lists the public API; nothing in src imports it.',
      { path: '^src/' },
      { path: '^src/index\\.ts$' },
    ),
    forbid(
      'no-own-name',
      'src imports itself by relative paths, not by the name of the package.',
      { path: '^src/' },
      { dependencyTypes: ['aliased'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Count imports of types too.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'node', 'import', 'require', 'default'],
    },
  },
};
