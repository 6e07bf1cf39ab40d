import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { toCabincrewError } from "./error.ts";

/**
 * A new directory (0700, absolute, links resolved) for what nobody needs afterwards, in $TMPDIR or the system's own; whoever asks
 * removes it. Throws `config_invalid` where none can be made, `disk_full` where there is no space.
 */
export function makeScratch(prefix: string): string {
  const place = path.resolve(tmpdir());
  try {
    return realpathSync.native(mkdtempSync(path.join(place, prefix)));
  } catch (error) {
    const next = "Set TMPDIR to an existing directory that you can write.";
    throw toCabincrewError(error, "config_invalid", `Making a directory in ${place}`, next);
  }
}
