import { rmSync, statSync } from "node:fs";
import { errnoOf, looked } from "../../schema/index.ts";
import type { Flight } from "../drive/flight.ts";

/** Moves the engine's log of one launch into the content store; an empty log is recorded as none. */
export async function storeLog(flight: Flight): Promise<{ log_sha256: string | null; log_bytes: number }> {
  const file = flight.directories.log;
  try {
    if (looked(statSync(file)).size === 0) return { log_sha256: null, log_bytes: 0 };
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return { log_sha256: null, log_bytes: 0 };
    throw error;
  }
  const { sha256, size } = await flight.crew.content.putFile(file);
  rmSync(file, { force: true });
  return { log_sha256: sha256, log_bytes: size };
}
