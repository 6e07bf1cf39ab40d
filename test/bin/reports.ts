import { createScreen, type ScreenOptions } from "../../bin/screen.ts";
import type { RunReport } from "../../orchestrator/api.ts";
import type { Evaluation } from "../../schema/index.ts";

/** Reports as the library makes them, for renderers. */
export const denial: Evaluation = {
  source: "opa",
  policy_id: "default",
  decision: "deny",
  reason: "a credential would be written",
  findings: [
    { decision: "warn", message: "more than 400 changed lines", rule: "large-change" },
    {
      decision: "deny",
      message: "private key, do not commit: 100% sure",
      rule: "private-key",
      file: "src/a b:c,d.pem",
      line: 3,
      fix: "move it to the vault",
    },
  ],
  evidence: {},
};

export const broken: Evaluation = {
  source: "onnx",
  policy_id: "leaks",
  decision: "deny",
  reason: "the model could not be loaded: its digest does not match",
  failure: "load_failed",
  findings: [],
  evidence: {},
};

export const passed: Evaluation = {
  source: "opa",
  policy_id: "quiet",
  decision: "allow",
  reason: "no rule denied",
  findings: [],
  evidence: {},
};

export function runReport(over: Partial<RunReport> = {}): RunReport {
  return {
    run_id: "01JD5X",
    state: "FAILED",
    reason: "policy_denied",
    message: "A policy denied the plan.",
    next: "Change the plan.",
    decision: "deny",
    plan_token: "ab".repeat(32),
    exit_code: 4,
    changes: { files: 2, insertions: 10, deletions: 1 },
    evaluations: [denial, broken, passed],
    duration_ms: 412,
    ...over,
  };
}

export const awaiting: RunReport = runReport({
  state: "AWAITING_APPROVAL",
  reason: "awaiting_approval",
  decision: "require_approval",
  exit_code: 3,
  evaluations: [],
  approval: {
    approval_id: "ap1",
    required_role: "operator",
    needed: 2,
    approved_by: ["ada"],
    requested_at: "2026-01-01T00:00:00Z",
    expires_at: "2026-01-02T00:00:00Z",
    command: "cabincrew approve abababab",
  },
});

/** A screen whose streams are strings. */
export function captured(options: ScreenOptions = {}, env: Record<string, string> = {}, isTTY = false) {
  const written = { out: "", err: "" };
  const stream = (name: "out" | "err") => ({
    isTTY,
    write(text: string | Uint8Array): boolean {
      written[name] += text;
      return true;
    },
  });
  const surface = { stdout: stream("out"), stderr: stream("err"), env };
  return { written, surface, screen: createScreen(surface as never, options) };
}
