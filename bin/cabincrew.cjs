#!/usr/bin/env node
"use strict";
// Starts dist/cli.cjs with as little work as possible: V8's compiled form of it, made by bin/build.mjs, lies beside it.
// A compiled form that does not belong to this bundle or this Node is ignored, never an error.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");
const vm = require("node:vm");

const DIST = path.join(__dirname, "..", "dist");
const BUNDLE = path.join(DIST, "cli.cjs");
const CACHE = path.join(DIST, "cli.cache");
/** The bundle's last line is a comment ending in its digest; the cache starts with the same. V8 itself compares only lengths. */
const DIGEST_LENGTH = 64;

function readCache(source) {
  try {
    const cache = readFileSync(CACHE);
    const made = cache.toString("latin1", 0, DIGEST_LENGTH);
    return source.trimEnd().endsWith(made) ? cache.subarray(DIGEST_LENGTH) : undefined;
  } catch {
    return undefined;
  }
}

/** The bundle as a CommonJS function, and the script it came from. */
function compile(source, cachedData) {
  const script = new vm.Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: BUNDLE,
    cachedData,
  });
  return { script, evaluate: script.runInThisContext() };
}

function load(source, cachedData) {
  const { script, evaluate } = compile(source, cachedData);
  const module = { exports: {} };
  evaluate.call(module.exports, module.exports, createRequire(BUNDLE), module, BUNDLE, DIST);
  return { script, cli: module.exports };
}

function launch() {
  if (Number.parseInt(process.versions.node, 10) < 20) {
    process.stderr.write(`cabincrew needs Node.js 20 or newer; this is ${process.version}.\n`);
    process.exit(2);
  }
  let source;
  try {
    source = readFileSync(BUNDLE, "utf8");
  } catch {
    process.stderr.write("cabincrew is not built yet: dist/cli.cjs is missing. Build it with `npm run build`.\n");
    process.exit(2);
  }
  load(source, readCache(source)).cli.start();
}

if (require.main === module) launch();
else module.exports = { BUNDLE, CACHE, load };
