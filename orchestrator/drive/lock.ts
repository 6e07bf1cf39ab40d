import { createHash } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import type Database from "better-sqlite3";
import { CabincrewError, toCabincrewError } from "../../schema/index.ts";
import { openSqlite } from "../store/sqlite/database.ts";

export interface RunLock {
  release(): void;
}

/**
 * One driver a run: an exclusive lock on `runs/<id>/lock`, held by the operating system for this process, so that a killed
 * driver frees it at once, whatever it was doing, in whichever PID namespace. Throws `busy` when somebody else holds it.
 */
export function lockRun(runDir: string, runId: string): RunLock {
  const lock = lockFile(path.join(runDir, "lock"), `run ${runId}`);
  if (lock) return lock;
  throw new CabincrewError("busy", `Another process drives run ${runId} right now.`, {
    next: "Wait until it is done, or stop it; `cabincrew show` tells its state.",
    detail: { run_id: runId },
  });
}

const MOST_TRIES = 20;

/** The exclusive lock, undefined while another process holds it. */
function lockFile(file: string, what: string, tries = 1): RunLock | undefined {
  let db: Database.Database | undefined;
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    db = openSqlite(file, { timeout: 0 });
    // Nothing is ever written, so there is nothing a journal could bring back; OFF would be refused and a file made for one.
    db.pragma("journal_mode = MEMORY");
    db.exec("begin exclusive");
    const held = db;
    return { release: () => held.close() };
  } catch (error) {
    db?.close();
    if (error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY")) return undefined;
    // Whoever held the lock ended the run and took its directory away between our steps: then it is made again.
    if (!existsSync(file) && tries < MOST_TRIES) return lockFile(file, what, tries + 1);
    throw toCabincrewError(error, "state_unusable", `Locking ${what}`);
  }
}

const WAIT_MS = 20;
const MOST_WAITS = 500;

/**
 * One take-off at a time in a workspace, held from before it is measured until the effect is recorded: of two runs planned on
 * the same state the second then meets what the first made of it. Waits 10 seconds for another take-off, then throws `busy`.
 */
export async function lockWorkspace(
  stateDir: string,
  workspace: string,
  runId: string,
  signal?: AbortSignal,
): Promise<RunLock> {
  const name = createHash("sha256").update(workspace).digest("hex").slice(0, 32);
  const file = path.join(stateDir, "cache", `take-off-${name}.lock`);
  for (let waits = 0; ; waits += 1) {
    const lock = lockFile(file, `the workspace ${workspace}`);
    if (lock) return lock;
    if (waits === MOST_WAITS) {
      throw new CabincrewError("busy", `Another run takes off in the workspace ${workspace} right now.`, {
        next: `Wait until it is done, then: cabincrew resume ${runId}`,
        detail: { run_id: runId, workspace },
      });
    }
    await setTimeout(WAIT_MS, undefined, signal ? { signal } : {});
  }
}
