/** engine.json on disk: where it is looked for and what stands in for it when there is none. */
import { lstatSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  CabincrewError,
  type EngineManifest,
  errnoOf,
  type Json,
  looked,
  parseDocument,
  repeatsKey,
  whyOf,
} from "../schema/index.ts";

export const MANIFEST_NAME = "engine.json";

/** The manifest at `file`, or undefined when there is no such file. Throws engine_manifest_invalid. */
export function readManifest(file: string): EngineManifest | undefined {
  let text: string;
  try {
    // Most programs have none, and an error costs more than a look.
    if (!looked(lstatSync(file, { throwIfNoEntry: false }))) return undefined;
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
    throw invalid(file, whyOf(error));
  }
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw invalid(file, whyOf(error));
  }
  if (repeatsKey(text, value)) throw invalid(file, "it has a key twice in one object");
  return parseDocument("engineManifest", value, "engine_manifest_invalid", `The engine manifest ${file}`);
}

/** What an engine without a manifest is taken to declare: the least, so that nothing is granted or repeated for it. */
export function defaultManifest(executable: string): EngineManifest {
  const base = path.basename(executable).replace(/[^A-Za-z0-9._-]/g, "-");
  const id = base.replace(/^[^A-Za-z0-9]+/, "").slice(0, 128) || "engine";
  return { id, version: "0", modes: ["flight-plan", "take-off"], idempotent: false, reconcile: false, network: "none" };
}

/** Absolute path of the program a manifest names, which must lie in the manifest's directory. */
export function executableOf(manifest: EngineManifest, file: string): string {
  if (!manifest.executable) throw invalid(file, "it names no `executable`, and a directory cannot be run");
  const directory = path.dirname(file);
  const executable = path.resolve(directory, manifest.executable);
  if (!executable.startsWith(`${directory}/`)) throw invalid(file, "`executable` must lie in the manifest's directory");
  return executable;
}

export function invalid(file: string, why: string): CabincrewError {
  return new CabincrewError("engine_manifest_invalid", `The engine manifest ${file} cannot be used: ${why}.`, {
    detail: { path: file },
  });
}
