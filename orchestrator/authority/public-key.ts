/** Ed25519 public keys as text (RFC 8032): one text for one key, and no key with which anybody could sign. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { CabincrewError, type ReasonCode, sha256 } from "../../schema/index.ts";
import type { ApproverPublicKey } from "./authority.ts";

const PREFIX = "ed25519:";

/**
 * The points of small order in every encoding, sign bit cleared. For these, signatures of any message can be made
 * without a private key, and OpenSSL does not refuse them.
 */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
]);

/** The text and id of a public key; accepts a private key too, whose public half is meant. */
export function describeKey(key: KeyObject): ApproverPublicKey {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  return { text: publicText(raw), keyId: keyIdOf(raw), publicKey };
}

/** `ed25519:<base64 of the 32 raw bytes>`, as authority files name keys. */
export function publicText(raw: Uint8Array): string {
  return `${PREFIX}${Buffer.from(raw).toString("base64")}`;
}

/** Reads the text of a key. `whose` begins the sentence of the refusal ("The key of ada"). */
export function parsePublicText(text: string, code: ReasonCode, whose: string): ApproverPublicKey {
  const raw = Buffer.from(text.slice(PREFIX.length), "base64");
  // The spare bits of base64 would give one key several texts, and with them the same key to several people.
  if (!text.startsWith(PREFIX) || raw.length !== 32 || publicText(raw) !== text) {
    throw new CabincrewError(code, `${whose} is not \`ed25519:\` and 32 bytes in base64: ${text}`, {
      next: "Copy the public text as `cabincrew key list` prints it.",
    });
  }
  if (SMALL_ORDER.has(withoutSign(raw))) {
    throw new CabincrewError(code, `${whose} is a weak point with which anybody could sign: ${text}`, {
      next: "Make a key with `cabincrew key generate` and use its public text.",
    });
  }
  const publicKey = createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") },
    format: "jwk",
  });
  return { text, keyId: keyIdOf(raw), publicKey };
}

function keyIdOf(raw: Uint8Array): string {
  return sha256(raw).slice(0, 16);
}

function withoutSign(raw: Uint8Array): string {
  const copy = Buffer.from(raw);
  copy[31] = (copy[31] ?? 0) & 0x7f;
  return copy.toString("hex");
}
