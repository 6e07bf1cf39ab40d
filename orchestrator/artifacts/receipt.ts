/**
 * Holds the receipt against what lies in the artifacts directory: the same artifacts, no more and no less, each entry's path
 * inside its own folder, each hash and size those of the file it means. What an engine claims is checked, never believed.
 */
import type { Receipt, ReceiptArtifact } from "../../schema/index.ts";
import { findCollision, nameProblem } from "./names.ts";
import { printable, refuseArtifact } from "./refuse.ts";

/** A file as it was read: SHA-256 and size of the bytes on disk. */
export interface SeenFile {
  readonly sha256: string;
  readonly size: number;
}

/** The receipt's entries by name; refuses bad, doubled and colliding names. */
export function receiptEntries(receipt: Receipt): ReadonlyMap<string, ReceiptArtifact> {
  const entries = new Map<string, ReceiptArtifact>();
  for (const entry of receipt.artifacts ?? []) {
    const problem = nameProblem(entry.name);
    if (problem)
      throw refuseArtifact(
        entry.name,
        `the receipt lists it, but ${problem}`,
        "Give it a plain name of one path component.",
      );
    if (entries.has(entry.name))
      throw refuseArtifact(entry.name, "the receipt lists it twice", "List each artifact once.");
    entries.set(entry.name, entry);
  }
  const collision = findCollision(entries.keys());
  if (collision)
    throw refuseArtifact(
      collision[1],
      `its name and ${printable(collision[0])} are the same on file systems that ignore case or normalise Unicode`,
      "Choose names that differ in more than case.",
    );
  return entries;
}

/** Refuses a listed artifact that is absent and a present one that is not listed. */
export function checkComplete(entries: ReadonlyMap<string, ReceiptArtifact>, present: ReadonlySet<string>): void {
  for (const name of entries.keys())
    if (!present.has(name))
      throw refuseArtifact(
        name,
        "the receipt lists it, but it has no folder in the artifacts directory",
        "Write the folder, or drop the entry.",
      );
  for (const name of present)
    if (!entries.has(name))
      throw refuseArtifact(
        name,
        "its folder exists, but the receipt does not list it",
        "List every artifact in the receipt's `artifacts`.",
      );
}

/** The folder's file that the entry's path names: its own name, or undefined for the folder itself. */
export function entryTarget(entry: ReceiptArtifact): string | undefined {
  const segments = entry.path.replace(/^\.\//, "").replace(/\/$/, "").split("/");
  const [folder, file, ...rest] = segments;
  if (folder !== entry.name || rest.length > 0 || file === "" || file === "." || file === "..")
    throw refuseArtifact(
      entry.name,
      `the receipt's path ${printable(entry.path)} does not lie in its folder`,
      `Use a path relative to the artifacts directory, such as ${printable(`${entry.name}/artifact.json`)}.`,
    );
  return file;
}

/** Refuses an entry whose hash or size is not that of the file it names (for the folder: of any file in it). */
export function checkEntry(entry: ReceiptArtifact, files: ReadonlyMap<string, SeenFile>): void {
  const target = entryTarget(entry);
  const named = target === undefined ? undefined : files.get(target);
  if (target !== undefined && !named)
    throw refuseArtifact(
      entry.name,
      `the receipt names the file ${printable(entry.path)}, which does not exist`,
      "Name artifact.json or the body file.",
    );
  const candidates = named ? [named] : [...files.values()];
  const claimed = entry.hash.replace(/^sha256:/, "");
  const match = candidates.find((file) => file.sha256 === claimed);
  if (!match)
    throw refuseArtifact(
      entry.name,
      `the receipt claims SHA-256 ${claimed} for ${printable(entry.path)}, but the bytes there give ${candidates[0]?.sha256 ?? "none"}`,
      "Hash the file after it is completely written.",
    );
  if (entry.size !== undefined && entry.size !== match.size)
    throw refuseArtifact(
      entry.name,
      `the receipt claims ${entry.size} bytes for ${printable(entry.path)}, but there are ${match.size}`,
      "Report the size of the file as written.",
    );
}
