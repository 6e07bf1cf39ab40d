/** Contents by chunks: a file of any size takes one buffer of memory. */

import { createHash } from "node:crypto";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { type BytePath, bytesOf } from "../bytes.ts";

const CHUNK = 1024 * 1024;
const buffer = Buffer.allocUnsafe(CHUNK);

/** Calls `take` with each chunk in turn; the chunk is only valid during the call. `place` is never a link. */
export function readChunks(place: BytePath | Buffer, take: (chunk: Buffer) => void): void {
  const fd = openSync(typeof place === "string" ? bytesOf(place) : place, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    for (let count = readSync(fd, buffer, 0, CHUNK, null); count > 0; count = readSync(fd, buffer, 0, CHUNK, null))
      take(buffer.subarray(0, count));
  } finally {
    closeSync(fd);
  }
}

/** SHA-256 of the file's bytes, in hex. */
export function hashFile(place: BytePath | Buffer): string {
  const hash = createHash("sha256");
  readChunks(place, (chunk) => hash.update(chunk));
  return hash.digest("hex");
}

/** The first bytes of the file, at most `limit`. */
export function readStart(place: BytePath, limit: number): Buffer {
  const start = Buffer.alloc(limit);
  const fd = openSync(bytesOf(place), constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    let length = 0;
    for (let count = 1; count > 0 && length < limit; length += count)
      count = readSync(fd, start, length, limit - length, null);
    return start.subarray(0, length);
  } finally {
    closeSync(fd);
  }
}
