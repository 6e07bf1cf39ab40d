import { createHash, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { entryHash, keyIdOf, sealEntry, verifySignature } from "../../../orchestrator/ledger/chain.ts";
import type { LedgerEntry } from "../../../orchestrator/ledger/event.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const entry = { seq: 2, prev: "0".repeat(64), event_id: "01E" } as unknown as LedgerEntry;
const sealed = sealEntry(entry, privateKey);

describe("an entry's seal", () => {
  it("covers the canonical text, and the hash covers text and signature", () => {
    expect(sealed.body).toBe(`{"event_id":"01E","prev":"${"0".repeat(64)}","seq":2}`);
    expect(sealed.hash).toBe(createHash("sha256").update(`${sealed.body}\n${sealed.signature}`).digest("hex"));
    expect(entryHash(sealed.body, sealed.signature)).toBe(sealed.hash);
    expect(verifySignature(sealed.body, sealed.signature, publicKey)).toBe(true);
    expect(verifySignature(`${sealed.body} `, sealed.signature, publicKey)).toBe(false);
  });

  it("is accepted in one spelling only", () => {
    const bytes = Buffer.from(sealed.signature, "base64");
    const spellings = [
      sealed.signature.replace(/=+$/, ""),
      `${sealed.signature}\n`,
      ` ${sealed.signature}`,
      bytes.toString("base64url"),
      `${sealed.signature.slice(0, -3)}${String.fromCharCode(sealed.signature.charCodeAt(85) + 1)}==`,
    ];
    for (const spelling of spellings) {
      expect(Buffer.from(spelling, "base64").equals(bytes), spelling).toBe(true);
      expect(verifySignature(sealed.body, spelling, publicKey), spelling).toBe(false);
    }
  });

  it("is not accepted at another length, whatever the key's algorithm makes of it", () => {
    const bytes = Buffer.from(sealed.signature, "base64");
    for (const length of [0, 1, 63]) {
      expect(verifySignature(sealed.body, bytes.subarray(0, length).toString("base64"), publicKey)).toBe(false);
    }
    // A signature of another algorithm, valid under its own key, is 128 bytes long.
    const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const foreign = sign(null, Buffer.from(sealed.body), rsa.privateKey).toString("base64");
    expect(verifySignature(sealed.body, foreign, rsa.publicKey)).toBe(false);
  });
});

describe("a key's id", () => {
  it("is the beginning of the hash of the 32 raw bytes, from either half", () => {
    const raw = publicKey.export({ format: "jwk" }).x ?? "";
    const expected = createHash("sha256").update(Buffer.from(raw, "base64url")).digest("hex").slice(0, 16);
    expect(keyIdOf(publicKey)).toBe(expected);
    expect(keyIdOf(privateKey)).toBe(expected);
    expect(keyIdOf(createPublicKey(privateKey))).toBe(expected);
  });
});
