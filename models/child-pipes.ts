/**
 * The model process's standard input and output, read and written in place: it does nothing else meanwhile, and only to load
 * Node's streams would take it milliseconds.
 */
import { readSync, writeSync } from "node:fs";
import { errnoOf } from "../schema/index.ts";

const STDIN = 0;
const STDOUT = 1;
const CHUNK_BYTES = 64 * 1024;

/** What comes in, until the other side closes its end. */
export function* heard(): Generator<Buffer, void> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    const bytes = readSome(buffer);
    if (bytes === 0) return;
    yield Buffer.from(buffer.subarray(0, bytes));
  }
}

/** Throws when nobody is there to read. */
export function say(piece: Uint8Array): void {
  for (let written = 0; written < piece.length; ) written += writeSync(STDOUT, piece, written);
}

/** libuv takes up other calls again that a signal interrupted, but not this one. */
function readSome(buffer: Buffer): number {
  for (;;) {
    try {
      return readSync(STDIN, buffer);
    } catch (error) {
      if (errnoOf(error) !== "EINTR") throw error;
    }
  }
}
