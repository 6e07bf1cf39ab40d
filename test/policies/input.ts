/** Preflight documents as the orchestrator builds them, with what a scenario changes. */
import type { FileChange, PreflightInput } from "../../schema/index.ts";

const DIGEST = "0".repeat(64);

/** A small edit of a source file unless told otherwise. */
export function change(path: string, extra: Partial<FileChange> = {}): FileChange {
  return {
    op: "update",
    path,
    entry: "file",
    old_entry: "file",
    mode: "0644",
    old_mode: "0644",
    executable: false,
    became_executable: false,
    setid: false,
    binary: false,
    insertions: 1,
    deletions: 1,
    added: [{ line: 3, text: "const answer = 42;" }],
    removed: [{ line: 3, text: "const answer = 41;" }],
    truncated: false,
    ...extra,
  };
}

/** A change that adds these lines from line 1 on. */
export function adding(path: string, lines: readonly string[], extra: Partial<FileChange> = {}): FileChange {
  const added = lines.map((text, index) => ({ line: index + 1, text }));
  return change(path, { op: "create", added, removed: [], insertions: lines.length, deletions: 0, ...extra });
}

export function input(changes: readonly FileChange[], extra: Partial<PreflightInput> = {}): PreflightInput {
  const count = (test: (file: FileChange) => boolean) => changes.filter(test).length;
  const sum = (key: "insertions" | "deletions") => changes.reduce((total, file) => total + file[key], 0);
  return {
    format: "cabincrew.preflight/1",
    time: "2026-01-01T00:00:00.000Z",
    workflow: { id: "exec", step_id: "run" },
    mode: "flight-plan",
    principal: { id: "ada", proven: false },
    engine: { id: "exec", version: "1.0.0", digest: DIGEST, idempotent: true, reconcile: false },
    command: ["true"],
    config: {},
    permissions: { network: false, env: [], secrets: [], read: [], write: [] },
    workspace: { hash: DIGEST, path: "/srv/project" },
    sandbox: { kind: "bubblewrap" },
    receipt: {},
    artifacts: changes.map((file, index) => ({
      name: `file-${index}`,
      role: "state",
      artifact_type: "file",
      action: file.op,
      target: file.path,
      mime: "text/plain",
      sha256: DIGEST,
      size: 10,
      metadata: {},
      change: file,
    })),
    summary: {
      artifacts: changes.length,
      files: changes.length,
      created: count(({ op }) => op === "create"),
      updated: count(({ op }) => op === "update"),
      deleted: count(({ op }) => op === "delete"),
      renamed: count(({ op }) => op === "rename"),
      binary: count(({ binary }) => binary),
      insertions: sum("insertions"),
      deletions: sum("deletions"),
    },
    ...extra,
  };
}
