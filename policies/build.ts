/**
 * Builds policy packs: Rego sources to WebAssembly, and the manifest's digests. The author writes `id`, `version`,
 * `entrypoints` and `data` into pack.json; the rest is filled in here. Checking compares without writing anything.
 */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  CabincrewError,
  digestOf,
  type PolicyPackInput,
  type PolicyPackManifest,
  packageRoot,
  parseDocument,
  sha256,
} from "../schema/index.ts";
import { compilePolicies } from "./compile.ts";
import { openPolicyPack, PACK_FILE } from "./inspect.ts";
import { noOpa, readData, readOpaVersion } from "./opa.ts";
import { isRegoTest, listRego } from "./rego-files.ts";
import { runRegoTests } from "./rego-test.ts";
import { DATA_FOLDER, draftHead, type PackHead } from "./scaffold.ts";

export interface BuildOptions {
  /** The `opa` program. */
  readonly opa: string;
  /** Builtins a policy may use: what this product's runtime has (default), or whatever `opa` knows. */
  readonly capabilities?: "runtime" | "any";
  /** Files and folders whose data become the pack's data document, as conftest's `--data`; absolute paths. */
  readonly data?: readonly string[];
  /** Overrides what pack.json says of the view. */
  readonly view?: PolicyPackInput["view"];
  /** Overrides what pack.json says of the sources' Rego. */
  readonly regoVersion?: "v0" | "v1";
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

/**
 * Compiles one pack and writes its WebAssembly, its manifest and the data it put together. A folder without pack.json becomes
 * a pack with every package that has rules as an entry point. Throws `config_invalid` with what opa says.
 */
export async function buildPolicyPack(directory: string, options: BuildOptions): Promise<PolicyPackManifest> {
  const { manifest, wasm, data } = await compilePack(directory, options);
  if (data && manifest.data) await writeFile(path.join(directory, manifest.data), data);
  await writeFile(path.join(directory, manifest.wasm), wasm);
  await writeFile(path.join(directory, PACK_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/**
 * Compares a pack with its sources and runs its Rego tests, of which there must be some unless it may be `untested`. Without
 * `opa` only the digests are compared.
 */
export async function checkPolicyPack(
  directory: string,
  options: BuildOptions & { readonly untested?: boolean },
): Promise<Checked> {
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
      const data = manifest.data && compiled.data ? await readFile(path.join(directory, manifest.data)) : undefined;
      if (data && compiled.data && !sameJson(data, compiled.data))
        problems.push(`${manifest.data} is not what ${DATA_FOLDER} holds; build the pack again`);
      if (JSON.stringify(compiled.manifest) !== JSON.stringify(manifest))
        problems.push("the WebAssembly or manifest is not what the sources compile to; build the pack again");
    } else
      skipped.push(`opa here is ${version}, the pack was built by ${manifest.opa_version}: not compared byte by byte`);
    const without = options.untested === true && !(await listRego(directory)).some(isRegoTest);
    const failures = without ? undefined : await testFailures(directory, options.opa);
    if (failures !== undefined) problems.push(failures);
  }
  return { problems, skipped };
}

/** Layout is no difference. */
function sameJson(a: Buffer, b: Buffer): boolean {
  return digestOf(JSON.parse(a.toString())) === digestOf(JSON.parse(b.toString()));
}

/** What fails of the pack's Rego tests, undefined when they pass. */
async function testFailures(directory: string, opa: string): Promise<string | undefined> {
  try {
    const failed = (await runRegoTests(directory, opa)).filter(({ outcome }) => outcome === "failed");
    return failed.length === 0
      ? undefined
      : failed.map(({ file, line, name }) => `${file}:${line}: the Rego test ${name} fails`).join("; ");
  } catch (error) {
    if (error instanceof CabincrewError) return error.message;
    throw error;
  }
}

async function compilePack(directory: string, options: BuildOptions) {
  const { opa, capabilities = "runtime" } = options;
  const opaVersion = await readOpaVersion(opa);
  if (opaVersion === undefined) throw noOpa(`Building the policy pack ${directory}`, opa);
  const head = await completeHead(directory, options);
  const sources = await readSources(directory);
  const limited = capabilities === "runtime" ? { capabilities: capabilitiesFile() } : {};
  const draft = parseDocument(
    "policyPack",
    {
      format: "cabincrew.policy-pack/1",
      ...head.manifest,
      wasm: head.manifest["wasm"] ?? "policy.wasm",
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
  const { entrypoints, rego_version } = draft;
  const wasm = await compilePolicies(opa, {
    directory,
    sources: sources.map((source) => source.path),
    entrypoints,
    v0: rego_version === "v0",
    ...limited,
  });
  const data = head.data && (await readData(opa, head.data, directory));
  return { manifest: { ...draft, wasm_sha256: sha256(wasm) }, wasm, ...(data ? { data } : {}) };
}

/** The author's part of the manifest with what the options say, and where the data come from if they are to be put together. */
async function completeHead(directory: string, options: BuildOptions): Promise<PackHead> {
  const head = await draftHead(directory, options.opa, options.regoVersion);
  const { view, regoVersion, data } = options;
  const input = view === undefined ? {} : { input: { ...(head.manifest["input"] as object | undefined), view } };
  return {
    manifest: {
      ...head.manifest,
      ...input,
      ...(data ? { data: "data.json" } : {}),
      ...(regoVersion === undefined ? {} : { rego_version: regoVersion }),
    },
    ...(data ? { data } : head.data ? { data: head.data } : {}),
  };
}

async function readSources(directory: string): Promise<{ path: string; sha256: string }[]> {
  const names = (await listRego(directory)).filter((name) => !isRegoTest(name));
  return Promise.all(
    names.map(async (name) => ({ path: name, sha256: sha256(await readFile(path.join(directory, name))) })),
  );
}
