'use strict';

const entryPoints = require('./scripts/entry-points.cjs');

/** @type {import('jest').Config} */
module.exports = {
  // `src` holds no specs, but tools that look for the tests of a source file need it here.
  roots: ['<rootDir>/src', '<rootDir>/spec'],
  testMatch: ['**/*.spec.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  },
  moduleNameMapper: Object.fromEntries(
    Object.entries(entryPoints).map(([name, file]) => [`^${name}$`, `<rootDir>/${file}`]),
  ),
  collectCoverageFrom: ['src/**/*.ts'],
};
