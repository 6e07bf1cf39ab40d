/** PreflightInput and PreflightOutput: what was judged and what came of it. */
import type { Decision, Evaluation, JsonObject } from "../../schema/index.ts";
import type { RunRecord } from "../runs/record.ts";
import { engineOutputs, fileOf } from "./engine.ts";
import type { RunHistory } from "./history.ts";

export function preflightInputDocument(history: RunHistory, planToken: JsonObject | null): JsonObject | null {
  const { run, planned } = history;
  const [engine_output] = engineOutputs(history);
  if (!engine_output) return null;
  const { spec } = run;
  return {
    workflow_id: spec.workflow_id,
    step_id: spec.step_id,
    mode: "flight-plan",
    engine_output,
    evidence: planned
      .filter((artifact) => artifact.role === "evidence")
      .map((artifact) => {
        const { name, path, hash } = fileOf(artifact);
        return { name, path, hash };
      }),
    context: {
      run_id: run.run_id,
      requester: { ...run.requester },
      engine: { id: spec.engine.id, version: spec.engine.version, digest: spec.engine.digest },
      governance_digest: spec.governance_digest,
      ...(run.review_sha256 ? { review_sha256: run.review_sha256 } : {}),
    },
    ...(planToken ? { plan_token: planToken } : {}),
  };
}

export function preflightOutputDocument(run: RunRecord): JsonObject | null {
  if (run.decision === null) return null;
  const role = run.approval?.gates.map((gate) => gate.role).join(", ");
  return {
    decision: run.decision,
    violations: messages(run.evaluations, "deny"),
    warnings: messages(run.evaluations, "warn"),
    ...(run.decision === "require_approval"
      ? { requires: { ...(role ? { role } : {}), reason: run.reasons.join("; ") } }
      : {}),
  };
}

/** Sentences of the findings of one severity; of a judge without findings its reason. */
export function messages(evaluations: readonly Evaluation[], decision: Decision): string[] {
  return evaluations.flatMap((evaluation) => {
    const findings = evaluation.findings.filter((finding) => finding.decision === decision);
    if (findings.length > 0) return findings.map((finding) => finding.message);
    return evaluation.decision === decision ? [evaluation.reason] : [];
  });
}
