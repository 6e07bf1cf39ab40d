/**
 * From what a user wrote to an engine: found on disk, its manifest accepted, its identity computed from its bytes. A name is
 * looked up among the bundled engines and the given directories only, never in the workspace and never on PATH.
 */
import { createHash } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { CabincrewError, canonicalJson, type EngineManifest, errnoOf, looked } from "../schema/index.ts";
import { bundledEngine } from "./bundled.ts";
import { checkExecutable } from "./launch/index.ts";
import { defaultManifest, executableOf, invalid, MANIFEST_NAME, readManifest } from "./manifest-file.ts";
import type { Engine } from "./port.ts";
import { searchPath } from "./sandbox/index.ts";

export interface ResolveOptions {
  readonly cwd: string;
  /** Directories holding one directory per named engine, first match wins. */
  readonly engineDirs: readonly string[];
}

/**
 * `selection` is a path (of an executable or of a directory with engine.json) or a name. Throws engine_not_found,
 * engine_not_executable or engine_manifest_invalid.
 */
export async function resolveEngine(selection: string, options: ResolveOptions): Promise<Engine> {
  const bundled = await bundledEngine(selection);
  if (bundled) {
    assertReadable(bundled.program);
    const command = [process.execPath, bundled.program];
    return {
      ...(await engineOf(bundled.manifest, command, bundled.program, true)),
      assertConfig: bundled.assertConfig,
    };
  }
  const place = locate(selection, options);
  const { executable, manifest } = describe(realpathSync.native(place));
  await checkExecutable(executable, searchPath());
  return engineOf(manifest, [executable], executable, false);
}

function locate(selection: string, { cwd, engineDirs }: ResolveOptions): string {
  const asPath = path.resolve(cwd, selection);
  const isName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(selection);
  const candidates = isName ? engineDirs.map((directory) => path.join(directory, selection, MANIFEST_NAME)) : [];
  const named = candidates.find((file) => existsSync(file));
  if (named) return path.dirname(named);
  if (selection !== "" && existsSync(asPath)) return asPath;
  const where = isName
    ? `is neither bundled nor in ${engineDirs.join(", ") || "an engine directory"}`
    : "does not exist";
  throw new CabincrewError("engine_not_found", `The engine \`${selection}\` ${where}.`, { detail: { selection } });
}

function describe(place: string): { executable: string; manifest: EngineManifest } {
  if (looked(statSync(place)).isDirectory()) {
    const file = path.join(place, MANIFEST_NAME);
    const manifest = readManifest(file);
    if (!manifest)
      throw new CabincrewError("engine_not_found", `The directory ${place} is no engine: it has no ${MANIFEST_NAME}.`);
    return { executable: executableOf(manifest, file), manifest };
  }
  const own = readManifest(`${place}.${MANIFEST_NAME}`);
  if (own?.executable && path.resolve(path.dirname(place), own.executable) !== place)
    throw invalid(`${place}.${MANIFEST_NAME}`, "its `executable` names another program");
  return { executable: place, manifest: own ?? besideIt(place) ?? defaultManifest(place) };
}

/** engine.json in the same directory counts only when it names this very program. */
function besideIt(executable: string): EngineManifest | undefined {
  const file = path.join(path.dirname(executable), MANIFEST_NAME);
  const manifest = readManifest(file);
  return manifest?.executable && executableOf(manifest, file) === executable ? manifest : undefined;
}

async function engineOf(
  manifest: EngineManifest,
  command: readonly string[],
  program: string,
  sandboxesItself: boolean,
): Promise<Engine> {
  const digest = await engineDigest(program, manifest);
  return { id: manifest.id, version: manifest.version, command, digest, manifest, sandboxesItself };
}

const PIECE_BYTES = 1024 * 1024;

/** SHA-256 over length and bytes of the executable followed by the canonical manifest; of a large one, others get their turn between pieces. */
async function engineDigest(program: string, manifest: EngineManifest): Promise<string> {
  const hash = createHash("sha256");
  const fd = openProgram(program);
  try {
    const { size } = looked(fstatSync(fd));
    hash.update(`cabincrew.engine/1\n${size}\n`);
    const buffer = Buffer.allocUnsafe(Math.min(Math.max(size, 1), PIECE_BYTES));
    for (let length = readSync(fd, buffer); length > 0; length = readSync(fd, buffer)) {
      hash.update(buffer.subarray(0, length));
      if (size > PIECE_BYTES) await setImmediate();
    }
  } finally {
    closeSync(fd);
  }
  return hash.update(canonicalJson(manifest)).digest("hex");
}

function openProgram(program: string): number {
  try {
    return openSync(program, "r");
  } catch (error) {
    throw new CabincrewError(
      "engine_not_executable",
      `The engine ${program} cannot be read (${errnoOf(error) ?? "unknown error"}), so its identity cannot be told.`,
    );
  }
}

function assertReadable(program: string): void {
  try {
    accessSync(program, constants.R_OK);
  } catch {
    throw new CabincrewError("engine_not_found", `The bundled engine ${program} is missing.`, {
      next: "Build cabincrew with `npm run build`, or install it again.",
    });
  }
}
