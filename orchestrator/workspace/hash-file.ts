/**
 * Looks at one plain file and hashes it, through one descriptor. Used by the main thread for few files and by the worker program
 * for many; imports nothing but Node.
 */
import * as crypto from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** Why a file has no hash: it is none or another one now, it is for the slow path, or the system's error name (`EACCES`). */
export type HashFailure = "changed" | "large" | (string & {});

/** Columns of what identifies a file's content without reading it, as they lie in a BigInt64Array. */
export const STAT_COLUMNS = 5;

export interface StatNs {
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly ino: bigint;
  readonly dev: bigint;
}

/** Writes the identifying columns of `stat` at entry `index`; values wrap to 64 bits. */
export function putStat(columns: BigInt64Array, index: number, stat: StatNs): void {
  const at = index * STAT_COLUMNS;
  columns[at] = stat.size;
  columns[at + 1] = stat.mtimeNs;
  columns[at + 2] = stat.ctimeNs;
  columns[at + 3] = stat.ino;
  columns[at + 4] = stat.dev;
}

const buffer = Buffer.allocUnsafeSlow(1 << 20);

/** SHA-256 of bytes; the one-shot call of Node ≥ 20.12 is three times faster on small inputs. */
export const sha256Bytes: (data: Uint8Array) => Uint8Array =
  typeof crypto.hash === "function"
    ? (data) => Buffer.from(crypto.hash("sha256", data, "binary"), "latin1")
    : (data) => crypto.createHash("sha256").update(data).digest();

/** Writes the SHA-256 of the first `length` bytes of `from` at `at`: without a view or a copy of its own for each of thousands. */
function putSha256(from: Buffer, length: number, into: Buffer, at: number): void {
  const data = new Uint8Array(from.buffer, from.byteOffset, length);
  if (typeof crypto.hash === "function") into.write(crypto.hash("sha256", data, "binary"), at, "latin1");
  else crypto.createHash("sha256").update(data).digest().copy(into, at);
}

/** Where `hashFile` puts what it finds, one part per file: identifying columns, mode, digest. */
export interface Hashed {
  readonly stats: BigInt64Array;
  readonly modes: Uint32Array;
  readonly digests: Buffer;
}

/**
 * Hashes one plain file into entry `index` of `into`, or returns why not; `large` (and stats and mode only) when it has more than
 * `limit` bytes. The look comes before the read: should the file be written meanwhile, it no longer looks as recorded.
 */
export function hashFile(path: string | Buffer, into: Hashed, index: number, limit: number): HashFailure | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return failure(error);
  }
  try {
    const stat = fstatSync(fd, { bigint: true });
    const mode = Number(stat.mode);
    if ((mode & 0o170000) !== 0o100000) return "changed";
    putStat(into.stats, index, stat);
    into.modes[index] = mode;
    const size = Number(stat.size);
    if (size > limit) return "large";
    return hashDescriptor(fd, size, into.digests, index * 32) ? undefined : "changed";
  } catch (error) {
    return failure(error);
  } finally {
    closeSync(fd);
  }
}

/** Writes the digest of exactly `size` bytes up to the end of the file; false when there are more or fewer. */
function hashDescriptor(fd: number, size: number, into: Buffer, at: number): boolean {
  if (size < buffer.length) {
    if (readSync(fd, buffer, 0, buffer.length, null) !== size) return false;
    putSha256(buffer, size, into, at);
    return true;
  }
  const hash = crypto.createHash("sha256");
  let total = 0;
  for (;;) {
    const n = readSync(fd, buffer, 0, buffer.length, null);
    if (n === 0) break;
    total += n;
    hash.update(n === buffer.length ? buffer : buffer.subarray(0, n));
  }
  if (total === size) hash.digest().copy(into, at);
  return total === size;
}

function failure(error: unknown): HashFailure {
  const code = (error as NodeJS.ErrnoException).code ?? "EIO";
  return ["ENOENT", "ENOTDIR", "ELOOP", "ENXIO", "EISDIR"].includes(code) ? "changed" : code;
}

/** A path held as one character per byte, as the file system calls want it. */
export function systemPath(latin1: string): string | Buffer {
  // ASCII is the same in every encoding, and strings are faster than buffers.
  return isAscii(latin1) ? latin1 : Buffer.from(latin1, "latin1");
}

const NOT_ASCII = /[\x80-\xff]/;

export function isAscii(latin1: string): boolean {
  return !NOT_ASCII.test(latin1);
}
