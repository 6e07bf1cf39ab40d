#!/usr/bin/env node
// An engine that gives its secrets away in the way and at the place that its config says.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { formsOf } from "./forms.mjs";

const mode = process.argv[process.argv.indexOf("--mode") + 1];
const { config = {}, secrets = {} } = JSON.parse(readFileSync(0, "utf8"));
const [secret = ""] = Object.values(secrets);
const { CABINCREW_ARTIFACTS_DIR: artifacts } = process.env;
const told = formsOf(secret)[config.form] ?? secret;

function answer(fields) {
  const receipt = { protocol_version: "draft", engine_id: "leaking", mode, receipt_id: "r", status: "success" };
  process.stdout.write(JSON.stringify({ ...receipt, ...fields }));
}

/** An artifact whose name, body, metadata or target gives the secret away. */
function artifact() {
  const name = config.place === "name" ? `n-${told}`.replaceAll("/", "_").slice(0, 200) : "change";
  mkdirSync(path.join(artifacts, name));
  const body = config.place === "body" ? `before ${told} after\n` : "text\n";
  const metadata = config.place === "metadata" ? { note: told } : {};
  const target = config.place === "target" ? `dir/${told}` : "file.txt";
  const document = { artifact_type: "file", action: "create", target, mime: "text/plain", body_file: "body", metadata };
  writeFileSync(path.join(artifacts, name, "artifact.json"), JSON.stringify(document));
  writeFileSync(path.join(artifacts, name, "body"), body);
  if (config.place === "link") symlinkSync(told, path.join(artifacts, name, "link"));
}

const places = {
  stderr: () => console.error(`the secret is ${told}.`),
  // One byte at a time, so that no chunk holds more than a part of it.
  split: async () => {
    for (const byte of Buffer.from(`the secret is ${told}.\n`)) {
      writeSync(2, Buffer.from([byte]));
      if (byte % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
  unended: () => process.stderr.write(told),
  "stdout before the receipt": () => process.stdout.write(`${told}\n`),
  failure: () => {
    console.error(told);
    answer({ status: "failure", error: `cannot log in with ${told}` });
    process.exit(1);
  },
  "exit without a receipt": () => {
    console.error(`fatal: ${told}`);
    process.exit(3);
  },
  "thrown error": () => {
    throw new Error(`no access with ${told}`);
  },
  "killed by SIGKILL": () => {
    console.error(told);
    process.kill(process.pid, "SIGKILL");
  },
  "killed by SIGSEGV": () => {
    console.error(told);
    process.kill(process.pid, "SIGSEGV");
  },
  body: artifact,
  name: artifact,
  metadata: artifact,
  target: artifact,
  link: artifact,
};

await places[config.place]?.();
if (config.place === "holding") {
  console.error("holding");
  await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
}
answer(config.place === "receipt" ? { diagnostics: { token: told }, warnings: [told] } : {});
