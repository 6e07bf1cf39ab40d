import { type FileHandle, open, rm } from "node:fs/promises";
import { CabincrewError, whyOf } from "../schema/index.ts";
import { usageError } from "./failure.ts";

/** Writes lines to a file that was not there; an existing one is never overwritten, and half a one never left. */
export async function writeNew(file: string, lines: AsyncIterable<string> | Iterable<string>): Promise<void> {
  const refused = (error: unknown) =>
    usageError(
      `The export could not be written to ${file}: ${whyOf(error)}`,
      "Name a new file in a writable directory.",
    );
  let handle: FileHandle;
  try {
    handle = await open(file, "wx", 0o600);
  } catch (error) {
    throw refused(error);
  }
  try {
    for await (const line of lines) await handle.appendFile(`${line}\n`);
    await handle.close();
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(file, { force: true });
    throw error instanceof CabincrewError ? error : refused(error);
  }
}
