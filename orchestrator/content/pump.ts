/**
 * Reads a file descriptor once and hashes what it reads; with a target, writes the very same bytes. Reading, hashing and
 * writing overlap: while the main thread hashes one buffer, the thread pool fills and drains the others. Memory stays at
 * three buffers whatever the size.
 */
import { createHash } from "node:crypto";
import { read, write } from "node:fs";
import { promisify } from "node:util";
import type { StoredContent } from "./port.ts";

const readAt = promisify(read);
const writeAt = promisify(write);

const BUFFER_BYTES = 1 << 20;
const BUFFERS = 3;

/** SHA-256 and size of everything from the start of `source`; its bytes are written to `target` from offset 0. */
export async function pump(source: number, target?: number): Promise<StoredContent> {
  const hash = createHash("sha256");
  const slots = Array.from({ length: BUFFERS }, () => ({
    buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES),
    written: Promise.resolve(),
  }));
  let size = 0;
  let reading: Promise<{ bytesRead: number }> | undefined;
  try {
    for (let turn = 0; ; turn++) {
      const slot = slots[turn % BUFFERS];
      const ahead = slots[(turn + 1) % BUFFERS];
      if (!slot || !ahead) break;
      reading ??= handled(readAt(source, slot.buffer, 0, BUFFER_BYTES, 0));
      const { bytesRead } = await reading;
      if (bytesRead === 0) break;
      const chunk = slot.buffer.subarray(0, bytesRead);
      if (target !== undefined) slot.written = handled(writeFully(target, chunk, size));
      size += bytesRead;
      await ahead.written;
      reading = handled(readAt(source, ahead.buffer, 0, BUFFER_BYTES, size));
      hash.update(chunk);
    }
    for (const slot of slots) await slot.written;
  } finally {
    await Promise.allSettled([reading, ...slots.map((slot) => slot.written)]);
  }
  return { sha256: hash.digest("hex"), size };
}

/** The same promise; its failure is met later, when the buffer is needed again, and is not unhandled until then. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

async function writeFully(target: number, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await writeAt(target, bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
