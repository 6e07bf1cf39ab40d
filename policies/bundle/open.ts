/**
 * A bundle of OPA as a policy pack: what `opa build -t wasm -b` writes. Its signature is verified before anything in it is
 * believed; the bytes that were verified are the bytes handed on.
 */
import path from "node:path";
import { digestOf, isJsonObject, type JsonObject, type PolicyPackManifest, sha256 } from "../../schema/index.ts";
import { invalid, MAX_WASM_BYTES, type OpenPolicyPack, parseJson, readRegularFile } from "../pack-files.ts";
import type { BundleOptions } from "../port.ts";
import { readArchive } from "./archive.ts";
import { bundleData, isBelow } from "./data.ts";
import { SIGNATURES_FILE, verifySignature } from "./signature.ts";

const MAX_KEY_BYTES = 64 * 1024;

/** Throws `governance_invalid` with `detail.failure`; the pack's id is the file's name without `.tar.gz`. */
export async function openPolicyBundle(file: string, options: BundleOptions): Promise<OpenPolicyPack> {
  const what = `The bundle ${file}`;
  const bytes = await readRegularFile(file, MAX_WASM_BYTES, "bundle_invalid");
  const files = await readArchive(bytes, what);
  const { verify, input } = options;
  const key = verify && (await readRegularFile(verify.key, MAX_KEY_BYTES, "signature_invalid"));
  if (verify && key) await verifySignature(files, verify, key, what);
  else if (files.has(SIGNATURES_FILE))
    throw invalid(
      "signature_invalid",
      `${what} is signed, and governance names no key for it`,
      "Name the key: an entry of `policies` with `path` and `verify`.",
    );
  const { revision, roots, entrypoints, module } = readManifest(files, what);
  const wasm = files.get(module);
  if (!wasm) throw invalid("wasm_missing", `${what} lacks ${module}, which its manifest names`);
  const data = await bundleData(files, roots, what);
  const id = path.basename(file).replace(/\.(?:tar\.gz|tgz)$/, "");
  const manifest: PolicyPackManifest = {
    format: "cabincrew.policy-pack/1",
    id,
    version: revision,
    wasm: module,
    wasm_sha256: sha256(wasm),
    entrypoints,
    ...(input ? { input } : {}),
  };
  const trust = verify && key ? { ...verify, key: sha256(key) } : null;
  const digest = digestOf({ bundle: sha256(bytes), verify: trust, input: input ?? null });
  return { id, version: revision, directory: file, digest, manifest, wasm, data };
}

interface BundleManifest {
  readonly revision: string;
  readonly roots: readonly string[];
  readonly entrypoints: [string, ...string[]];
  readonly module: string;
}

function readManifest(files: ReadonlyMap<string, Buffer>, what: string): BundleManifest {
  const refuse = (sentence: string) => invalid("bundle_invalid", `${what} ${sentence}`);
  if (files.has("patch.json")) throw refuse("is a delta bundle, which changes another one and is no policy by itself");
  const bytes = files.get(".manifest");
  const value = bytes && parseJson(bytes, "bundle_invalid", `${what}: .manifest`);
  if (!isJsonObject(value)) throw refuse("has no .manifest; build it with `opa build -t wasm -b`");
  const { revision = "", roots = [""], wasm } = value;
  if (typeof revision !== "string" || !isTexts(roots))
    throw refuse("has a .manifest whose revision or roots are no texts");
  if (!Array.isArray(wasm) || wasm.length === 0)
    throw refuse("names no WebAssembly in its .manifest; build it with `opa build -t wasm` and an entry point, `-e`");
  const resolvers = wasm.map((each): JsonObject => (isJsonObject(each) ? each : {}));
  const entrypoints: unknown = resolvers.map((resolver) => resolver["entrypoint"]);
  const modules = new Set(resolvers.map((resolver) => resolver["module"]));
  const [module] = modules;
  if (!isTexts(entrypoints) || typeof module !== "string")
    throw refuse("has a .manifest with an entry point that has no name");
  if (modules.size > 1) throw refuse("holds several WebAssembly modules; build it with one");
  const rooted = roots.map((root) => root.replace(/^\/|\/$/g, ""));
  const stray = entrypoints.find((entrypoint) => !rooted.some((root) => isBelow(entrypoint, root)));
  if (stray !== undefined) throw refuse(`has the entry point ${stray} outside of its roots`);
  const [first, ...others] = new Set(entrypoints);
  if (first === undefined) throw refuse("has no entry point");
  return { revision, roots: rooted, entrypoints: [first, ...others], module: module.replace(/^\//, "") };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string" && each.length <= 1024);
}
