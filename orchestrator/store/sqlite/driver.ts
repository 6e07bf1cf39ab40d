/**
 * Which release of better-sqlite3 this Node can use. Release 12 is built on objects that Node 24.19 and later destroy in a way
 * it does not survive: the process aborts at some later garbage collection. Release 13 does not need them and brings its compiled
 * part along, but needs Node-API 10, which no Node 20 has. Both are optional dependencies, since each is needed by some Nodes only.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type Database from "better-sqlite3";
import { CabincrewError, errnoOf } from "../../../schema/index.ts";
import { release12 } from "./release-12.ts";

/** better-sqlite3 13 under another name; npm leaves it out where Node is too old for it. */
export const NAPI_DRIVER = "better-sqlite3-napi";

/** better-sqlite3 12. */
export const PLAIN_DRIVER = "better-sqlite3";

/** What helps where one of them is missing or does not load. */
const REMEDIES = {
  [NAPI_DRIVER]:
    "Install cabincrew again with its optional dependencies (npm ci --include=optional); npm before 11.19 leaves this one out where it finds no Python, unless it is told --ignore-scripts.",
  [PLAIN_DRIVER]:
    "Use Node 22.14 or newer, which needs nothing compiled; or install a C++ toolchain and Python, then run npm ci again (--foreground-scripts shows what fails).",
} as const;

const NODE_API_OF_13 = 10;
const FIRST_UNSAFE_FOR_12 = 24;

/** What of `process.versions` decides. */
export interface NodeVersions {
  readonly node: string;
  readonly napi?: string | undefined;
}

/** `without`: release 12 is safe here should 13 not be installed. */
export type DriverNeed = "12" | "13" | "13, or 12 without";

export function driverNeed({ node, napi }: NodeVersions): DriverNeed {
  if (Number(napi ?? 0) < NODE_API_OF_13) return "12";
  return Number(node.split(".")[0]) < FIRST_UNSAFE_FOR_12 ? "13, or 12 without" : "13";
}

/**
 * Release 13 where `need` asks for it, undefined where release 12 is to be used. Throws `state_unusable` where 13 is needed and
 * not installed.
 */
export function napiDriver(
  need: DriverNeed,
  load: (name: string) => unknown = createRequire(import.meta.url),
): typeof Database | undefined {
  if (need === "12") return undefined;
  try {
    return load(NAPI_DRIVER) as typeof Database;
  } catch (error) {
    if (need !== "13" && errnoOf(error) === "MODULE_NOT_FOUND") return undefined;
    throw unusable(NAPI_DRIVER, error);
  }
}

/** Release 12. Throws `state_unusable` where npm could neither fetch nor compile it, and so left it out. */
export function plainDriver(load: () => typeof Database = release12): typeof Database {
  try {
    return load();
  } catch (error) {
    throw unusable(PLAIN_DRIVER, error);
  }
}

/**
 * Of release 12, named outright: its own search for it costs a cold start several milliseconds. Throws `state_unusable` where it is
 * not compiled, and where the release is not installed: its JavaScript may still be there, in the bundles.
 */
export function compiledPart(resolve: (module: string) => string = createRequire(import.meta.url).resolve): string {
  let built: string;
  try {
    built = path.join(path.dirname(resolve(`${PLAIN_DRIVER}/package.json`)), "build", "Release", "better_sqlite3.node");
  } catch (error) {
    throw unusable(PLAIN_DRIVER, error);
  }
  if (existsSync(built)) return built;
  throw unusable(PLAIN_DRIVER, new Error(`${built} is missing`));
}

/** `state_unusable`: the release this Node needs is not there, or was compiled for another one. */
export function unusable(driver: typeof NAPI_DRIVER | typeof PLAIN_DRIVER, cause: unknown): CabincrewError {
  const what = `The ledger cannot be opened with Node ${process.versions.node}: ${driver} is not installed or does not load.`;
  return new CabincrewError("state_unusable", what, { cause, next: REMEDIES[driver] });
}
