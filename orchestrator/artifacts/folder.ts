/**
 * Lists directories that an engine wrote, and opens files in them, without ever following a link or touching a device: a
 * descriptor is opened once, looked at, and only that descriptor is read.
 */

import type { Dirent } from "node:fs";
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync } from "node:fs";
import path from "node:path";
import { CabincrewError, errnoOf, looked, toCabincrewError } from "../../schema/index.ts";
import { printable, refuseArtifact } from "./refuse.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Entries of a real directory; names that are not UTF-8 are refused. `artifact` names it in the sentence. */
export function listFolder(directory: string, artifact: string): readonly Dirent[] {
  let entries: Dirent<Buffer>[];
  try {
    entries = readdirSync(directory, { withFileTypes: true, encoding: "buffer" }) as unknown as Dirent<Buffer>[];
  } catch (error) {
    throw toCabincrewError(error, "artifact_invalid", `Collecting artifact ${printable(artifact)}`);
  }
  return entries.map((entry) => {
    try {
      return Object.assign(entry as unknown as Dirent, { name: utf8.decode(entry.name) });
    } catch {
      throw refuseArtifact(
        artifact,
        `the file name ${printable(entry.name.toString("latin1"))} is not valid UTF-8`,
        "Use UTF-8 names.",
      );
    }
  });
}

/** The names in the artifacts directory, each a real folder; anything else there is refused. */
export function listArtifacts(directory: string): string[] {
  const stat = looked(lstatSync(directory, { throwIfNoEntry: false }));
  if (!stat?.isDirectory())
    throw new CabincrewError(
      "artifact_invalid",
      `Collecting artifacts: ${directory} is ${stat ? kindOf(stat) : "missing"}, not the directory the engine was given`,
    );
  return listFolder(directory, path.basename(directory)).map((entry) => {
    if (!entry.isDirectory())
      throw refuseArtifact(
        entry.name,
        `it is ${kindOf(entry)} in the artifacts directory, where only folders may be`,
        "Write each artifact into a folder of its own: <name>/artifact.json.",
      );
    return entry.name;
  });
}

/** Opens one plain file of an artifact, gives its descriptor and size to `use`, and closes it. */
export async function withArtifactFile<T>(
  file: string,
  artifact: string,
  use: (fd: number, size: number) => T | Promise<T>,
): Promise<T> {
  const shown = printable(path.basename(file));
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errnoOf(error) === "ELOOP" || errnoOf(error) === "ENXIO")
      throw refuseArtifact(artifact, `${shown} is a symlink or a socket`, "Write a plain file.");
    throw toCabincrewError(error, "artifact_invalid", `Collecting artifact ${printable(artifact)}`);
  }
  try {
    const stat = looked(fstatSync(fd));
    if (!stat.isFile()) throw refuseArtifact(artifact, `${shown} is ${kindOf(stat)}`, "Write a plain file.");
    if (stat.nlink > 1)
      throw refuseArtifact(
        artifact,
        `${shown} is hard-linked: the same file has ${stat.nlink} names, through which it could still be changed`,
        "Copy the file instead of linking it.",
      );
    return await use(fd, stat.size);
  } finally {
    closeSync(fd);
  }
}

interface Kind {
  isSymbolicLink(): boolean;
  isDirectory(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isBlockDevice(): boolean;
  isCharacterDevice(): boolean;
}

/** What an entry is, for a sentence. */
export function kindOf(entry: Kind): string {
  if (entry.isSymbolicLink()) return "a symlink";
  if (entry.isDirectory()) return "a directory";
  if (entry.isFIFO()) return "a FIFO";
  if (entry.isSocket()) return "a socket";
  if (entry.isBlockDevice() || entry.isCharacterDevice()) return "a device";
  return "a plain file";
}
