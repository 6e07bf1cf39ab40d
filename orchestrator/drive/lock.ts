import { mkdirSync } from "node:fs";
import path from "node:path";
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
  const file = path.join(runDir, "lock");
  let db: Database.Database | undefined;
  try {
    mkdirSync(runDir, { recursive: true, mode: 0o700 });
    db = openSqlite(file, { timeout: 0 });
    db.exec("begin exclusive");
    const held = db;
    return { release: () => held.close() };
  } catch (error) {
    db?.close();
    if (error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY")) {
      throw new CabincrewError("busy", `Another process drives run ${runId} right now.`, {
        next: "Wait until it is done, or stop it; `cabincrew show` tells its state.",
        detail: { run_id: runId },
      });
    }
    throw toCabincrewError(error, "state_unusable", `Locking run ${runId}`);
  }
}
