/**
 * The author's part of a manifest: from pack.json, and for a folder of conftest's users, which has none, from its Rego: every
 * package with rules that judge is an entry point, as with `--all-namespaces`.
 */
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { CabincrewError, errnoOf, isJsonObject, toCabincrewError } from "../schema/index.ts";
import { parseRego } from "./compile.ts";
import { packageOf, ruleNames } from "./facade.ts";
import { PACK_FILE } from "./inspect.ts";
import { isRegoTest, listRego } from "./rego-files.ts";
import { RULE_SET } from "./result.ts";

/** The folder of a pack whose JSON and YAML files are its data. */
export const DATA_FOLDER = "data";
const DATA_FILE = "data.json";

export interface PackHead {
  readonly manifest: Readonly<Record<string, unknown>>;
  /** Where the data are to be put together from. */
  readonly data?: readonly string[];
}

/** Throws `config_invalid`. */
export async function draftHead(directory: string, opa: string, regoVersion?: "v0" | "v1"): Promise<PackHead> {
  const written = await readHead(directory);
  return withData(directory, written ?? (await headFromRego(directory, opa, regoVersion)));
}

/** The same for what needs no entry points: nothing is asked of the Rego. */
export async function writtenHead(directory: string): Promise<PackHead> {
  return withData(directory, (await readHead(directory)) ?? {});
}

async function withData(directory: string, manifest: PackHead["manifest"]): Promise<PackHead> {
  const folder = manifest["data"] === undefined || manifest["data"] === DATA_FILE;
  if (!folder || !(await isDirectory(path.join(directory, DATA_FOLDER)))) return { manifest };
  return { manifest: { ...manifest, data: DATA_FILE }, data: [DATA_FOLDER] };
}

async function readHead(directory: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path.join(directory, PACK_FILE), "utf8"));
  } catch (error) {
    // Where there is no such folder, listing its Rego says so better.
    if (errnoOf(error) === "ENOENT") return undefined;
    throw toCabincrewError(error, "config_invalid", `Reading ${PACK_FILE} of the policy pack ${directory}`);
  }
  if (isJsonObject(value)) return value;
  throw new CabincrewError("config_invalid", `${PACK_FILE} of the policy pack ${directory} is not a JSON object`);
}

async function headFromRego(directory: string, opa: string, regoVersion?: "v0" | "v1") {
  const sources = (await listRego(directory)).filter((name) => !isRegoTest(name));
  const entrypoints = new Set<string>();
  let plan = false;
  for (const source of sources) {
    const found = await judgingPackage(opa, source, directory, regoVersion);
    if (found !== undefined) entrypoints.add(found);
    plan ||= /\binput\.(?:artifacts|summary|workspace)\b/.test(await readFile(path.join(directory, source), "utf8"));
  }
  if (entrypoints.size === 0)
    throw new CabincrewError(
      "config_invalid",
      `${directory} holds no Rego with rules named deny, violation, warn or require_approval`,
      { next: `Name the folder of the policies, or write its entry points into a ${PACK_FILE}.` },
    );
  const id = path
    .basename(path.resolve(directory))
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "");
  return {
    id: id.slice(0, 128) || "policies",
    version: "0.1.0",
    entrypoints: [...entrypoints].sort(),
    // Policies that never speak of a plan were written for files.
    ...(plan ? {} : { input: { view: "file" } }),
  };
}

/** `main` or `acme/limits`, where the module has a rule that judges. */
async function judgingPackage(opa: string, source: string, directory: string, regoVersion?: "v0" | "v1") {
  const module = await parseRego(opa, source, directory, regoVersion === "v0");
  return ruleNames(module).some((name) => RULE_SET.test(name)) ? packageOf(module) : undefined;
}

async function isDirectory(directory: string): Promise<boolean> {
  return stat(directory).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}
