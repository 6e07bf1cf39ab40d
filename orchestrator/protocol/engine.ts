/** EngineInput and EngineOutput of a run, made again from the record: what an engine was told and what it said. */
import type { JsonObject } from "../../schema/index.ts";
import type { SealedArtifact } from "../artifacts/index.ts";
import type { RecordedReceipt } from "../ledger/event.ts";
import type { RunRecord } from "../runs/record.ts";
import { find, type RunHistory } from "./history.ts";

/** Input of the launch in `mode`; secrets are never recorded, only that they were allowed. */
export function engineInput(run: RunRecord, mode: "flight-plan" | "take-off"): JsonObject {
  const { spec } = run;
  const { permissions } = spec;
  const sorted = (values: readonly string[]) => [...values].sort();
  const secrets = sorted(permissions.secrets.map((secret) => secret.name));
  return {
    protocol_version: "draft",
    mode,
    meta: { workflow_id: spec.workflow_id, step_id: spec.step_id },
    config: spec.config,
    allowed_secrets: secrets,
    context: {
      permissions: {
        network: permissions.network,
        env: sorted(permissions.env),
        secrets,
        read: sorted(permissions.read),
        write: sorted(permissions.write),
      },
    },
    orchestrator: {
      run_index: mode === "flight-plan" ? run.flight_plan_attempts : run.take_off_attempts,
      ...(run.workspace_hash ? { workspace_hash: run.workspace_hash } : {}),
    },
    ...(mode === "take-off" && run.token ? { expected_plan_token: run.token } : {}),
  };
}

/** The engine's receipts, with the artifact list as it was sealed. */
export function engineOutputs(history: RunHistory): JsonObject[] {
  const planned = history.run.plan_receipt ? [engineOutput(history.run.plan_receipt, history.planned)] : [];
  const tookOff = find(history, "take_off.completed");
  return [...planned, ...(tookOff ? [engineOutput(tookOff.data.receipt, history.outputs)] : [])];
}

function engineOutput(receipt: RecordedReceipt, artifacts: readonly SealedArtifact[]): JsonObject {
  return { ...(receipt as unknown as JsonObject), artifacts: artifacts.map(engineArtifact) };
}

export function engineArtifact(artifact: SealedArtifact): JsonObject {
  return { ...fileOf(artifact), role: artifact.role };
}

/** The file an artifact stands for: its body, else its description. */
export function fileOf({ name, document, metadata_sha256, body }: SealedArtifact): {
  readonly name: string;
  readonly path: string;
  readonly hash: string;
  readonly size?: number;
} {
  return body
    ? { name, path: `${name}/${document.body_file ?? ""}`, hash: body.sha256, size: body.size }
    : { name, path: `${name}/artifact.json`, hash: metadata_sha256 };
}
