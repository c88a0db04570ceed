'use strict';

// Loaded by ts-node (see tsconfig.json): demos import this package by its name and get `src`, without a build.
const Module = require('node:module');
const path = require('node:path');
const entryPoints = require('./entry-points.cjs');

const resolveFilename = Module._resolveFilename;

Module._resolveFilename = function (request, ...rest) {
  const source = Object.hasOwn(entryPoints, request) && path.join(__dirname, '..', entryPoints[request]);
  return resolveFilename.call(this, source || request, ...rest);
};
