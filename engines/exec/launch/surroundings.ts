/**
 * Where a plain copy lies without bubblewrap: somewhere else than the workspace. What was granted for reading is linked around it, so
 * that the same relative paths lead to it as from the workspace. What was not granted is not there, as in a sandbox.
 */
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { errnoOf } from "../../../schema/index.ts";

const SLASH = Buffer.from("/");

/** Makes an empty directory for the copy below `root`, itself made here, with links beside it; its path. All paths absolute. */
export function layOut(root: string, workspace: string, granted: readonly string[]): string {
  const around = outermost(granted.filter((grant) => !isWithin(grant, workspace)));
  const base = around.reduce(commonDirectory, workspace);
  const placeOf = (each: string) => path.join(root, path.relative(base, each));
  const copy = placeOf(workspace);
  mkdirSync(copy, { recursive: true, mode: 0o700 });
  for (const grant of around) {
    if (isWithin(workspace, grant)) linkAround(workspace, grant, placeOf);
    else link(grant, placeOf(grant));
  }
  return copy;
}

/** Of a granted directory that holds the workspace: all that is beside the way down to it, which is made already. */
function linkAround(workspace: string, grant: string, placeOf: (each: string) => string): void {
  for (let next = workspace; next !== grant; next = path.dirname(next)) {
    const directory = path.dirname(next);
    const onTheWay = Buffer.from(path.basename(next));
    for (const name of namesIn(directory))
      if (!name.equals(onTheWay)) symlinkSync(join(directory, name), join(placeOf(directory), name));
  }
}

/** None of a directory that its user may pass but not list, as homes of others often are. */
function namesIn(directory: string): readonly Buffer[] {
  try {
    return readdirSync(directory, { encoding: "buffer" });
  } catch (error) {
    if (errnoOf(error) === "EACCES") return [];
    throw error;
  }
}

function link(target: string, at: string): void {
  mkdirSync(path.dirname(at), { recursive: true, mode: 0o700 });
  symlinkSync(target, at);
}

function join(directory: string, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(directory), SLASH, name]);
}

/** Without those that lie in another one: the way there would lead through a link, out of the copy. */
function outermost(places: readonly string[]): string[] {
  const unique = [...new Set(places.map((place) => path.resolve(place)))];
  return unique.filter((place) => !unique.some((other) => other !== place && isWithin(place, other)));
}

function isWithin(place: string, directory: string): boolean {
  const way = path.relative(directory, place);
  return way !== ".." && !way.startsWith("../");
}

function commonDirectory(a: string, b: string): string {
  return isWithin(b, a) ? a : commonDirectory(path.dirname(a), b);
}
