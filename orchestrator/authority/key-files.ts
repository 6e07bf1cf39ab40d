/**
 * Approvers' key files: `<name>.pem` (PKCS8, 0600) and beside it `<name>.pub` (one line, the text for authority files).
 * Nothing is ever overwritten, and a private key that others could have read is not used.
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import {
  CabincrewError,
  compareUtf8,
  errnoOf,
  looked,
  makeDirectory,
  toCabincrewError,
  whyOf,
} from "../../schema/index.ts";
import { describeKey } from "./public-key.ts";

const MAX_BYTES = 16 * 1024;
const WRITABLE = "Name a directory that you can write with --directory.";
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export interface GeneratedKey {
  readonly privatePem: string;
  readonly publicText: string;
  readonly keyId: string;
}

export interface ApproverKey {
  readonly privateKey: KeyObject;
  readonly publicText: string;
  readonly keyId: string;
}

/** A key file as listed; `problem` says why it could not be used, and then there is no public text. */
export type ListedKey = { readonly name: string; readonly file: string } & (
  | { readonly publicText: string; readonly keyId: string }
  | { readonly problem: string }
);

/** A new Ed25519 key pair. */
export function generateApproverKey(): GeneratedKey {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { text, keyId } = describeKey(publicKey);
  return { privatePem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), publicText: text, keyId };
}

/** Reads an approver's private key. Throws key_invalid and says what to do. */
export function readPrivateKey(file: string): ApproverKey {
  const pem = readPem(file);
  const generate = "Make a key with `cabincrew key generate` and have its public text added to the authority file.";
  const refuse = (problem: string, next = generate): CabincrewError =>
    new CabincrewError("key_invalid", `The key file ${file} ${problem}`, { next, detail: { file } });
  if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(pem)) {
    throw refuse("is protected by a passphrase, which is not supported");
  }
  if (/BEGIN OPENSSH PRIVATE KEY/.test(pem)) throw refuse("is an OpenSSH key; a PKCS8 PEM is needed");
  if (/BEGIN PUBLIC KEY|^ed25519:/m.test(pem)) {
    throw refuse("is a public key; signing needs the private one", "Name the .pem file beside it.");
  }
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch {
    throw refuse("is not a private key in PEM form");
  }
  if (privateKey.asymmetricKeyType !== "ed25519") {
    throw refuse(`is a ${privateKey.asymmetricKeyType ?? "different"} key; an Ed25519 key is needed`);
  }
  const { text, keyId } = describeKey(privateKey);
  return { privateKey, publicText: text, keyId };
}

/** The keys in a directory, by name in UTF-8 order; a directory that does not exist has none. Throws key_invalid. */
export function listKeys(directory: string): ListedKey[] {
  let entries: string[];
  try {
    entries = readdirSync(directory);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw toCabincrewError(error, "key_invalid", `The key directory ${directory} could not be read`);
  }
  const files = entries.filter((entry) => entry.endsWith(".pem") && !entry.endsWith(".pub.pem")).sort(compareUtf8);
  return files.map((entry) => describeFile(directory, entry));
}

/** Writes a key under a name and returns its files. Refuses with key_invalid where either file exists already. */
export function writeKey(
  directory: string,
  name: string,
  key: GeneratedKey,
): { readonly privateFile: string; readonly publicFile: string } {
  if (!NAME.test(name)) {
    throw new CabincrewError("key_invalid", `The key name ${JSON.stringify(name)} cannot be a file name here`, {
      next: "Use letters, digits, `.`, `_` and `-`, at most 100, starting with a letter or digit.",
    });
  }
  const publicFile = path.join(directory, `${name}.pub`);
  const privateFile = path.join(directory, `${name}.pem`);
  makeKeyDirectory(directory);
  create(publicFile, `${key.publicText}\n`, 0o644);
  try {
    create(privateFile, key.privatePem, 0o600);
  } catch (error) {
    // The public file was made a moment ago by this very call; alone it would name a key nobody has.
    unlinkSync(publicFile);
    throw error;
  }
  return { privateFile, publicFile };
}

function describeFile(directory: string, entry: string): ListedKey {
  const file = path.join(directory, entry);
  const name = entry.slice(0, -".pem".length);
  try {
    const { publicText, keyId } = readPrivateKey(file);
    return { name, file, publicText, keyId };
  } catch (error) {
    return { name, file, problem: whyOf(error) };
  }
}

function readPem(file: string): string {
  try {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = looked(fstatSync(fd));
      if (!stat.isFile()) throw new CabincrewError("key_invalid", `The key file ${file} is not a regular file`);
      if ((stat.mode & 0o077) !== 0) {
        throw new CabincrewError("key_invalid", `The key file ${file} can be read or changed by others`, {
          next: `If nobody could have copied it, run: chmod 600 ${file}. Otherwise make a new key.`,
          detail: { mode: (stat.mode & 0o777).toString(8).padStart(4, "0") },
        });
      }
      if (stat.size > MAX_BYTES) throw new CabincrewError("key_invalid", `The key file ${file} is too large for a key`);
      return readFileSync(fd, "latin1");
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errnoOf(error) === "ENOENT") throw new CabincrewError("key_invalid", `The key file ${file} does not exist`);
    throw toCabincrewError(error, "key_invalid", `The key file ${file} could not be read`);
  }
}

function makeKeyDirectory(directory: string): void {
  try {
    makeDirectory(directory);
  } catch (error) {
    throw toCabincrewError(error, "key_invalid", `The key directory ${directory} could not be made`, WRITABLE);
  }
}

function create(file: string, text: string, mode: number): void {
  try {
    const fd = openSync(file, "wx", mode);
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errnoOf(error) === "EEXIST") {
      throw new CabincrewError("key_invalid", `The key file ${file} exists already and is not overwritten`, {
        next: "Choose another name.",
      });
    }
    throw toCabincrewError(error, "key_invalid", `The key file ${file} could not be written`, WRITABLE);
  }
}
