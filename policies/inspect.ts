/**
 * Policy packs as found on disk. The manifest must match its schema and the WebAssembly must have the digest the manifest
 * names; the bytes that were hashed are the bytes handed on, so nothing can be exchanged in between. Knows nothing of OPA.
 */
import path from "node:path";
import { digestOf, isJsonObject, packageRoot, parseDocument, sha256 } from "../schema/index.ts";
import { invalid, MAX_WASM_BYTES, type OpenPolicyPack, parseJson, readRegularFile } from "./pack-files.ts";
import type { BundleOptions, PackSource, PolicyPack } from "./port.ts";

/** The manifest's name in every pack. */
export const PACK_FILE = "pack.json";
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** Reads and verifies one pack. Throws `governance_invalid` with `detail.failure` (a FailureCode) when anything is off. */
export async function openPolicyPack(directory: string): Promise<OpenPolicyPack> {
  const what = `The policy pack ${directory}`;
  const manifestBytes = await readRegularFile(path.join(directory, PACK_FILE), MAX_DOCUMENT_BYTES, "pack_invalid");
  const value = parseJson(manifestBytes, "pack_invalid", `${what}: ${PACK_FILE}`);
  const manifest = parseDocument("policyPack", value, "governance_invalid", `${what}: ${PACK_FILE}`);
  const [wasm, dataBytes] = await Promise.all([
    readRegularFile(inside(directory, manifest.wasm, what), MAX_WASM_BYTES, "wasm_missing"),
    manifest.data === undefined
      ? undefined
      : readRegularFile(inside(directory, manifest.data, what), MAX_DOCUMENT_BYTES, "data_invalid"),
  ]);
  const wasmDigest = sha256(wasm);
  if (wasmDigest !== manifest.wasm_sha256)
    throw invalid(
      "digest_mismatch",
      `${what} holds a ${manifest.wasm} whose SHA-256 is not the one its ${PACK_FILE} names`,
      "Build the pack again, or take it from its source again.",
    );
  const data = dataBytes ? parseJson(dataBytes, "data_invalid", `${what}: ${manifest.data}`) : {};
  if (!isJsonObject(data)) throw invalid("data_invalid", `${what}: ${manifest.data} is not a JSON object`);
  const files = [
    { path: PACK_FILE, sha256: digestOf(manifest) },
    { path: manifest.wasm, sha256: wasmDigest },
    ...(dataBytes && manifest.data ? [{ path: manifest.data, sha256: sha256(dataBytes) }] : []),
  ];
  return { id: manifest.id, version: manifest.version, directory, digest: digestOf(files), manifest, wasm, data };
}

/** A pack from wherever it is: a directory, or a bundle of OPA. Throws as openPolicyPack does. */
export async function openPack({ directory, bundle }: PackSource): Promise<OpenPolicyPack> {
  if (!bundle) return openPolicyPack(directory);
  const { openPolicyBundle } = await import("./bundle/open.ts");
  return openPolicyBundle(directory, bundle);
}

/** What the governance digest needs of a pack. Throws `governance_invalid`, as openPolicyPack does. */
export async function loadPolicyPack(directory: string, bundle?: BundleOptions): Promise<PolicyPack> {
  const { id, version, digest, manifest } = await openPack({ directory, ...(bundle ? { bundle } : {}) });
  const postFlight = manifest.modes?.includes("post-flight") ? ({ postFlight: true } as const) : {};
  return { id, version, directory, digest, ...postFlight };
}

/** The directory of a pack that ships with cabincrew, for example `default`. */
export function builtinPolicyPack(name: string): string {
  return path.join(packageRoot(), "policies", "packs", name);
}

function inside(directory: string, file: string, what: string): string {
  if (path.basename(file) !== file || file.startsWith("."))
    throw invalid("pack_invalid", `${what} names a file outside its own directory`);
  return path.join(directory, file);
}
