// A place to measure in: the no-op engine compiled, a governance of one policy and one model, a small workspace.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root, run, scratch } from "./timing.mjs";

export function benchPlace() {
  const directory = scratch();
  const below = (...names) => path.join(directory, ...names);
  const note = JSON.stringify({
    artifact_type: "note",
    action: "create",
    mime: "text/plain",
    target: "note",
    body: "0".repeat(512),
  });
  const hash = createHash("sha256").update(note).digest("hex");
  const engine = below("engine");
  run("cc", [
    "-O2",
    `-DDOCUMENT=${JSON.stringify(note)}`,
    `-DHASH="${hash}"`,
    "-o",
    engine,
    path.join(root, "test/bench/engine.c"),
  ]);

  const policy = path.join(root, "test/fixtures/bench/policy.wasm");
  const model = path.join(root, "test/fixtures/bench/model.onnx");
  const sha256 = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");
  mkdirSync(below("governance", "policy"), { recursive: true });
  mkdirSync(below("governance", "model"));
  copyFileSync(policy, below("governance", "policy", "policy.wasm"));
  copyFileSync(model, below("governance", "model", "model.onnx"));
  writeFileSync(
    below("governance", "policy", "pack.json"),
    JSON.stringify({
      format: "cabincrew.policy-pack/1",
      id: "bench",
      version: "1",
      wasm: "policy.wasm",
      wasm_sha256: sha256(policy),
      entrypoints: ["bench"],
    }),
  );
  writeFileSync(
    below("governance", "model", "manifest.json"),
    JSON.stringify({
      format: "cabincrew.model/1",
      id: "bench",
      version: "1",
      license: "Apache-2.0",
      file: "model.onnx",
      sha256: sha256(model),
      input: { select: "added-lines", encoding: "bytes", length: 64, pad: 0, tensor: "x", dtype: "float32", batch: 16 },
      output: { tensor: "score", kind: "probability" },
      thresholds: { deny: 1 },
    }),
  );
  writeFileSync(
    below("governance", "governance.json"),
    JSON.stringify({ version: 1, policies: ["policy"], models: ["model"] }),
  );
  mkdirSync(below("workspace"));
  writeFileSync(below("workspace", "a.txt"), "a\n");
  return { directory, below, engine, policy, model, governance: below("governance"), workspace: below("workspace") };
}
