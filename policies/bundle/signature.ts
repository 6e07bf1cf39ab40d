/**
 * Verifies a bundle against the configured key and nothing else: one token, the configured algorithm, every file named with its
 * digest, no file more and none less. The token's own words on key and algorithm are never followed.
 */
import { createPublicKey, type KeyObject } from "node:crypto";
import { compactVerify, decodeProtectedHeader } from "jose";
import { isJsonObject, type JsonObject, type PolicyBundleVerification } from "../../schema/index.ts";
import { invalid, parseJson } from "../pack-files.ts";
import { signedHash } from "./structured-hash.ts";

export const SIGNATURES_FILE = ".signatures.json";

/** Throws `governance_invalid` with `signature_missing` or `signature_invalid`, and says what does not fit. `key` is the key file. */
export async function verifySignature(
  files: ReadonlyMap<string, Buffer>,
  verify: PolicyBundleVerification,
  key: Buffer,
  what: string,
): Promise<void> {
  const refuse = (sentence: string) =>
    invalid("signature_invalid", `${what} ${sentence}`, "Take the bundle from its source again, or correct `verify`.");
  const token = tokenOf(files, what, refuse);
  const claims = await verified(token, verify, keyOf(key, verify, refuse), refuse);
  const { scope = "", files: named } = claims;
  if (scope !== (verify.scope ?? "")) throw refuse(`is signed for another scope than \`${verify.scope ?? ""}\``);
  if (!Array.isArray(named)) throw refuse("has a signature that names no files");
  const left = new Set([...files.keys()].filter((name) => name !== SIGNATURES_FILE));
  for (const entry of named as readonly unknown[]) {
    const { name, hash, algorithm } = isJsonObject(entry) ? entry : {};
    if (typeof name !== "string" || typeof hash !== "string" || typeof algorithm !== "string")
      throw refuse("has a signature that names a file without name, hash and algorithm");
    const bytes = files.get(name);
    if (!bytes || !left.delete(name)) throw refuse(`lacks ${name}, which its signature names`);
    if (digestOfFile(name, bytes, algorithm, refuse) !== hash.toLowerCase())
      throw refuse(`holds another ${name} than was signed`);
  }
  const [extra] = left;
  if (extra !== undefined) throw refuse(`holds ${extra}, which its signature does not name`);
}

type Refuse = (sentence: string) => Error;

function tokenOf(files: ReadonlyMap<string, Buffer>, what: string, refuse: Refuse): string {
  const bytes = files.get(SIGNATURES_FILE);
  if (!bytes)
    throw invalid("signature_missing", `${what} is not signed, and governance names a key for it`, "Sign the bundle.");
  const document = parseJson(bytes, "signature_invalid", `${what}: ${SIGNATURES_FILE}`);
  const { signatures, plugin } = isJsonObject(document) ? document : {};
  if (plugin !== undefined && plugin !== "" && plugin !== "_default")
    throw refuse("is signed in a way of its own, by a plugin");
  const token = Array.isArray(signatures) && signatures.length === 1 ? signatures[0] : undefined;
  if (typeof token !== "string") throw refuse("has not exactly one signature");
  return token;
}

/** The claims of a token that the key signed. */
async function verified(
  token: string,
  { algorithm, keyid }: PolicyBundleVerification,
  key: KeyObject | Uint8Array,
  refuse: Refuse,
): Promise<JsonObject> {
  let claims: unknown;
  let kid: unknown;
  try {
    kid = decodeProtectedHeader(token).kid;
    const { payload } = await compactVerify(token, key, { algorithms: [algorithm] });
    claims = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (error) {
    throw refuse(
      `has a signature that the configured key and ${algorithm} do not verify: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (!isJsonObject(claims)) throw refuse("has a signature without claims");
  if (keyid !== undefined && (kid ?? claims["keyid"]) !== keyid) throw refuse(`is not signed by the key id ${keyid}`);
  return claims;
}

/** HMAC takes the secret as it is, but for one line end; everything else a public key or a certificate in PEM. */
function keyOf(bytes: Buffer, { algorithm }: PolicyBundleVerification, refuse: Refuse): KeyObject | Uint8Array {
  const text = bytes.toString("utf8");
  if (algorithm.startsWith("HS")) {
    // A public key is no secret: whoever has it could sign with it.
    if (text.includes("-----BEGIN")) throw refuse(`is to be verified by ${algorithm}, yet the key file is in PEM`);
    const secret = new TextEncoder().encode(text.replace(/\r?\n$/, ""));
    if (secret.length === 0) throw refuse("is to be verified with an empty secret");
    return secret;
  }
  try {
    if (!text.includes("PRIVATE KEY")) return createPublicKey(text);
  } catch (error) {
    throw refuse(`cannot be verified: the key file holds no public key (${(error as Error).message})`);
  }
  throw refuse("cannot be verified: the key file holds a private key, where the public one belongs");
}

function digestOfFile(name: string, bytes: Buffer, algorithm: string, refuse: Refuse): string {
  let digest: string | undefined;
  try {
    digest = signedHash(name, bytes, algorithm);
  } catch (error) {
    throw refuse(`holds ${name}, which is not JSON: ${(error as Error).message}`);
  }
  if (digest === undefined) throw refuse(`is signed with the digest ${algorithm.slice(0, 40)}, which is not accepted`);
  return digest;
}
