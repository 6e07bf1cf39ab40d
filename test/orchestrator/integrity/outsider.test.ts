import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { auditLines } from "../../../orchestrator/audit/index.ts";
import { type RealLedger, realLedger, withLedger } from "./real-ledger.ts";

const works = (command: string, args: string[]) => spawnSync(command, args, { stdio: "ignore" }).status === 0;
const hasTools = works("openssl", ["version"]) && works("sha256sum", ["--version"]) && works("python3", ["--version"]);
/** OpenSSL before 3.0 cannot verify Ed25519 on its command line. */
const canVerify = hasTools && /^OpenSSL [3-9]/.test(execFileSync("openssl", ["version"], { encoding: "utf8" }));

let ledger: RealLedger;
beforeAll(async () => {
  ledger = await realLedger();
  const lines: string[] = [];
  await withLedger(ledger, ledger.place.stateDir, async (crew) => {
    for await (const line of auditLines(crew, { format: "ndjson" })) lines.push(line);
  });
  writeFileSync(path.join(ledger.place.root, "ledger.ndjson"), `${lines.join("\n")}\n`);
  copyFileSync(
    path.join(ledger.place.stateDir, "keys", "ledger.pub.pem"),
    path.join(ledger.place.root, "ledger.pub.pem"),
  );
});

/** Clause 29 without jq, which not every machine has: the JSON is taken apart by Python, hashed and verified by others' tools. */
const CHECK = `
set -eu
prev=$(printf '0%.0s' $(seq 64))
while IFS= read -r line; do
  printf '%s' "$line" | python3 -c '
import json, sys
entry = json.load(sys.stdin)
open("body", "w", newline="").write(entry["body"])
open("signature.b64", "w").write(entry["signature"])
print(entry["hash"], json.loads(entry["body"])["prev"])' > facts
  read -r hash named < facts
  [ "$named" = "$prev" ] || { echo "prev of $(head -c 60 body)"; exit 1; }
  [ "$({ cat body; printf '\\n'; cat signature.b64; } | sha256sum | cut -d' ' -f1)" = "$hash" ] || { echo hash; exit 1; }
  base64 -d < signature.b64 > signature
  openssl pkeyutl -verify -pubin -inkey ledger.pub.pem -rawin -in body -sigfile signature > verdict || { cat verdict; exit 1; }
  prev=$hash
done
echo "verified $prev"
`;

describe("an outsider without cabincrew (spec/ledger.md 29)", () => {
  const check = (lines: string[]) =>
    spawnSync("sh", ["-c", CHECK], {
      cwd: ledger.place.root,
      input: `${lines.join("\n")}\n`,
      encoding: "utf8",
      env: { PATH: process.env["PATH"] ?? "" },
    });
  const exported = () =>
    readFileSync(path.join(ledger.place.root, "ledger.ndjson"), "utf8").trimEnd().split("\n").slice(0, 12);

  it.runIf(canVerify)("verifies hashes, chain and signatures with sha256sum and openssl", () => {
    const lines = exported();
    const { stdout, stderr } = check(lines);
    expect(stderr).toBe("");
    expect(stdout.trim()).toBe(`verified ${JSON.parse(lines.at(-1) ?? "").hash}`);
  });

  it.runIf(canVerify)("sees a changed text", () => {
    const lines = exported();
    expect(check(lines.with(5, (lines[5] ?? "").replace(/(\\"at\\":\\")2/, "$13"))).status).toBe(1);
  });
});
