/**
 * Hashes one plain file that was looked at before, and notices when it is no longer that file. Used by the main thread for
 * few files and by the worker program for many; imports nothing but Node.
 */
import * as crypto from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** Why a file has no hash: it is another one now, or the system's error name (`EACCES`). */
export type HashFailure = "changed" | (string & {});

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
const seen = new BigInt64Array(STAT_COLUMNS);

/** SHA-256 of bytes; the one-shot call of Node ≥ 20.12 is three times faster on small inputs. */
export const sha256Bytes: (data: Uint8Array) => Uint8Array =
  typeof crypto.hash === "function"
    ? (data) => crypto.hash("sha256", data, "buffer")
    : (data) => crypto.createHash("sha256").update(data).digest();

/**
 * Writes the SHA-256 of the file's content to `out` at `at`, or returns why not. `expected` holds the columns seen before, at
 * entry `index`; a file that differs from them after it was read is "changed".
 */
export function hashFile(
  path: string | Buffer,
  expected: BigInt64Array,
  index: number,
  out: Uint8Array,
  at: number,
): HashFailure | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return failure(error);
  }
  try {
    const digest = hashDescriptor(fd, expected[index * STAT_COLUMNS] ?? 0n);
    putStat(seen, 0, fstatSync(fd, { bigint: true }));
    for (let column = 0; column < STAT_COLUMNS; column++)
      if (seen[column] !== expected[index * STAT_COLUMNS + column]) return "changed";
    out.set(digest, at);
    return undefined;
  } catch (error) {
    return failure(error);
  } finally {
    closeSync(fd);
  }
}

function hashDescriptor(fd: number, size: bigint): Uint8Array {
  // A file of the size it had ends where one read ends; a longer one now is found by the look afterwards.
  if (size < buffer.length) return sha256Bytes(buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, null)));
  const hash = crypto.createHash("sha256");
  for (;;) {
    const n = readSync(fd, buffer, 0, buffer.length, null);
    if (n === 0) return hash.digest();
    hash.update(n === buffer.length ? buffer : buffer.subarray(0, n));
  }
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
