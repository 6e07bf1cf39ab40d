import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { generateApproverKey, listKeys, readPrivateKey, writeKey } from "../../../orchestrator/authority/index.ts";
import { sha256 } from "../../../schema/index.ts";
import { refusal } from "./people.ts";

describe("an approver's key file", () => {
  let keys: string;
  beforeEach(() => {
    keys = path.join(mkdtempSync(path.join(tmpdir(), "cabincrew-keys-")), "keys");
  });
  afterEach(() => rmSync(path.dirname(keys), { recursive: true, force: true }));
  const put = (name: string, content: string, mode = 0o600): string => {
    mkdirSync(keys, { recursive: true });
    const file = path.join(keys, name);
    writeFileSync(file, content);
    chmodSync(file, mode);
    return file;
  };

  it("is private, holds an Ed25519 key, and lies beside its public text (AUTH-9)", () => {
    const key = generateApproverKey();
    const { privateFile, publicFile } = writeKey(keys, "ada", key);
    expect(statSync(privateFile).mode & 0o777).toBe(0o600);
    expect(statSync(keys).mode & 0o777).toBe(0o700);
    expect(readFileSync(publicFile, "utf8")).toBe(`${key.publicText}\n`);
    const raw = Buffer.from(key.publicText.slice("ed25519:".length), "base64");
    expect(raw).toHaveLength(32);
    expect(key.keyId).toBe(sha256(raw).slice(0, 16));
    expect(readPrivateKey(privateFile)).toMatchObject({ publicText: key.publicText, keyId: key.keyId });
    expect(listKeys(keys)).toEqual([{ name: "ada", file: privateFile, publicText: key.publicText, keyId: key.keyId }]);
  });

  it("is never overwritten, and a failed write leaves nothing new behind (AUTH-9)", async () => {
    const first = generateApproverKey();
    const { privateFile, publicFile } = writeKey(keys, "ada", first);
    await refusal("key_invalid", () => writeKey(keys, "ada", generateApproverKey()));
    expect(readFileSync(privateFile, "utf8")).toBe(first.privatePem);
    rmSync(publicFile);
    const error = await refusal("key_invalid", () => writeKey(keys, "ada", generateApproverKey()));
    expect(error.message).toMatch(/ada\.pem exists already/);
    expect(readFileSync(privateFile, "utf8")).toBe(first.privatePem);
    expect(() => statSync(publicFile)).toThrow();
  });

  it.each(["", "..", ".hidden", "a/b", "-rf", "x".repeat(101)])("cannot be named %j (AUTH-9)", async (name) => {
    await refusal("key_invalid", () => writeKey(keys, name, generateApproverKey()));
  });

  it("that others can read is refused with the command that closes it (AUTH-10)", async () => {
    const { privatePem } = generateApproverKey();
    for (const mode of [0o640, 0o604, 0o620]) {
      const file = put("ada.pem", privatePem, mode);
      const error = await refusal("key_invalid", () => readPrivateKey(file));
      expect(error.next).toContain(`chmod 600 ${file}`);
    }
  });

  const pair = generateKeyPairSync("ed25519");
  const encrypted = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" } as const;
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  it.each<[string, string, RegExp]>([
    ["with a passphrase", pair.privateKey.export(encrypted).toString(), /passphrase/],
    ["of another kind", other.export({ type: "pkcs8", format: "pem" }).toString(), /is a ec key/],
    ["that is the public half", pair.publicKey.export({ type: "spki", format: "pem" }).toString(), /public key/],
    ["that is a public text", `${generateApproverKey().publicText}\n`, /public key/],
    ["in OpenSSH's form", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", /OpenSSH/],
    ["that is something else", "hello", /not a private key/],
    ["that is empty", "", /not a private key/],
    ["that is huge", "x".repeat(20_000), /too large/],
  ])("%s is refused (AUTH-10)", async (_, content, sentence) => {
    const error = await refusal("key_invalid", () => readPrivateKey(put("ada.pem", content)));
    expect(error.message).toMatch(sentence);
  });

  it("that is missing, a directory or a FIFO is refused at once (AUTH-10)", async () => {
    mkdirSync(keys);
    expect((await refusal("key_invalid", () => readPrivateKey(path.join(keys, "x.pem")))).message).toMatch(/not exist/);
    await refusal("key_invalid", () => readPrivateKey(keys));
    execFileSync("mkfifo", ["-m", "600", path.join(keys, "pipe.pem")]);
    await refusal("key_invalid", () => readPrivateKey(path.join(keys, "pipe.pem")));
  });

  it("that cannot be used is listed with the problem, the others as usual (AUTH-9)", () => {
    expect(listKeys(keys)).toEqual([]);
    writeKey(keys, "grace", generateApproverKey());
    put("ada.pem", "hello");
    put("ledger.pub.pem", "not a private key's file");
    expect(listKeys(keys).map((key) => [key.name, "problem" in key])).toEqual([
      ["ada", true],
      ["grace", false],
    ]);
  });

  it("in a directory that is a file is refused", async () => {
    const file = put("ada.pem", "hello");
    await refusal("key_invalid", () => listKeys(file));
    const refused = await refusal("key_invalid", () => writeKey(file, "ada", generateApproverKey()));
    expect(refused.next).toMatch(/--directory/);
  });
});
