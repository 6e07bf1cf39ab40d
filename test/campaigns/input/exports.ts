/** Exported ledgers, changed in any way: none but the one that was exported is ever called whole. */
import { createPublicKey } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readForImport } from "../../../orchestrator/imports/read-export.ts";
import { verifyExport } from "../../../orchestrator/index.ts";
import { mutateBytes } from "./mutate.ts";
import type { Subject } from "./subject.ts";

/** `file` was written by `audit --format ndjson` or `export`, `publicKey` is its ledger's. */
export function exportSubject(name: string, file: string, publicKey: string): Subject {
  const scratch = mkdtempSync(path.join(tmpdir(), "cabincrew-input-"));
  const own = path.join(scratch, "ledger.pub.pem");
  cpSync(publicKey, own);
  const honest = readFileSync(file);
  const meaning = canonicalLines(honest);
  return {
    name,
    share: 1,
    async once(random) {
      const changed = mutateBytes(honest, random);
      const target = path.join(scratch, "export");
      writeFileSync(target, changed);
      const report = await verifyExport(target, own);
      if (!report.ok || changed.equals(honest) || canonicalLines(changed) === meaning) return undefined;
      // What is cut off at the end of a list of entries leaves a shorter ledger that is whole; only its head tells.
      if (honest.subarray(0, changed.length).equals(changed)) return undefined;
      return `a changed export was called whole: ${difference(honest, changed)}`;
    },
  };
}

/** What is imported, with a key that was named and without: the run that was exported, or nothing. */
export function importSubject(name: string, file: string, publicKey: string): Subject {
  const scratch = mkdtempSync(path.join(tmpdir(), "cabincrew-input-"));
  const honest = readFileSync(file);
  const key = createPublicKey(readFileSync(publicKey, "utf8"));
  const [document = ""] = meaningOf(honest.toString()) ? [honest.toString()] : honest.toString().split("\n");
  const meaning = meaningOf(document);
  return {
    name,
    share: 1,
    async once(random) {
      const changed = mutateBytes(honest, random);
      const target = path.join(scratch, "export");
      writeFileSync(target, changed);
      const proven = await readForImport(target, random.pick([key, undefined]));
      if (meaningOf(JSON.stringify(proven.document)) === meaning) return undefined;
      return `a changed export was imported: ${difference(honest, changed)}`;
    },
  };
}

function difference(honest: Buffer, changed: Buffer): string {
  const at = honest.findIndex((byte, index) => byte !== changed[index]);
  const around = (bytes: Buffer) => JSON.stringify(bytes.subarray(Math.max(0, at - 60), at + 60).toString());
  return `${around(honest)} became ${around(changed)}`;
}

/** White space between values and the order of keys are no part of what an export says. */
function canonicalLines(bytes: Buffer): string {
  const whole = meaningOf(bytes.toString());
  if (whole !== undefined) return whole;
  const lines = bytes.toString().split("\n");
  return lines.flatMap((line) => (line.trim() === "" ? [] : [meaningOf(line) ?? line])).join("\n");
}

function meaningOf(text: string): string | undefined {
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch {
    return undefined;
  }
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
