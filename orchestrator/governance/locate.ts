/** Finds the governance directory and what its file names; nothing of it may lie where a run could change it. */
import { lstatSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { CabincrewError, errnoOf, packageRoot, toCabincrewError } from "../../schema/index.ts";
import type { PackOrigin } from "./governance.ts";

const FILES = ["governance.yaml", "governance.yml", "governance.json"];

/** Where a pack is and on whose word. */
export interface PackPlace {
  readonly directory: string;
  readonly origin: PackOrigin;
}

/** Resolves links. Throws governance_invalid naming what was looked for. */
export async function realDirectory(directory: string, what: string): Promise<string> {
  try {
    const real = realpathSync(directory);
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") {
      throw new CabincrewError("governance_invalid", `${what} ${directory} does not exist`, { cause: error });
    }
    throw toCabincrewError(error, "governance_invalid", `${what} ${directory} cannot be used`);
  }
  throw new CabincrewError("governance_invalid", `${what} ${directory} is not a directory`);
}

/** The one governance file in a directory, undefined where there is none. Two are refused: one would be without effect. */
export async function findFile(directory: string): Promise<string | undefined> {
  const found: string[] = [];
  for (const name of FILES) if (await exists(path.join(directory, name))) found.push(name);
  if (found.length > 1) {
    throw new CabincrewError("governance_invalid", `${directory} holds both ${found.join(" and ")}`, {
      next: "Keep one of them.",
    });
  }
  return found[0] === undefined ? undefined : path.join(directory, found[0]);
}

/** A link that leads nowhere exists, and is refused when it is read: it must not silently mean the default. */
async function exists(file: string): Promise<boolean> {
  try {
    lstatSync(file);
    return true;
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return false;
    throw toCabincrewError(error, "governance_invalid", `The governance file ${file} cannot be looked for`);
  }
}

/** The directory of a `policies` or `models` entry. Throws governance_invalid. */
export async function locatePack(
  entry: string,
  room: "policies" | "models",
  governanceDir: string,
  workspace: string,
): Promise<PackPlace> {
  const builtin = /^builtin:(.*)$/s.exec(entry)?.[1];
  if (builtin !== undefined) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(builtin)) {
      throw new CabincrewError("governance_invalid", `\`${entry}\` in ${room} is not the name of a shipped pack`);
    }
    const shipped = path.join(packageRoot(), room, "packs", builtin);
    return { directory: await realDirectory(shipped, "The shipped pack"), origin: "builtin" };
  }
  const directory = await realDirectory(path.resolve(governanceDir, entry), `The pack \`${entry}\` in ${room}:`);
  assertWithin(entry, directory, governanceDir);
  assertOutside(directory, workspace, `The pack \`${entry}\``);
  return { directory, origin: path.isAbsolute(entry) ? "absolute" : "governance" };
}

/** The authority file that governance names, links resolved. Throws authority_invalid or governance_invalid. */
export async function locateAuthority(entry: string, governanceDir: string, workspace: string): Promise<string> {
  const named = path.resolve(governanceDir, entry);
  let file: string;
  try {
    file = realpathSync(named);
  } catch (error) {
    throw new CabincrewError("authority_invalid", `The authority file ${named} does not exist or cannot be read`, {
      cause: error,
    });
  }
  assertWithin(entry, file, governanceDir);
  assertOutside(file, workspace, "The authority file");
  return file;
}

/** What a run could change must not govern it. */
export function assertOutside(file: string, workspace: string, what: string): void {
  if (!isInside(file, workspace)) return;
  throw new CabincrewError("governance_invalid", `${what} ${file} lies inside the workspace ${workspace}`, {
    next: "Keep governance outside of the workspaces it governs; a workspace can add packs in .cabincrew/.",
  });
}

function assertWithin(entry: string, file: string, governanceDir: string): void {
  if (path.isAbsolute(entry) || isInside(file, governanceDir)) return;
  throw new CabincrewError(
    "governance_invalid",
    `The relative path \`${entry}\` leaves the governance directory ${governanceDir}`,
    { next: "Move it there, or name it by its absolute path." },
  );
}

export function isInside(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(path.sep) ? outer : outer + path.sep);
}
