/**
 * From what a user wrote to an engine: found on disk, its manifest accepted, its identity computed from its bytes. A name is
 * looked up among the bundled engines and the given directories only, never in the workspace and never on PATH.
 */
import { createHash } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { access, open, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { CabincrewError, canonicalJson, type EngineManifest, errnoOf } from "../schema/index.ts";
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
    await assertReadable(bundled.program);
    const command = [process.execPath, bundled.program];
    return engineOf(bundled.manifest, command, bundled.program, true);
  }
  const place = locate(selection, options);
  const { executable, manifest } = await describe(await realpath(place));
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

async function describe(place: string): Promise<{ executable: string; manifest: EngineManifest }> {
  if ((await stat(place)).isDirectory()) {
    const file = path.join(place, MANIFEST_NAME);
    const manifest = await readManifest(file);
    if (!manifest)
      throw new CabincrewError("engine_not_found", `The directory ${place} is no engine: it has no ${MANIFEST_NAME}.`);
    return { executable: executableOf(manifest, file), manifest };
  }
  const own = await readManifest(`${place}.${MANIFEST_NAME}`);
  if (own?.executable && path.resolve(path.dirname(place), own.executable) !== place)
    throw invalid(`${place}.${MANIFEST_NAME}`, "its `executable` names another program");
  return { executable: place, manifest: own ?? (await besideIt(place)) ?? defaultManifest(place) };
}

/** engine.json in the same directory counts only when it names this very program. */
async function besideIt(executable: string): Promise<EngineManifest | undefined> {
  const file = path.join(path.dirname(executable), MANIFEST_NAME);
  const manifest = await readManifest(file);
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

/** SHA-256 over length and bytes of the executable followed by the canonical manifest, read in pieces of 1 MiB. */
async function engineDigest(program: string, manifest: EngineManifest): Promise<string> {
  const hash = createHash("sha256");
  const handle = await open(program, "r").catch((error: unknown) => {
    throw new CabincrewError(
      "engine_not_executable",
      `The engine ${program} cannot be read (${errnoOf(error) ?? "unknown error"}), so its identity cannot be told.`,
    );
  });
  try {
    const { size } = await handle.stat();
    hash.update(`cabincrew.engine/1\n${size}\n`);
    const buffer = Buffer.allocUnsafe(Math.min(Math.max(size, 1), 1024 * 1024));
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
  return hash.update(canonicalJson(manifest)).digest("hex");
}

async function assertReadable(program: string): Promise<void> {
  try {
    await access(program, constants.R_OK);
  } catch {
    throw new CabincrewError("engine_not_found", `The bundled engine ${program} is missing.`, {
      next: "Build cabincrew with `npm run build`, or install it again.",
    });
  }
}
