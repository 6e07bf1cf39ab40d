/**
 * Looks at one plain file and hashes it, through one descriptor. Used by the main thread for few files and by the worker program
 * for many; imports next to nothing.
 */
import * as crypto from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { putExactStat, putStat } from "./stat-columns.ts";
import { isPlain, kindOfMode } from "./tree.ts";

/** Why a file has no hash: it is none or another one now, it is for the slow path, or the system's error name (`EACCES`). */
export type HashFailure = "changed" | "large" | (string & {});

/** Never through a symlink, and never waiting for whoever should write to a FIFO. */
export const READ_PLAIN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const memory = new ArrayBuffer(1 << 20);
const buffer = Buffer.from(memory);

/** SHA-256 of bytes; the one-shot call of Node ≥ 20.12 is three times faster on small inputs. */
export const sha256Bytes: (data: Uint8Array) => Uint8Array =
  typeof crypto.hash === "function"
    ? (data) => Buffer.from(crypto.hash("sha256", data, "binary"), "latin1")
    : (data) => crypto.createHash("sha256").update(data).digest();

/** The same as 32 characters of one byte each: of thousands, strings are put together quicker than buffers. */
const sha256Text: (data: Uint8Array) => string =
  typeof crypto.hash === "function"
    ? (data) => crypto.hash("sha256", data, "binary")
    : (data) => crypto.createHash("sha256").update(data).digest("binary");

/** Where `hashFile` puts what it finds: identifying columns and kind at the entry's place, its digest at the end. */
export interface Hashed {
  readonly stats: Float64Array;
  readonly kinds: Uint8Array;
  /** 32 characters per file, one per byte; meaningless for a file that has no hash. */
  digests: string;
}

const NO_DIGEST = "\0".repeat(32);

/**
 * Hashes one plain file into entry `index` of `into`, or returns why not; `large` (and stats and kind only) when it has more than
 * `limit` bytes. The look comes before the read: should the file be written meanwhile, it no longer looks as recorded.
 */
export function hashFile(path: string | Buffer, into: Hashed, index: number, limit: number): HashFailure | undefined {
  let digest = NO_DIGEST;
  let fd: number | undefined;
  try {
    fd = openSync(path, READ_PLAIN);
    const stat = fstatSync(fd);
    const { size } = stat;
    const kind = kindOfMode(stat.mode);
    if (!isPlain(kind)) {
      lstatSync("/"); // as looked() of the schema's room does, which a thread for hashing alone need not load
      return "changed";
    }
    if (!putStat(into.stats, index, stat)) putExactStat(into.stats, index, fstatSync(fd, { bigint: true }));
    into.kinds[index] = kind;
    if (size > limit) return "large";
    const found = hashDescriptor(fd, size);
    if (found === undefined) return "changed";
    digest = found;
    return undefined;
  } catch (error) {
    return failure(error);
  } finally {
    into.digests += digest;
    if (fd !== undefined) closeSync(fd);
  }
}

/** The digest of exactly `size` bytes up to the end of the file; undefined when there are more or fewer. */
function hashDescriptor(fd: number, size: number): string | undefined {
  if (size < buffer.length) {
    // A byte more than there should be, since a file that grew must not go unseen.
    if (readSync(fd, buffer, 0, size + 1, null) !== size) return undefined;
    return sha256Text(new Uint8Array(memory, 0, size));
  }
  const hash = crypto.createHash("sha256");
  let total = 0;
  for (;;) {
    const n = readSync(fd, buffer, 0, buffer.length, null);
    if (n === 0) break;
    total += n;
    hash.update(n === buffer.length ? buffer : buffer.subarray(0, n));
  }
  return total === size ? hash.digest("binary") : undefined;
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
