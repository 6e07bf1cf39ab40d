/**
 * Starts the worker thread in which policies run, from V8's compiled form of it (bin/code-cache.mjs): a thread compiles what it
 * runs anew each time. A compiled form that does not belong to this very program, or to this Node, is ignored, never an error.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { type MessagePort, workerData } from "node:worker_threads";

/** The program's last line ends in its digest, and its compiled form begins with the same; V8 itself compares only lengths. */
const DIGEST_LENGTH = 64;

function readCache(source: string, file: string): Buffer | undefined {
  try {
    const cache = readFileSync(file);
    const madeOf = cache.toString("latin1", 0, DIGEST_LENGTH);
    return madeOf.length === DIGEST_LENGTH && source.trimEnd().endsWith(madeOf)
      ? cache.subarray(DIGEST_LENGTH)
      : undefined;
  } catch {
    return undefined;
  }
}

const file = path.join(path.dirname(fileURLToPath(import.meta.url)), "policies-judging.cjs");
// Plain ASCII (bin/build.mjs sees to it), and one byte a character is read without decoding.
const source = readFileSync(file, "latin1");
const cachedData = readCache(source, file.replace(/\.cjs$/, ".cache"));
const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
  filename: file,
  ...(cachedData ? { cachedData } : {}),
});
const module = { exports: {} };
script.runInThisContext().call(module.exports, module.exports, createRequire(file), module, file, path.dirname(file));

/** Only the build gives one: it asks there for the compiled form of what was used until then. */
const { cachePort } = (workerData ?? {}) as { cachePort?: MessagePort };
cachePort?.once("message", () => cachePort.postMessage(script.createCachedData()));
