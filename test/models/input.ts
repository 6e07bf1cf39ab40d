import path from "node:path";
import { type ModelJudgeOptions, type ModelLimits, startModelJudge } from "../../models/index.ts";
import type { Evaluation, FileChange, PreflightArtifact, PreflightInput } from "../../schema/index.ts";

const FIXTURES = path.join(import.meta.dirname, "..", "fixtures", "models");
const LIMITS: ModelLimits = { timeoutMs: 30_000, memoryBytes: 1024 ** 3 };

/** Directory of a fixture pack (test/fixtures/models/make.py). */
export function fixturePack(name: string): string {
  return path.join(FIXTURES, name);
}

/** A file artifact that adds these lines from line 1 on. */
export function fileArtifact(
  file: string,
  lines: readonly string[],
  change: Partial<FileChange> = {},
): PreflightArtifact {
  return {
    name: `change-${file}`,
    role: "evidence",
    artifact_type: "file",
    action: "create",
    mime: "text/plain",
    metadata: {},
    change: {
      op: "create",
      path: file,
      entry: "file",
      executable: false,
      became_executable: false,
      setid: false,
      binary: false,
      insertions: lines.length,
      deletions: 0,
      added: lines.map((text, index) => ({ line: index + 1, text })),
      removed: [],
      truncated: false,
      ...change,
    },
  };
}

/** An artifact that is no file change, for example a plan file. */
export function bodyArtifact(fields: Partial<PreflightArtifact>): PreflightArtifact {
  return {
    name: "plan",
    role: "evidence",
    artifact_type: "plan",
    action: "apply",
    mime: "text/plain",
    metadata: {},
    ...fields,
  };
}

export function preflightInput(...artifacts: readonly PreflightArtifact[]): PreflightInput {
  return {
    format: "cabincrew.preflight/1",
    time: "2026-01-01T00:00:00Z",
    workflow: { id: "run", step_id: "main" },
    mode: "flight-plan",
    principal: { id: "tester", proven: false },
    engine: { id: "exec", version: "1.0.0", digest: "0".repeat(64), idempotent: true, reconcile: false },
    config: {},
    permissions: { network: false, env: [], secrets: [], read: [], write: [] },
    workspace: { hash: "0".repeat(64), path: "/workspace" },
    sandbox: { kind: "none" },
    receipt: {},
    artifacts,
    summary: {
      artifacts: artifacts.length,
      files: 0,
      created: 0,
      updated: 0,
      deleted: 0,
      renamed: 0,
      binary: 0,
      insertions: 0,
      deletions: 0,
    },
  };
}

/** Judges with packs given by directory, and ends the process. */
export async function judgeWith(
  directories: readonly string[],
  input: PreflightInput,
  limits: Partial<ModelLimits> = {},
  options: ModelJudgeOptions = { sandbox: "off" },
): Promise<readonly Evaluation[]> {
  const judge = startModelJudge(
    directories.map((directory) => ({ directory })),
    { ...LIMITS, ...limits },
    options,
  );
  try {
    return await judge.judge(input);
  } finally {
    await judge.close();
  }
}

/** The one evaluation of one fixture pack over lines of one file. */
export async function judgeLines(
  pack: string,
  lines: readonly string[],
  limits: Partial<ModelLimits> = {},
  options?: ModelJudgeOptions,
): Promise<Evaluation> {
  const [evaluation] = await judgeWith(
    [fixturePack(pack)],
    preflightInput(fileArtifact("a.txt", lines)),
    limits,
    options,
  );
  if (!evaluation) throw new Error("no evaluation");
  return evaluation;
}
