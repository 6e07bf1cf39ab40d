/** Honest documents of every kind, to be varied: each must be accepted as it stands. */
const DIGEST = "0123456789abcdef".repeat(4);

export const HONEST = {
  receipt: [
    {
      protocol_version: "draft",
      engine_id: "engine",
      mode: "flight-plan",
      receipt_id: "r-1",
      status: "success",
      warnings: ["careful"],
      diagnostics: { outcome: "applied", nested: [1, { a: null }] },
      artifacts: [{ name: "note", role: "evidence", path: "note/artifact.json", hash: DIGEST }],
    },
    {
      protocol_version: "draft",
      engine_id: "engine",
      mode: "flight-plan",
      receipt_id: "r",
      status: "failure",
      error: "e",
    },
  ],
  artifact: [
    { artifact_type: "note", action: "create", mime: "text/plain", target: "note", body: "hello" },
    {
      artifact_type: "file",
      action: "update",
      mime: "text/plain",
      target: "src/a.txt",
      body_file: "body",
      metadata: { mode: "0644", entry: "file", path_b64: "c3JjL2EudHh0" },
    },
  ],
  engineManifest: [
    {
      id: "engine",
      version: "1.0.0",
      executable: "engine.sh",
      modes: ["flight-plan", "take-off", "reconcile"],
      idempotent: true,
      reconcile: true,
      network: "none",
      config_schema: { type: "object" },
    },
  ],
  governance: [
    {
      version: 1,
      policies: ["builtin:default"],
      models: ["builtin:credentials"],
      authority: "authority.yaml",
      data: { thresholds: { warn_lines: 5 } },
      engines: { network: ["a"], allow: ["b"] },
      approval_ttl_seconds: 60,
      limits: { timeout_seconds: 1, memory_bytes: 1048576, artifacts: 1, artifact_bytes: 1 },
    },
  ],
  authority: [
    {
      version: 1,
      people: [{ id: "ada", roles: ["operator"], keys: [`ed25519:${Buffer.alloc(32, 7).toString("base64")}`] }],
    },
  ],
  modelManifest: [
    {
      format: "cabincrew.model/1",
      id: "bench",
      version: "1",
      license: "Apache-2.0",
      file: "model.onnx",
      sha256: DIGEST,
      input: { select: "added-lines", encoding: "bytes", length: 64, pad: 0, tensor: "x", dtype: "float32", batch: 16 },
      output: { tensor: "score", kind: "probability" },
      thresholds: { deny: 0.9, require_approval: 0.5 },
    },
  ],
  policyPack: [
    {
      format: "cabincrew.policy-pack/1",
      id: "pack",
      version: "1",
      wasm: "policy.wasm",
      wasm_sha256: DIGEST,
      entrypoints: ["a/b"],
      data: "data.json",
      sources: [{ path: "a.rego", sha256: DIGEST }],
      opa_version: "1.22.0",
      capabilities_sha256: DIGEST,
    },
  ],
} satisfies Readonly<Record<string, readonly unknown[]>>;
