/**
 * Which entry is the newest, written beside the database after each commit. SQLite takes what a damaged or shortened log still holds for
 * the whole truth, so a database that lost its newest commits looks like one that never had them; the mark tells. It is a
 * look-out, not a lock: it is not flushed, it may lag behind, and whoever may write both can roll both back (spec/ledger.md 23).
 */
import { closeSync, constants, openSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";
import { CabincrewError } from "../../schema/index.ts";

export interface HighWater {
  readonly seq: number;
  /** Of the entry at `seq`, 64 hex digits. */
  readonly hash: string;
}

const NAME = "high-water";
const WIDTH = 16;
const OPEN = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;

/** Overwrites the mark in one write of always the same length. What was recorded counts without it, so nothing is thrown. */
export function writeHighWater(stateDir: string, { seq, hash }: HighWater): void {
  try {
    const fd = openSync(path.join(stateDir, NAME), OPEN, 0o600);
    try {
      writeSync(fd, `${String(seq).padStart(WIDTH)} ${hash}\n`, 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    // The mark stays as old as it is, which claims less than it could and nothing wrong.
  }
}

/** Read it before the database: then every entry it names must be there. Undefined where there is none, or half of one. */
export function readHighWater(stateDir: string): HighWater | undefined {
  try {
    const [, seq, hash] = /^ *(\d+) ([0-9a-f]{64})\n$/.exec(readFileSync(path.join(stateDir, NAME), "latin1")) ?? [];
    return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash };
  } catch {
    return undefined;
  }
}

/** What is wrong when the database's entry at its place has the hash `found`; undefined when nothing is. */
export function highWaterProblem(mark: HighWater | undefined, found: string | undefined): string | undefined {
  if (!mark || mark.hash === found) return undefined;
  const what = found === undefined ? "is gone" : "is another one now";
  return `Entry ${mark.seq} was recorded and ${what}: the database is older than what was recorded, or was exchanged.`;
}

/** Throws ledger_corrupt where `highWaterProblem` finds something. */
export function assertHighWater(mark: HighWater | undefined, found: string | undefined, stateDir: string): void {
  const problem = highWaterProblem(mark, found);
  if (problem === undefined) return;
  throw new CabincrewError("ledger_corrupt", problem, {
    next:
      "Restore the whole state directory from one backup. Where an older database was put back on purpose, remove " +
      `${path.join(stateDir, NAME)}: what was recorded since is then given up.`,
    detail: { seq: mark?.seq ?? 0 },
  });
}
