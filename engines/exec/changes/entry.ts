/** What lies at a path, without following links. */
import { lstatSync, opendirSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { CabincrewError, errnoOf } from "../../../schema/index.ts";
import { readableBytes } from "../../diff/index.ts";
import { type BytePath, bytesOf } from "../bytes.ts";

export type EntryKind = "file" | "symlink" | "directory";

/** An entry as found; `place` is where its content can be read now. */
export interface Found {
  readonly kind: EntryKind;
  /** Permission bits with set-id and sticky bits. */
  readonly mode: number;
  readonly size: number;
  readonly owner: string;
  readonly place: BytePath;
}

/** The status of `place`, undefined where nothing is. */
export function statusOf(place: BytePath): Stats | undefined {
  try {
    return lstatSync(bytesOf(place));
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ENOTDIR") return undefined;
    throw error;
  }
}

/** What the system answers of an entry that is gone, or is something else than it was found to be. */
const GONE = ["ENOENT", "ENOTDIR", "ELOOP"];

/**
 * Reads what was found in `workspace`, which nobody but the command should change meanwhile: what is gone there by the time it is
 * read says that somebody did, whichever step of planning it was that met it.
 */
export function readingWorkspace<Value>(workspace: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    const place = error instanceof Error && "path" in error ? String(error.path) : "";
    if (!GONE.includes(errnoOf(error) ?? "") || !place.startsWith(`${workspace}/`)) throw error;
    const gone = readableBytes(Buffer.from(place.slice(workspace.length + 1)));
    throw new CabincrewError("engine_failed", `The workspace was changed while its plan was made: ${gone} is gone.`, {
      next: "Run again when nothing else writes there.",
      detail: { path: gone },
    });
  }
}

/** How an overlay's upper layer says "deleted": a character device with number 0/0. */
export function isWhiteout(status: Stats): boolean {
  return status.isCharacterDevice() && status.rdev === 0;
}

/** `path` names it in the refusal of entries that are no files, links or directories. */
export function foundOf(status: Stats, place: BytePath, path: BytePath): Found {
  const kind = kindOf(status);
  if (kind === undefined)
    throw new CabincrewError(
      "engine_failed",
      `The command made or changed ${special(status)} at ${readableBytes(bytesOf(path))}, which a plan cannot hold.`,
      {
        next: "Let it make files, directories and symbolic links only, or keep the rest in TMPDIR.",
        detail: { path: readableBytes(bytesOf(path)) },
      },
    );
  const mode = kind === "symlink" ? 0o777 : status.mode & 0o7777;
  return { kind, mode, size: kind === "directory" ? 0 : status.size, owner: `${status.uid}:${status.gid}`, place };
}

export function kindOf(status: Stats): EntryKind | undefined {
  if (status.isFile()) return "file";
  if (status.isDirectory()) return "directory";
  return status.isSymbolicLink() ? "symlink" : undefined;
}

function special(status: Stats): string {
  if (status.isFIFO()) return "a FIFO";
  if (status.isSocket()) return "a socket";
  return "a device";
}

export function namesIn(place: BytePath): BytePath[] {
  return readdirSync(bytesOf(place), { encoding: "latin1" });
}

/** The first name in the directory that is not in `known`; reads no further than that. */
export function firstNameOutside(place: BytePath, known: ReadonlySet<BytePath>): BytePath | undefined {
  const directory = opendirSync(bytesOf(place), { encoding: "latin1" });
  try {
    for (let entry = directory.readSync(); entry; entry = directory.readSync())
      if (!known.has(entry.name)) return entry.name;
    return undefined;
  } finally {
    directory.closeSync();
  }
}

export function targetOf(place: BytePath): BytePath {
  return readlinkSync(bytesOf(place), "latin1");
}
