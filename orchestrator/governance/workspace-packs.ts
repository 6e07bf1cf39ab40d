/**
 * What the workspace brings: `.cabincrew/policies/*` and `.cabincrew/models/*`. These only tighten, so nothing there may
 * be dropped silently, and nothing there may reach out of the workspace.
 */
import { lstatSync, readdirSync, realpathSync } from "node:fs";
import path from "node:path";
import { CabincrewError, compareUtf8, errnoOf, looked, toCabincrewError } from "../../schema/index.ts";
import { isInside } from "./locate.ts";
import type { PackCandidate } from "./packs.ts";

const MAX_ENTRIES = 1000;

/**
 * The workspace's packs in UTF-8 order of their names. Every entry is a pack, whether it holds one or not; only hidden
 * files and `*.md` are passed over. Throws governance_invalid for links that leave the workspace, and for what is
 * neither file, directory nor link. `workspace` has its links resolved.
 */
export async function findWorkspacePacks(workspace: string, room: "policies" | "models"): Promise<PackCandidate[]> {
  const brought = await contained(path.join(workspace, ".cabincrew"), workspace);
  const root = brought === undefined ? undefined : await contained(path.join(brought, room), workspace);
  if (root === undefined) return [];
  await assertContained(root, workspace);
  const names = (await list(root)).sort(compareUtf8);
  const candidates = await Promise.all(names.map((name) => candidateOf(root, name)));
  return candidates.filter((candidate) => candidate !== undefined);
}

async function candidateOf(root: string, name: string): Promise<PackCandidate | undefined> {
  const directory = realpathSync.native(path.join(root, name));
  const place = { id: name, directory, origin: "workspace" as const };
  if (looked(lstatSync(directory)).isDirectory()) return place;
  if (name.startsWith(".") || name.endsWith(".md")) return undefined;
  return { ...place, problem: `${name} in .cabincrew is not a pack: a pack is a directory` };
}

/** Walks everything below `start`, through links as well, each directory once. */
async function assertContained(start: string, workspace: string): Promise<void> {
  const seen = new Set([start]);
  let entries = 0;
  for (const directory of seen) {
    for (const name of await list(directory)) {
      entries += 1;
      if (entries > MAX_ENTRIES) throw refuse(`${start} holds more than ${MAX_ENTRIES} entries`);
      const file = path.join(directory, name);
      const real = await contained(file, workspace);
      if (real === undefined) throw refuse(`${file} disappeared while it was looked at`);
      const entry = looked(lstatSync(real));
      if (entry.isDirectory()) seen.add(real);
      else if (!entry.isFile()) throw refuse(`${file} is neither a file, a directory nor a link`);
    }
  }
}

/** The path with links resolved, undefined where there is nothing. Throws when it leaves the workspace. */
async function contained(file: string, workspace: string): Promise<string | undefined> {
  let real: string;
  try {
    real = realpathSync.native(file);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw toCabincrewError(error, "governance_invalid", `${file} cannot be read`);
    if (await isLink(file)) throw refuse(`${file} is a link that leads nowhere`);
    return undefined;
  }
  if (isInside(real, workspace)) return real;
  throw refuse(`${file} is a link that leaves the workspace`);
}

async function isLink(file: string): Promise<boolean> {
  try {
    return looked(lstatSync(file)).isSymbolicLink();
  } catch {
    return false;
  }
}

async function list(directory: string): Promise<string[]> {
  try {
    return readdirSync(directory);
  } catch (error) {
    throw toCabincrewError(error, "governance_invalid", `${directory} cannot be read`);
  }
}

function refuse(sentence: string): CabincrewError {
  return new CabincrewError("governance_invalid", sentence, {
    next: "Correct or remove it; packs that a workspace brings must lie inside of it.",
  });
}
