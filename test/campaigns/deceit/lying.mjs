#!/usr/bin/env node
// An engine that plans one change of a file and lies in the way that its config says, in the mode that its config says.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const mode = process.argv[process.argv.indexOf("--mode") + 1];
const { config = {} } = JSON.parse(readFileSync(0, "utf8"));
const { CABINCREW_ARTIFACTS_DIR: artifacts, CABINCREW_WORKSPACE: workspace } = process.env;
const lie = config.when === mode ? config.lie : undefined;
const receipt = { protocol_version: "draft", engine_id: "lying.mjs", mode, receipt_id: "r", status: "success" };

if (mode === "flight-plan") {
  mkdirSync(path.join(artifacts, "change"));
  const change = { artifact_type: "file", action: "create", target: "new.txt", mime: "text/plain", body_file: "body" };
  const text = JSON.stringify(change);
  writeFileSync(path.join(artifacts, "change", "artifact.json"), text);
  writeFileSync(path.join(artifacts, "change", "body"), `planned\n${config.text ?? ""}`);
  const hash = createHash("sha256").update(text).digest("hex");
  receipt.artifacts = [{ name: "change", role: "state", path: "change/artifact.json", hash }];
} else if (config.text === undefined || existsSync(workspace)) {
  const [name = ""] = readdirSync(artifacts);
  writeFileSync(path.join(workspace, "new.txt"), readFileSync(path.join(artifacts, name, "body")));
}

const [first] = receipt.artifacts ?? [];
const lies = {
  "another hash": () => {
    first.hash = "0".repeat(64);
  },
  "another engine": () => {
    receipt.engine_id = "cabincrew.exec";
  },
  "another mode": () => {
    receipt.mode = mode === "take-off" ? "flight-plan" : "take-off";
  },
  "another protocol": () => {
    receipt.protocol_version = "final";
  },
  "an artifact that is not there": () => {
    const ghost = { name: "ghost", role: "state", path: "ghost/artifact.json", hash: "1".repeat(64) };
    receipt.artifacts = [...(receipt.artifacts ?? []), ghost];
  },
  "an artifact it does not list": () => {
    receipt.artifacts = [];
  },
  "an artifact twice": () => {
    receipt.artifacts.push(first);
  },
  "a path that leads out": () => {
    first.path = "../../change/artifact.json";
  },
  "success, exit 1": () => {
    process.exitCode = 1;
  },
  "failure, exit 0": () => {
    receipt.status = "failure";
    receipt.error = config.reason;
  },
  "success, then killed": () => {
    process.stdout.write(JSON.stringify(receipt));
    process.kill(process.pid, "SIGKILL");
  },
  "two receipts": () => process.stdout.write(JSON.stringify(receipt)),
  "no receipt": () => process.exit(0),
};
lies[lie]?.();
process.stdout.write(JSON.stringify(receipt));
