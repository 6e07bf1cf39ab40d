/** Finds the governance directory and what its file names; nothing of it may lie where a run could change it. */
import { lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import type { BundleOptions } from "../../policies/index.ts";
import {
  CabincrewError,
  errnoOf,
  looked,
  type PolicyBundleEntry,
  packageRoot,
  toCabincrewError,
} from "../../schema/index.ts";
import type { PackOrigin } from "./governance.ts";

/** What a bundle of OPA is called. */
const BUNDLE = /\.(?:tar\.gz|tgz)$/;
const FILES = ["governance.yaml", "governance.yml", "governance.json"];

/** Where a pack is and on whose word. */
export interface PackPlace {
  /** A directory; with `bundle` the file of a bundle of OPA. */
  readonly directory: string;
  readonly origin: PackOrigin;
  readonly bundle?: BundleOptions;
}

/** Resolves links. Throws governance_invalid naming what was looked for. */
export async function realDirectory(directory: string, what: string, next?: string): Promise<string> {
  const context = next === undefined ? {} : { next };
  try {
    const real = realpathSync.native(directory);
    if (looked(statSync(real)).isDirectory()) return real;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") {
      throw new CabincrewError("governance_invalid", `${what} ${directory} does not exist`, {
        ...context,
        cause: error,
      });
    }
    throw toCabincrewError(error, "governance_invalid", `${what} ${directory} cannot be used`, next);
  }
  throw new CabincrewError("governance_invalid", `${what} ${directory} is not a directory`, context);
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
    looked(lstatSync(file));
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
  workspace: string | undefined,
): Promise<PackPlace> {
  const builtin = /^builtin:(.*)$/s.exec(entry)?.[1];
  if (builtin !== undefined) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(builtin)) {
      throw new CabincrewError("governance_invalid", `\`${entry}\` in ${room} is not the name of a shipped pack`);
    }
    const packs = path.join(packageRoot(), room, "packs");
    const shipped = readdirSync(packs);
    if (!shipped.includes(builtin)) {
      throw new CabincrewError("governance_invalid", `\`${entry}\` in ${room} is no pack that is shipped`, {
        next: `Shipped are: ${shipped.sort().join(", ")}.`,
      });
    }
    return { directory: await realDirectory(path.join(packs, builtin), "The shipped pack"), origin: "builtin" };
  }
  const named = path.resolve(governanceDir, entry);
  const bundle = room === "policies" && BUNDLE.test(entry) && isFile(named);
  const what = `The pack \`${entry}\` in ${room}:`;
  const directory = bundle ? realpathSync.native(named) : await realDirectory(named, what);
  assertWithin(entry, directory, governanceDir);
  assertOutside(directory, workspace, `The pack \`${entry}\``);
  const origin = path.isAbsolute(entry) ? "absolute" : "governance";
  return { directory, origin, ...(bundle ? { bundle: {} } : {}) };
}

/** A `policies` entry that says how its bundle is to be read. Throws governance_invalid. */
export async function locateBundle(
  { path: entry, verify, input }: PolicyBundleEntry,
  governanceDir: string,
  workspace: string | undefined,
): Promise<PackPlace> {
  const place = await locatePack(entry, "policies", governanceDir, workspace);
  if (!place.bundle)
    throw new CabincrewError("governance_invalid", `\`${entry}\` in policies is no bundle of OPA (a .tar.gz file)`, {
      next: "Name a pack that is a directory by its path alone.",
    });
  const key =
    verify && (await locateFile(verify.key, governanceDir, workspace, "The key of a bundle", "governance_invalid"));
  return {
    ...place,
    bundle: { ...(verify && key ? { verify: { ...verify, key } } : {}), ...(input ? { input } : {}) },
  };
}

/** The authority file that governance names, links resolved. Throws authority_invalid or governance_invalid. */
export function locateAuthority(entry: string, governanceDir: string, workspace: string | undefined): Promise<string> {
  return locateFile(entry, governanceDir, workspace, "The authority file", "authority_invalid");
}

/** A waiver file that governance names, links resolved. Throws governance_invalid. */
export function locateWaivers(entry: string, governanceDir: string, workspace: string | undefined): Promise<string> {
  return locateFile(entry, governanceDir, workspace, "The waiver file", "governance_invalid");
}

async function locateFile(
  entry: string,
  governanceDir: string,
  workspace: string | undefined,
  what: string,
  code: "authority_invalid" | "governance_invalid",
): Promise<string> {
  const named = path.resolve(governanceDir, entry);
  let file: string;
  try {
    file = realpathSync.native(named);
  } catch (error) {
    throw new CabincrewError(code, `${what} ${named} does not exist or cannot be read`, {
      next: "Put the file there, or correct its name in the governance file.",
      cause: error,
    });
  }
  assertWithin(entry, file, governanceDir);
  assertOutside(file, workspace, what);
  return file;
}

/** What cannot be looked at is refused with its reason when it is opened as a directory. */
function isFile(file: string): boolean {
  try {
    return looked(statSync(file)).isFile();
  } catch {
    return false;
  }
}

/** What a run could change must not govern it. */
export function assertOutside(file: string, workspace: string | undefined, what: string): void {
  if (workspace === undefined || !isInside(file, workspace)) return;
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
