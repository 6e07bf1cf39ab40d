/**
 * Which release of better-sqlite3 this Node can use. Release 12 is built on objects that Node 24.19 and later destroy in a way
 * it does not survive: the process aborts at some later garbage collection. Release 13 does not need them and brings its compiled
 * part along, but needs Node-API 10, which no Node 20 has.
 */
import { createRequire } from "node:module";
import type Database from "better-sqlite3";
import { CabincrewError, errnoOf } from "../../../schema/index.ts";

/** better-sqlite3 13 under another name; an optional dependency, which npm leaves out where Node is too old for it. */
export const NAPI_DRIVER = "better-sqlite3-napi";

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
    throw new CabincrewError(
      "state_unusable",
      `The ledger cannot be opened with Node ${process.versions.node}: ${NAPI_DRIVER} is not installed or does not load.`,
      {
        cause: error,
        next: `Install cabincrew again with its optional dependencies (npm ci --include=optional), or use Node 20 or 22.`,
      },
    );
  }
}
