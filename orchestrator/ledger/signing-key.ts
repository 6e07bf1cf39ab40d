import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { CabincrewError, errnoOf, looked, toCabincrewError } from "../../schema/index.ts";
import { temporaryName } from "../temporary/index.ts";
import { keyIdOfSpki } from "./chain.ts";

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicPem: string;
  readonly keyId: string;
}

const PUBLIC_PART = "ledger.pub.pem";

/**
 * The key that signs this state directory's ledger: `keys/ledger.pem` (PKCS8, 0600), made on first use together with
 * `keys/ledger.pub.pem`; a ledger that begins with a key that is there already has the public part written again. Throws state_unusable when it cannot be made and ledger_corrupt when it cannot be read.
 */
export function loadSigningKey(stateDir: string, options: { create: boolean }): SigningKey {
  const file = path.join(stateDir, "keys", "ledger.pem");
  let pem: string;
  try {
    if ((looked(statSync(file)).mode & 0o077) !== 0) {
      throw new CabincrewError("ledger_corrupt", `The ledger's signing key ${file} is readable by others.`, {
        next: `Find out who could read it; if nobody did, run: chmod 600 ${file}`,
      });
    }
    pem = readFileSync(file, "utf8");
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw toCabincrewError(error, "ledger_corrupt", `Reading the signing key ${file}`);
    if (!options.create) {
      throw new CabincrewError("ledger_corrupt", `The ledger's signing key ${file} is missing.`, {
        next: "Restore it from a backup; without it nothing can be appended to this ledger.",
      });
    }
    pem = createKey(path.dirname(file));
  }
  const key = parseKey(pem, file);
  // A process that was killed after it made the key has left it without its public part.
  if (options.create) writePublicPart(key, path.join(path.dirname(file), PUBLIC_PART));
  return key;
}

function writePublicPart({ publicPem }: SigningKey, file: string): void {
  try {
    writeDurably(file, publicPem, 0o644, renameSync);
  } catch (error) {
    throw toCabincrewError(error, "state_unusable", `Writing the ledger's public key ${file}`);
  }
}

/**
 * What is wrong with `keys/ledger.pub.pem`, undefined when it is the public part of `key`: it is what the owner hands out, and
 * exports are checked with it.
 */
export function publicPartProblem(stateDir: string, key: SigningKey): string | undefined {
  let pem: string;
  try {
    pem = readFileSync(path.join(stateDir, "keys", PUBLIC_PART), "utf8");
  } catch (error) {
    return errnoOf(error) === "ENOENT" ? "is missing" : `cannot be read (${errnoOf(error) ?? String(error)})`;
  }
  return pem === key.publicPem ? undefined : "is not the public part of the key that signs this ledger";
}

function parseKey(pem: string, file: string): SigningKey {
  try {
    const privateKey = fromPkcs8(pem);
    if (privateKey.asymmetricKeyType !== "ed25519") throw new Error(`it is a ${privateKey.asymmetricKeyType} key`);
    const publicKey = createPublicKey(privateKey);
    const spki = publicKey.export({ type: "spki", format: "der" });
    if (spki.subarray(-32).equals(Buffer.alloc(32))) throw new Error("its public half was not derived");
    return { privateKey, publicKey, publicPem: publicPemOf(spki), keyId: keyIdOfSpki(spki) };
  } catch (error) {
    throw new CabincrewError("ledger_corrupt", `The ledger's signing key ${file} is not a usable Ed25519 key.`, {
      cause: error,
      next: "Restore it from a backup; without it nothing can be appended to this ledger.",
    });
  }
}

/** RFC 8410 section 7: what stands before the 32 bytes of an Ed25519 private key in PKCS8. */
const ED25519_PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

const NO_PUBLIC_HALF = Buffer.alloc(32).toString("base64url");

/**
 * The key of a PEM file. OpenSSL takes milliseconds to find a decoder for PEM and none for raw keys, so a file of exactly the
 * form we write is taken apart here; any other goes the general way.
 */
function fromPkcs8(pem: string): KeyObject {
  const [, base64 = ""] =
    /^-----BEGIN PRIVATE KEY-----\n([A-Za-z0-9+/=\n]+)\n-----END PRIVATE KEY-----\n$/.exec(pem) ?? [];
  const der = Buffer.from(base64, "base64");
  if (der.length !== ED25519_PKCS8.length + 32 || !der.subarray(0, -32).equals(ED25519_PKCS8))
    return createPrivateKey(pem);
  const d = der.subarray(-32).toString("base64url");
  try {
    // The public half is derived from `d`; JWK only wants the member to be there.
    return createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", d, x: NO_PUBLIC_HALF }, format: "jwk" });
  } catch {
    // Node 26 compares the two.
    return createPrivateKey(pem);
  }
}

/** RFC 7468: the 44 bytes of an Ed25519 key fit one line. */
function publicPemOf(spki: Buffer): string {
  return `-----BEGIN PUBLIC KEY-----\n${spki.toString("base64")}\n-----END PUBLIC KEY-----\n`;
}

const derived = new WeakMap<KeyObject, Map<string, KeyObject>>();

/**
 * A secret key for one other use, which only who holds the signing key can make: HKDF-SHA-256 over its PKCS8 form. Made once
 * for each key and use: the encoding of the key takes OpenSSL longer than what the result is used for.
 */
export function derivedKey({ privateKey }: SigningKey, use: string): KeyObject {
  const known = derived.get(privateKey) ?? new Map<string, KeyObject>();
  const key = known.get(use) ?? deriveKey(privateKey, use);
  derived.set(privateKey, known.set(use, key));
  return key;
}

function deriveKey(privateKey: KeyObject, use: string): KeyObject {
  const secret = privateKey.export({ type: "pkcs8", format: "der" });
  return createSecretKey(Buffer.from(hkdfSync("sha256", secret, "cabincrew", use, 32)));
}

function createKey(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const { privateKey } = generateKeyPairSync("ed25519");
    const file = path.join(directory, "ledger.pem");
    writeDurably(file, privateKey.export({ type: "pkcs8", format: "pem" }).toString(), 0o600, linkUnlessThere);
    // Where two processes begin a ledger at the same moment, both go on with the key that came first.
    return readFileSync(file, "utf8");
  } catch (error) {
    throw toCabincrewError(error, "state_unusable", `Making the ledger's signing key in ${directory}`);
  }
}

/** Gives `temporary` its name, or nothing where there already is a file of that name; it never replaces a key. */
function linkUnlessThere(temporary: string, file: string): void {
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  } finally {
    unlinkSync(temporary);
  }
}

function writeDurably(file: string, text: string, mode: number, place: (from: string, to: string) => void): void {
  const temporary = temporaryName(file);
  try {
    const fd = openSync(temporary, "wx", mode);
    try {
      writeSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    place(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  const directory = openSync(path.dirname(file), "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
