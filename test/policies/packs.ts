/** Packs the tests judge with, and copies of them that a test may damage. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { type ConfiguredPack, type PolicyJudge, type PolicyLimits, startPolicyJudge } from "../../policies/index.ts";
import { packageRoot } from "../../schema/index.ts";

export const LIMITS: PolicyLimits = { timeoutMs: 20_000, memoryBytes: 128 * 1024 * 1024 };

export function fixturePack(name: string): string {
  return path.join(packageRoot(), "test", "fixtures", "policies", name);
}

/** A copy of a pack in a directory of its own. */
export function copyPack(directory: string): string {
  const scratch = mkdtempSync(path.join(tmpdir(), "policies-"));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const copy = path.join(scratch, path.basename(directory));
  cpSync(directory, copy, { recursive: true });
  return copy;
}

/** Changes keys of a pack's manifest; undefined removes one. */
export function editManifest(directory: string, changes: Readonly<Record<string, unknown>>): string {
  const file = path.join(directory, "pack.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...changes }));
  return directory;
}

/** A judge that ends with its test. */
export function startJudge(packs: readonly ConfiguredPack[], limits: Partial<PolicyLimits> = {}): PolicyJudge {
  const judge = startPolicyJudge(packs, { ...LIMITS, ...limits });
  onTestFinished(() => judge.close());
  return judge;
}
