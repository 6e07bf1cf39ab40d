/** Builds what policies and models see (schema/preflight-input.ts; spec/preflight.md) from sealed bytes and the record. */
import type { FileChange, JsonObject, PreflightArtifact, PreflightInput } from "../../schema/index.ts";
import type { SealedArtifact } from "../artifacts/index.ts";
import type { ContentStore } from "../content/index.ts";
import type { RunRecord } from "../runs/record.ts";
import { bodyText } from "./contents.ts";
import type { Review } from "./review.ts";

export async function preflightInput(
  run: RunRecord,
  artifacts: readonly SealedArtifact[],
  review: Review,
  content: ContentStore,
  time: string,
): Promise<PreflightInput> {
  const { spec } = run;
  const changes = new Map(review.changes.map((each) => [each.artifact, each.change]));
  const shown: PreflightArtifact[] = [];
  for (const artifact of artifacts) {
    if (isOwnDiff(run, artifact)) continue;
    const change = changes.get(artifact.name);
    shown.push(artifactInput(artifact, change, change ? undefined : await bodyText(artifact, content)));
  }
  return {
    format: "cabincrew.preflight/1",
    time,
    workflow: { id: spec.workflow_id, step_id: spec.step_id },
    mode: "flight-plan",
    principal: { id: run.requester.id, proven: run.requester.proven },
    engine: {
      id: spec.engine.id,
      version: spec.engine.version,
      digest: spec.engine.digest,
      idempotent: spec.engine.idempotent,
      reconcile: spec.engine.reconcile,
    },
    ...(spec.command ? { command: spec.command } : {}),
    config: spec.config,
    permissions: {
      network: spec.permissions.network,
      env: spec.permissions.env,
      secrets: spec.permissions.secrets.map((secret) => secret.name),
      read: spec.permissions.read,
      write: spec.permissions.write,
    },
    workspace: { hash: run.workspace_hash ?? "", path: spec.workspace },
    sandbox: { kind: run.plan?.sandbox ?? "none" },
    receipt: { ...(run.plan_receipt ?? {}) } as JsonObject,
    artifacts: shown,
    summary: summaryOf(shown),
  };
}

/**
 * The unified diff that the bundled exec engine adds for people is no part of what is judged: its lines stand in the changes
 * already, and given twice, every finding would come twice.
 */
function isOwnDiff(run: RunRecord, artifact: SealedArtifact): boolean {
  return run.spec.engine.selection === "exec" && artifact.artifact_type === "diff";
}

/** A file change carries its lines; its body a second time would double the input of every policy. */
function artifactInput(
  artifact: SealedArtifact,
  change: FileChange | undefined,
  body: string | undefined,
): PreflightArtifact {
  const { document } = artifact;
  return {
    name: artifact.name,
    role: artifact.role,
    artifact_type: artifact.artifact_type,
    action: artifact.action,
    ...(artifact.target === undefined ? {} : { target: artifact.target }),
    mime: artifact.mime,
    ...(artifact.body ? { sha256: artifact.body.sha256, size: artifact.body.size } : {}),
    metadata: (document.metadata ?? {}) as JsonObject,
    ...(body === undefined ? {} : { body }),
    ...(change ? { change } : {}),
  };
}

/** Counts over the artifacts of an input. */
export function summaryOf(artifacts: readonly PreflightArtifact[]): PreflightInput["summary"] {
  const changes = artifacts.flatMap((artifact) => artifact.change ?? []);
  const count = (test: (change: FileChange) => boolean) => changes.filter(test).length;
  return {
    artifacts: artifacts.length,
    files: changes.length,
    created: count((change) => change.op === "create"),
    updated: count((change) => change.op === "update"),
    deleted: count((change) => change.op === "delete"),
    renamed: count((change) => change.op === "rename"),
    binary: count((change) => change.binary),
    insertions: changes.reduce((sum, change) => sum + change.insertions, 0),
    deletions: changes.reduce((sum, change) => sum + change.deletions, 0),
  };
}
