import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import jest from 'eslint-plugin-jest';
import rxjs from 'eslint-plugin-rxjs-x';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const restrictedImports = [
  {
    group: ['rxjs/internal', 'rxjs/internal/*', 'rxjs/dist/*'],
    message: 'RxJS internals change without notice.',
  },
  { group: ['rxjs/operators'], message: "Import operators from 'rxjs'." },
];

export default defineConfig(
  globalIgnores(['dist/', 'coverage/']),

  eslint.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'no-restricted-imports': ['error', { patterns: restrictedImports }],
    },
  },

  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, rxjs.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': [
        'error',
        { fixMixedExportsWithInlineTypeSpecifier: true },
      ],
      'no-restricted-exports': [
        'error',
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],

      // `() => queue.enqueue([1])` reads well and says what it means.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Numbers in templates are what messages are made of.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // It takes a field for unchanged across a call that re-enters, and a user's argument for what its type says.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // A callback may answer with nothing, or with a promise.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // A handler may be async for its type's sake.
      '@typescript-eslint/require-await': 'off',
      // With noUncheckedIndexedAccess, `items[i]!` says that an index is in range, at no cost.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A type parameter that occurs once may still be the one a caller gives.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },

  {
    files: ['src/**/*.ts'],
    rules: {
      'no-console': ['error', { allow: ['warn'] }],
      // Everything that waits takes a SchedulerLike, so that it runs in virtual time.
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'setImmediate'],
    },
  },

  {
    files: ['spec/**/*.ts'],
    extends: [jest.configs['flat/recommended'], jest.configs['flat/style']],
    rules: {
      'jest/consistent-test-it': ['error', { fn: 'it', withinDescribe: 'it' }],
      // Marble tests assert with expectObservable, property tests with fc.assert, type tests with expectTypeOf.
      'jest/expect-expect': [
        'error',
        { assertFunctionNames: ['expect*', '**.expect*', 'fc.assert', 'run*', 'assert*'] },
      ],
      // Helpers of marble tests assert outside of `it`.
      'jest/no-standalone-expect': 'off',
    },
  },

  {
    // Programs and tests may start what they do not wait for, and may be shorter than a library.
    files: ['{spec,demos,bench,conformance}/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      'rxjs-x/no-ignored-error': 'off',
      'rxjs-x/no-exposed-subjects': 'off',
      'rxjs-x/no-nested-subscribe': 'off',
    },
  },

  {
    files: ['**/*.{js,cjs}'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { __dirname: 'readonly', module: 'writable', process: 'readonly', require: 'readonly' },
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', URL: 'readonly' } },
  },

  prettier,
);
