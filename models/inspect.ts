/**
 * Model packs as found on disk. The manifest must match its schema and the model file must have the digest the manifest
 * names; the bytes that were hashed are the bytes handed on, so nothing can be exchanged in between. Knows nothing of ONNX.
 */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  CabincrewError,
  canonicalJson,
  errnoOf,
  looked,
  type ModelManifest,
  packageRoot,
  parseDocument,
  sha256,
  toCabincrewError,
} from "../schema/index.ts";
import type { FailureCode } from "./failure.ts";
import { manifestFault } from "./manifest.ts";
import type { ModelPack } from "./port.ts";

const MANIFEST = "manifest.json";
const MAX_MANIFEST_BYTES = 1024 * 1024;
const MAX_MODEL_BYTES = 1024 * 1024 * 1024;
const MAX_TOKENIZER_BYTES = 64 * 1024 * 1024;

/** A verified pack together with its manifest and the model's bytes. */
export interface OpenModelPack extends ModelPack {
  readonly manifest: ModelManifest;
  readonly bytes: Buffer;
  /** The file a model of tokens brings; empty for others. The manifest holds its digest. */
  readonly tokenizer: Buffer;
}

/** Reads and verifies one pack. Throws `governance_invalid` with `detail.failure` (a FailureCode) when anything is off. */
export async function openModelPack(directory: string): Promise<OpenModelPack> {
  const what = `The model pack ${directory}`;
  const text = await readRegularFile(path.join(directory, MANIFEST), MAX_MANIFEST_BYTES, "pack_invalid");
  const manifest = parseManifest(text, what);
  const bytes = await readNamed(directory, manifest, MAX_MODEL_BYTES, what);
  const { input } = manifest;
  const named = input.encoding === "tokens" ? input.tokenizer : undefined;
  const tokenizer = named ? await readNamed(directory, named, MAX_TOKENIZER_BYTES, what) : Buffer.alloc(0);
  const digest = createHash("sha256").update(canonicalJson(manifest)).update("\0").update(bytes).digest("hex");
  return { id: manifest.id, version: manifest.version, directory, digest, manifest, bytes, tokenizer };
}

/** What the governance digest needs of a pack. Throws `governance_invalid`, as openModelPack does. */
export async function loadModelPack(directory: string): Promise<ModelPack> {
  const { id, version, digest, manifest } = await openModelPack(directory);
  const postFlight = manifest.modes?.includes("post-flight") ? ({ postFlight: true } as const) : {};
  return { id, version, directory, digest, ...postFlight };
}

/** The directory of a pack that ships with cabincrew, for example `credentials`. */
export function builtinModelPack(name: string): string {
  return path.join(packageRoot(), "models", "packs", name);
}

/** A file of the pack that the manifest names together with its digest. */
async function readNamed(
  directory: string,
  { file, sha256: digest }: { readonly file: string; readonly sha256: string },
  limit: number,
  what: string,
): Promise<Buffer> {
  if (path.basename(file) !== file || file.startsWith("."))
    throw invalid("pack_invalid", `${what} names a file outside its own directory`);
  const bytes = await readRegularFile(path.join(directory, file), limit, "model_missing");
  if (sha256(bytes) === digest) return bytes;
  throw invalid(
    "digest_mismatch",
    `${what} holds a ${file} whose SHA-256 is not the one its ${MANIFEST} names`,
    "Restore the file, or take the pack from its source again.",
  );
}

function parseManifest(text: Buffer, what: string): ModelManifest {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch {
    throw invalid("pack_invalid", `${what} has a ${MANIFEST} that is not JSON in UTF-8`);
  }
  const manifest = parseDocument("modelManifest", value, "governance_invalid", `${what}: ${MANIFEST}`);
  const fault = manifestFault(manifest);
  if (fault) throw invalid("pack_invalid", `${what} has a ${MANIFEST} that cannot be used: ${fault}`);
  return manifest;
}

/** Refuses links, devices and FIFOs (a FIFO would wait for ever), and what is larger than `limit` bytes. */
async function readRegularFile(file: string, limit: number, failure: FailureCode): Promise<Buffer> {
  try {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = looked(fstatSync(fd));
      if (!stat.isFile()) throw invalid(failure, `The model pack's ${file} is not a regular file`);
      if (stat.size > limit) throw invalid(failure, `The model pack's ${file} is larger than ${limit} bytes`);
      return readFileSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errnoOf(error) === "ENOENT") throw invalid(failure, `The model pack lacks ${file}`);
    if (errnoOf(error) === "ELOOP") throw invalid(failure, `The model pack's ${file} is a symbolic link`);
    throw toCabincrewError(error, "governance_invalid", `Reading the model pack's ${file}`);
  }
}

function invalid(failure: FailureCode, sentence: string, next?: string): CabincrewError {
  return new CabincrewError("governance_invalid", sentence, { detail: { failure }, ...(next ? { next } : {}) });
}
