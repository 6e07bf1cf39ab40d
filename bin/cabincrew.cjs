#!/usr/bin/env node
"use strict";
// Starts dist/cli.cjs with as little work as possible: V8's compiled form of it, made by bin/build.mjs, lies beside it.
// A compiled form that does not belong to this bundle or this Node is ignored, never an error.
const { existsSync, readFileSync } = require("node:fs");
const nodeModule = require("node:module");
const os = require("node:os");
const path = require("node:path");
const vm = require("node:vm");

const DIST = path.join(__dirname, "..", "dist");
const BUNDLE = path.join(DIST, "cli.cjs");
const AHEAD = path.join(DIST, "ahead.cjs");
const HELP = path.join(DIST, "help.txt");
const CACHE = path.join(DIST, "cli.cache");
/** The bundle's last line is a comment ending in its digest; the cache starts with the same. V8 itself compares only lengths. */
const DIGEST_LENGTH = 64;

function readCache(source) {
  try {
    const cache = readFileSync(CACHE);
    const made = cache.toString("latin1", 0, DIGEST_LENGTH);
    return made.length === DIGEST_LENGTH && source.trimEnd().endsWith(made) ? cache.subarray(DIGEST_LENGTH) : undefined;
  } catch {
    return undefined;
  }
}

/** The bundle as a CommonJS script; `cachedDataRejected` on it tells that the compiled form was of no use. */
function compile(source, cachedData) {
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  return new vm.Script(wrapped, { filename: BUNDLE, cachedData });
}

function evaluate(script) {
  const module = { exports: {} };
  script
    .runInThisContext()
    .call(module.exports, module.exports, nodeModule.createRequire(BUNDLE), module, BUNDLE, DIST);
  return module.exports;
}

/** From Node 22 on, Node keeps compiled forms itself: in the user's own cache directory, never in a shared one. */
function requireWithNodesCache() {
  const { XDG_CACHE_HOME: xdg } = process.env;
  try {
    const base = xdg && path.isAbsolute(xdg) ? xdg : path.join(os.homedir(), ".cache");
    nodeModule.enableCompileCache(path.join(base, "cabincrew"));
  } catch {
    // A user without a home, as in some containers, has no compiled forms either.
  }
  return require(BUNDLE);
}

function load(source) {
  const cache = readCache(source);
  const canCache = typeof nodeModule.enableCompileCache === "function";
  if (cache === undefined && canCache) return requireWithNodesCache();
  const script = compile(source, cache);
  return script.cachedDataRejected && canCache ? requireWithNodesCache() : evaluate(script);
}

/** What needs no bundle: the texts that the build made with it. Anything unusual goes the long way. */
function quickText([word, ...more]) {
  try {
    if (more.length > 0) return undefined;
    if (word === "--version") return `${require("../package.json").version}\n`;
    return word === "--help" || word === "-h" ? readFileSync(HELP, "utf8") : undefined;
  } catch {
    return undefined;
  }
}

/** Begins what a run will wait for; where that fails the bundle begins it itself, and tells what is wrong. */
function beginAhead(words) {
  try {
    return require(AHEAD).beginAhead(words);
  } catch {
    return undefined;
  }
}

/** Before the bundle is there, these sentences have to be here. */
function refuse(error) {
  const missing = error.code === "ENOENT";
  const message = missing
    ? "cabincrew is not built yet: dist/cli.cjs is missing. Build it with `npm run build`."
    : `cabincrew cannot read its own program ${BUNDLE}: ${error.code ?? error.message}. Nothing was run.`;
  const next = missing ? "npm run build" : "See to the cause, then try again.";
  sayRefused(missing ? "usage" : "internal", missing ? 2 : 1, message, next);
}

function sayRefused(code, exit_code, message, next) {
  const document = { error: { code, message, next, detail: {} }, exit_code };
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(document)}\n`);
  process.stderr.write(`${message}\n`);
  process.exitCode = exit_code;
}

/** Without /proc, as in a bare chroot, Node knows itself only by the name it was called by; what it starts needs its path. */
function nodeByPath(name) {
  if (path.isAbsolute(name)) return name;
  const directories = name.includes("/") ? ["."] : (process.env.PATH ?? "").split(":");
  const places = directories.map((directory) => path.resolve(directory, name));
  return places.find((file) => existsSync(file)) ?? name;
}

function launch() {
  if (Number.parseInt(process.versions.node, 10) < 20) {
    process.stderr.write(`cabincrew needs Node.js 20 or newer; this is ${process.version}.\n`);
    process.exit(2);
  }
  const text = quickText(process.argv.slice(2));
  if (text !== undefined) {
    process.stdout.on("error", ({ code, message }) => {
      if (code === "EPIPE") process.exit(0); // the reader of a pipe went away
      process.stderr.write(`error The result could not be written to standard output: ${message}\n`);
      process.exit(1);
    });
    process.stdout.write(text);
    return;
  }
  if (process.permission !== undefined) {
    const message =
      "cabincrew cannot run under Node's permission model, which forbids to make writing durable (fsync).";
    const next = "Start Node without --permission; what engines may do is limited by cabincrew's own sandbox.";
    sayRefused("usage", 2, `${message} ${next}`, next);
    return;
  }
  process.execPath = nodeByPath(process.execPath);
  const begun = beginAhead(process.argv.slice(2));
  let source;
  try {
    // The bundle is plain ASCII (bin/build.mjs sees to it), and one byte a character is read without decoding.
    source = readFileSync(BUNDLE, "latin1");
  } catch (error) {
    refuse(error);
    return;
  }
  load(source).start(begun);
}

if (require.main === module) launch();
else module.exports = { BUNDLE, CACHE, HELP, compile, evaluate };
