/**
 * Policy packs as found on disk. The manifest must match its schema and the WebAssembly must have the digest the manifest
 * names; the bytes that were hashed are the bytes handed on, so nothing can be exchanged in between. Knows nothing of OPA.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  CabincrewError,
  digestOf,
  errnoOf,
  isJsonObject,
  type JsonObject,
  type PolicyPackManifest,
  packageRoot,
  parseDocument,
  sha256,
  toCabincrewError,
} from "../schema/index.ts";
import type { FailureCode } from "./failure.ts";
import type { PolicyPack } from "./port.ts";

/** The manifest's name in every pack. */
export const PACK_FILE = "pack.json";
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
const MAX_WASM_BYTES = 64 * 1024 * 1024;

/** A verified pack together with its manifest, its WebAssembly and its data document. */
export interface OpenPolicyPack extends PolicyPack {
  readonly manifest: PolicyPackManifest;
  readonly wasm: Buffer;
  readonly data: JsonObject;
}

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

/** What the governance digest needs of a pack. Throws `governance_invalid`, as openPolicyPack does. */
export async function loadPolicyPack(directory: string): Promise<PolicyPack> {
  const { id, version, digest } = await openPolicyPack(directory);
  return { id, version, directory, digest };
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

function parseJson(bytes: Buffer, failure: FailureCode, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw invalid(failure, `${what} is not JSON in UTF-8`);
  }
}

/** Refuses links, devices and FIFOs (a FIFO would wait for ever), and what is larger than `limit` bytes. */
async function readRegularFile(file: string, limit: number, failure: FailureCode): Promise<Buffer> {
  try {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) throw invalid(failure, `The policy pack's ${file} is not a regular file`);
      if (stat.size > limit) throw invalid(failure, `The policy pack's ${file} is larger than ${limit} bytes`);
      return readFileSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errnoOf(error) === "ENOENT") throw invalid(failure, `The policy pack lacks ${file}`);
    if (errnoOf(error) === "ELOOP") throw invalid(failure, `The policy pack's ${file} is a symbolic link`);
    throw toCabincrewError(error, "governance_invalid", `Reading the policy pack's ${file}`);
  }
}

function invalid(failure: FailureCode, sentence: string, next?: string): CabincrewError {
  return new CabincrewError("governance_invalid", sentence, { detail: { failure }, ...(next ? { next } : {}) });
}
