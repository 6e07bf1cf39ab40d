/** A directory as data, to tell whether anything in it changed: type, permission bits and content of every entry. */
import { createHash } from "node:crypto";
import { createReadStream, type Dirent } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";

/** By path relative to the directory. */
export type Tree = ReadonlyMap<string, string>;

export async function readTree(directory: string): Promise<Tree> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const tree = new Map<string, string>();
  for (const entry of entries) {
    const file = path.join(entry.parentPath, entry.name);
    tree.set(path.relative(directory, file), await describe(entry, file));
  }
  return tree;
}

async function describe(entry: Dirent, file: string): Promise<string> {
  const mode = ((await lstat(file)).mode & 0o7777).toString(8);
  if (entry.isSymbolicLink()) return `link ${await readlink(file)}`;
  if (entry.isDirectory()) return `directory ${mode}`;
  return entry.isFile() ? `file ${mode} ${await hashFile(file)}` : "special";
}

export async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest("hex");
}

/** A sentence naming the first differences, or undefined when both are the same. */
export function differences(before: Tree, after: Tree): string | undefined {
  const removed = [...before.keys()].filter((name) => !after.has(name)).map((name) => `removed ${name}`);
  const added = [...after.keys()].filter((name) => !before.has(name)).map((name) => `added ${name}`);
  const changed = [...before].filter(([name, was]) => after.has(name) && after.get(name) !== was);
  const all = [...removed, ...added, ...changed.map(([name]) => `changed ${name}`)].map((each) =>
    JSON.stringify(each).slice(1, -1),
  );
  return all.length === 0
    ? undefined
    : `${all.slice(0, 3).join(", ")}${all.length > 3 ? ` and ${all.length - 3} more` : ""}`;
}
