/**
 * Builds policy packs: Rego sources to WebAssembly, and the manifest's digests. The author writes `id`, `version`,
 * `entrypoints` and `data` into pack.json; the rest is filled in here. Checking compares without writing anything.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  CabincrewError,
  digestOf,
  isJsonObject,
  type PolicyPackManifest,
  packageRoot,
  parseDocument,
  sha256,
  toCabincrewError,
} from "../schema/index.ts";
import { openPolicyPack, PACK_FILE } from "./inspect.ts";
import { compileWasm, readOpaVersion, runOpa } from "./opa.ts";

export interface BuildOptions {
  /** The `opa` program. */
  readonly opa: string;
  /** Builtins a policy may use: what this product's runtime has (default), or whatever `opa` knows. */
  readonly capabilities?: "runtime" | "any";
}

export interface Checked {
  /** What does not fit together; empty when all is well. */
  readonly problems: readonly string[];
  /** What could not be checked here, and why. */
  readonly skipped: readonly string[];
}

/** The capabilities of opa-wasm; made by `npm run policies:build -- --capabilities`. */
export function capabilitiesFile(): string {
  return path.join(packageRoot(), "policies", "capabilities.json");
}

/** Compiles one pack and writes its WebAssembly and manifest. Throws `config_invalid` with what opa says. */
export async function buildPolicyPack(directory: string, options: BuildOptions): Promise<PolicyPackManifest> {
  const { manifest, wasm } = await compilePack(directory, options);
  await writeFile(path.join(directory, manifest.wasm), wasm);
  await writeFile(path.join(directory, PACK_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** Compares a pack with its sources and runs its Rego tests. Without `opa` only the digests are compared. */
export async function checkPolicyPack(directory: string, options: BuildOptions): Promise<Checked> {
  const { manifest } = await openPolicyPack(directory);
  const problems: string[] = [];
  const skipped: string[] = [];
  const sources = await readSources(directory);
  if (JSON.stringify(manifest.sources) !== JSON.stringify(sources))
    problems.push("the Rego sources are not the ones the manifest names; build the pack again");
  const version = await readOpaVersion(options.opa);
  if (version === undefined) skipped.push("there is no opa here, so nothing was compiled and no Rego test was run");
  else {
    if (version === manifest.opa_version) {
      const compiled = await compilePack(directory, options);
      if (JSON.stringify(compiled.manifest) !== JSON.stringify(manifest))
        problems.push("the WebAssembly or manifest is not what the sources compile to; build the pack again");
    } else
      skipped.push(`opa here is ${version}, the pack was built by ${manifest.opa_version}: not compared byte by byte`);
    const failures = await testPolicyPack(directory, options.opa);
    if (failures !== undefined) problems.push(failures);
  }
  return { problems, skipped };
}

/** Runs the pack's Rego tests with its data; what opa says when they fail, undefined when they pass or there are none. */
export async function testPolicyPack(directory: string, opa: string): Promise<string | undefined> {
  const rego = await listRego(directory);
  if (!rego.some(isTest)) return undefined;
  const manifest = await readManifestHead(directory);
  const data = typeof manifest["data"] === "string" ? [manifest["data"]] : [];
  try {
    await runOpa(opa, ["test", ...rego, ...data], directory);
    return undefined;
  } catch (error) {
    if (error instanceof CabincrewError) return error.message;
    throw error;
  }
}

async function compilePack(directory: string, { opa, capabilities = "runtime" }: BuildOptions) {
  const opaVersion = await readOpaVersion(opa);
  if (opaVersion === undefined)
    throw new CabincrewError("config_invalid", `Building the policy pack ${directory}: there is no program ${opa}`, {
      next: "Install Open Policy Agent (https://www.openpolicyagent.org) or name it with $OPA.",
    });
  const head = await readManifestHead(directory);
  const sources = await readSources(directory);
  const limited = capabilities === "runtime" ? { capabilities: capabilitiesFile() } : {};
  const draft = parseDocument(
    "policyPack",
    {
      format: "cabincrew.policy-pack/1",
      ...head,
      wasm: head["wasm"] ?? "policy.wasm",
      wasm_sha256: sha256(""),
      sources,
      opa_version: opaVersion,
      ...(limited.capabilities
        ? { capabilities_sha256: digestOf(JSON.parse(await readFile(limited.capabilities, "utf8"))) }
        : {}),
    },
    "config_invalid",
    `The policy pack ${directory}: ${PACK_FILE}`,
  );
  const { entrypoints } = draft;
  const wasm = await compileWasm(opa, {
    directory,
    sources: sources.map((source) => source.path),
    entrypoints,
    ...limited,
  });
  return { manifest: { ...draft, wasm_sha256: sha256(wasm) }, wasm };
}

async function readManifestHead(directory: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = JSON.parse(await readFile(path.join(directory, PACK_FILE), "utf8"));
    if (isJsonObject(value)) return value;
  } catch (error) {
    throw toCabincrewError(error, "config_invalid", `Reading ${PACK_FILE} of the policy pack ${directory}`);
  }
  throw new CabincrewError("config_invalid", `${PACK_FILE} of the policy pack ${directory} is not a JSON object`);
}

async function readSources(directory: string): Promise<{ path: string; sha256: string }[]> {
  const names = (await listRego(directory)).filter((name) => !isTest(name));
  return Promise.all(
    names.map(async (name) => ({ path: name, sha256: sha256(await readFile(path.join(directory, name))) })),
  );
}

async function listRego(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => name.endsWith(".rego")).sort();
}

function isTest(name: string): boolean {
  return name.endsWith("_test.rego");
}
