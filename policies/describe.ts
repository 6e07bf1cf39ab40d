/** What a pack says of itself, for people: entry points, view, values in force, and rules where its Rego lies beside it. */
import path from "node:path";
import {
  canonicalJson,
  isJsonObject,
  type Json,
  type JsonObject,
  type PolicyPackInput,
  sha256,
} from "../schema/index.ts";
import { parseAnnotations, type RuleDescription } from "./annotations.ts";
import { mergeData } from "./data.ts";
import { openPack } from "./inspect.ts";
import type { OpenPolicyPack } from "./pack-files.ts";
import { readRegularFile } from "./pack-files.ts";
import type { PackSource } from "./port.ts";

export type { RuleDescription } from "./annotations.ts";

const MAX_SOURCE_BYTES = 16 * 1024 * 1024;

/** One value of the data document in force, by its keys joined with `.`, and who set it. */
export interface DataValue {
  readonly name: string;
  readonly value: Json;
  readonly set_by: "pack" | "governance";
}

export interface DescribedPolicy {
  readonly digest: string;
  readonly description?: string;
  readonly entrypoints: readonly string[];
  /** What it asks to see; absent: the plan. */
  readonly input?: PolicyPackInput;
  /** Rules with a METADATA annotation that names one; empty where the sources are not there as they were compiled. */
  readonly rules: readonly RuleDescription[];
  readonly data: readonly DataValue[];
  /** SHA-256 of the data document in force, as evaluations record it. */
  readonly data_sha256: string;
}

/** Reads one pack. `override` is what governance lays over its data. Throws governance_invalid for a pack that does not load. */
export async function describePolicyPack(source: PackSource, override: JsonObject = {}): Promise<DescribedPolicy> {
  const pack = await openPack(source);
  const { description, entrypoints, input } = pack.manifest;
  const data = mergeData(pack.data, override);
  return {
    digest: pack.digest,
    ...(description === undefined ? {} : { description }),
    entrypoints,
    ...(input ? { input } : {}),
    rules: await rulesOf(pack, source),
    data: [...valuesOf(data, override, [])],
    data_sha256: sha256(canonicalJson(data)),
  };
}

/** Only sources that are what the manifest says was compiled are believed. */
async function rulesOf({ manifest, directory }: OpenPolicyPack, { bundle }: PackSource): Promise<RuleDescription[]> {
  if (bundle) return [];
  const rules: RuleDescription[] = [];
  for (const { path: file, sha256: digest } of manifest.sources ?? []) {
    if (path.basename(file) !== file) continue;
    const bytes = await readRegularFile(path.join(directory, file), MAX_SOURCE_BYTES, "pack_invalid").catch(() => null);
    if (bytes && sha256(bytes) === digest) rules.push(...(await parseAnnotations(bytes.toString(), file)));
  }
  const first = new Map(rules.map((rule) => [rule.rule, rule]).reverse() as [string, RuleDescription][]);
  return [...first.values()].sort((a, b) => (a.rule < b.rule ? -1 : 1));
}

function* valuesOf(data: JsonObject, override: JsonObject | undefined, above: readonly string[]): Generator<DataValue> {
  for (const [key, value] of Object.entries(data)) {
    const name = [...above, key];
    const set = override !== undefined && Object.hasOwn(override, key);
    const below = set ? override[key] : undefined;
    if (isJsonObject(value) && Object.keys(value).length > 0 && (!set || isJsonObject(below)))
      yield* valuesOf(value, isJsonObject(below) ? below : undefined, name);
    else if (isJsonObject(value) && Object.keys(value).length > 0) yield* valuesOf(value, value, name);
    else yield { name: name.join("."), value, set_by: set ? "governance" : "pack" };
  }
}
