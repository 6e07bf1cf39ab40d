/**
 * Named pipes kept ready. Node has no call for them, and starting `mkfifo` costs about as much as starting an engine: one
 * start makes enough for many launches, of this process and of later ones. A pair is taken by renaming its directory, so that
 * nobody else can have it, and both names are gone before the engine starts: no pipe serves two launches.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { errnoOf } from "../../schema/index.ts";
import { findProgram } from "../sandbox/index.ts";

export interface PipeNames {
  readonly stdout: string;
  readonly stderr: string;
  /** Removes the directory they lay in; called when both are unlinked. */
  readonly done: () => void;
}

const PAIRS = 32;

/** Takes a pair from below the state directory, into `directory`; undefined where named pipes cannot be made. */
export async function takePipes(stateDir: string, directory: string): Promise<PipeNames | undefined> {
  const pool = path.join(stateDir, "pipes");
  return take(pool, directory) ?? ((await makePipes(stateDir)) ? take(pool, directory) : undefined);
}

const making = new Map<string, Promise<boolean>>();

/** Makes pairs unless some are left. Safe to call early, without waiting, and by several processes at once. */
export function makePipes(stateDir: string): Promise<boolean> {
  const pool = path.join(stateDir, "pipes");
  if (namesIn(pool).length > 0) return Promise.resolve(true);
  const begun = making.get(pool) ?? fill(pool).finally(() => making.delete(pool));
  making.set(pool, begun);
  return begun;
}

async function fill(pool: string): Promise<boolean> {
  const mkfifo = await findProgram("mkfifo");
  if (!mkfifo) return false;
  // Made under a name nobody takes, then renamed: a pair in the pool is always whole.
  const batch = `.${randomBytes(8).toString("hex")}`;
  const pairs = Array.from({ length: PAIRS }, (_, index) => path.join(pool, `${batch}-${index}`));
  try {
    for (const pair of pairs) mkdirSync(pair, { recursive: true, mode: 0o700 });
    const pipes = pairs.flatMap((pair) => [path.join(pair, "stdout"), path.join(pair, "stderr")]);
    await promisify(execFile)(mkfifo, ["-m", "600", "--", ...pipes], { env: {} });
    for (const pair of pairs) renameSync(pair, path.join(pool, path.basename(pair).slice(1)));
    return true;
  } catch {
    return false;
  }
}

function take(pool: string, directory: string): PipeNames | undefined {
  const target = path.join(directory, ".pipes");
  for (const name of namesIn(pool)) {
    try {
      renameSync(path.join(pool, name), target);
    } catch (error) {
      if (errnoOf(error) === "ENOENT") continue; // somebody else took it
      return undefined;
    }
    return { stdout: path.join(target, "stdout"), stderr: path.join(target, "stderr"), done: () => rmdirSync(target) };
  }
  return undefined;
}

function namesIn(pool: string): readonly string[] {
  try {
    return readdirSync(pool).filter((name) => !name.startsWith("."));
  } catch {
    return [];
  }
}
