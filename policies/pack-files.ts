/** What a pack is made of, and reading it: regular files of a bounded size, and nothing else. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import {
  CabincrewError,
  errnoOf,
  type JsonObject,
  looked,
  type PolicyPackManifest,
  toCabincrewError,
} from "../schema/index.ts";
import type { FailureCode } from "./failure.ts";
import type { PolicyPack } from "./port.ts";

/** No policy needs more; a bundle as a whole is held to it as well. */
export const MAX_WASM_BYTES = 64 * 1024 * 1024;

/** A verified pack together with its manifest, its WebAssembly and its data document. */
export interface OpenPolicyPack extends PolicyPack {
  readonly manifest: PolicyPackManifest;
  readonly wasm: Buffer;
  readonly data: JsonObject;
}

/** Throws `governance_invalid` with `detail.failure` for what is not JSON in UTF-8. */
export function parseJson(bytes: Buffer, failure: FailureCode, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw invalid(failure, `${what} is not JSON in UTF-8`);
  }
}

/** Refuses links, devices and FIFOs (a FIFO would wait for ever), and what is larger than `limit` bytes. */
export async function readRegularFile(file: string, limit: number, failure: FailureCode): Promise<Buffer> {
  try {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = looked(fstatSync(fd));
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

/** Why a pack is refused, with its FailureCode as `detail.failure`. */
export function invalid(failure: FailureCode, sentence: string, next?: string): CabincrewError {
  return new CabincrewError("governance_invalid", sentence, { detail: { failure }, ...(next ? { next } : {}) });
}
