import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Receipt, ReceiptArtifact } from "../../../schema/index.ts";

export const digest = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");

/** A scratch directory with an empty artifacts directory in it. */
export function scratch(): { root: string; artifacts: string } {
  const root = mkdtempSync(path.join(tmpdir(), "cabincrew-artifacts-"));
  const artifacts = path.join(root, "artifacts");
  mkdirSync(artifacts);
  return { root, artifacts };
}

/** Writes one artifact and returns its receipt entry. */
export function writeArtifact(
  artifacts: string,
  name: string,
  options: {
    body?: Uint8Array | string;
    bodyFile?: string;
    document?: Record<string, unknown>;
    raw?: string | Uint8Array;
  } = {},
): ReceiptArtifact {
  const folder = path.join(artifacts, name);
  mkdirSync(folder);
  const bodyFile = options.bodyFile ?? "body.txt";
  const document = {
    artifact_type: "note",
    action: "create",
    mime: "text/plain",
    ...(options.body === undefined ? {} : { body_file: bodyFile }),
    ...options.document,
  };
  const text = options.raw ?? JSON.stringify(document, null, 2);
  writeFileSync(path.join(folder, "artifact.json"), text);
  if (options.body !== undefined) writeFileSync(path.join(folder, bodyFile), options.body);
  return { name, role: "evidence", path: `${name}/artifact.json`, hash: digest(text) };
}

export function receiptOf(...artifacts: ReceiptArtifact[]): Receipt {
  return {
    protocol_version: "draft",
    engine_id: "e",
    mode: "flight-plan",
    receipt_id: "r",
    status: "success",
    artifacts,
  };
}
