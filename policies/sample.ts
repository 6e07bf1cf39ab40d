/**
 * A small plan that every pack is tried on while it is loaded: V8 compiles WebAssembly function by function when it is first
 * called, and by then flight-plan is still running. What a policy says about it is thrown away.
 */
import type { PreflightInput } from "../schema/index.ts";

const ZERO = "0".repeat(64);

export const SAMPLE: PreflightInput = {
  format: "cabincrew.preflight/1",
  time: "2000-01-01T00:00:00.000Z",
  workflow: { id: "sample", step_id: "sample" },
  mode: "flight-plan",
  principal: { id: "sample", proven: false },
  engine: { id: "sample", version: "0", digest: ZERO, idempotent: true, reconcile: false },
  config: {},
  permissions: { network: false, env: [], secrets: [], read: [], write: [] },
  workspace: { hash: ZERO, path: "/" },
  sandbox: { kind: "none" },
  receipt: {},
  artifacts: [
    {
      name: "sample",
      role: "state",
      artifact_type: "file",
      action: "update",
      mime: "text/plain",
      metadata: {},
      change: {
        op: "update",
        path: "sample/file.txt",
        entry: "file",
        executable: false,
        became_executable: false,
        setid: false,
        binary: false,
        insertions: 1,
        deletions: 0,
        added: [{ line: 1, text: "sample" }],
        removed: [],
        truncated: false,
      },
    },
  ],
  summary: {
    artifacts: 1,
    files: 1,
    created: 0,
    updated: 1,
    deleted: 0,
    renamed: 0,
    binary: 0,
    insertions: 1,
    deletions: 0,
  },
};
