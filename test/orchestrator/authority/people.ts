import { createPrivateKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect } from "vitest";
import {
  type ApproverKey,
  type Authority,
  generateApproverKey,
  loadAuthority,
} from "../../../orchestrator/authority/index.ts";
import { CabincrewError, type ReasonCode } from "../../../schema/index.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "cabincrew-authority-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let files = 0;

/** A fresh key as `readPrivateKey` would give it. */
export function makeKey(): ApproverKey {
  const { privatePem, publicText, keyId } = generateApproverKey();
  return { privateKey: createPrivateKey(privatePem), publicText, keyId };
}

/** Writes text to a file of its own and gives its path. */
export function writeFile(name: string, content: string | Uint8Array): string {
  files += 1;
  const file = path.join(scratch, `${files}-${name}`);
  writeFileSync(file, content);
  return file;
}

/** People by name with their roles, one key each. */
export function people(roles: Record<string, string[]>, keys: Record<string, ApproverKey> = {}) {
  return Object.entries(roles).map(([id, held]) => ({ id, roles: held, keys: [(keys[id] ?? makeKey()).publicText] }));
}

export function authorityFrom(document: Record<string, unknown>): Promise<Authority> {
  return loadAuthority(writeFile("authority.json", JSON.stringify({ version: 1, ...document })));
}

/** The refusal of a call, checked for class and code together. */
export async function refusal(code: ReasonCode, call: () => unknown): Promise<CabincrewError> {
  try {
    await call();
  } catch (error) {
    expect(error).toBeInstanceOf(CabincrewError);
    expect((error as CabincrewError).code).toBe(code);
    return error as CabincrewError;
  }
  throw new Error(`expected a refusal with ${code}`);
}
