/** Reading side of the local store: every byte handed out was hashed while it was read. */

import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  createReadStream,
  fchmodSync,
  fstatSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { Readable } from "node:stream";
import { CabincrewError, errnoOf, looked, toCabincrewError } from "../../schema/index.ts";
import { contentPath, damaged, missing } from "./layout.ts";
import { sha256Hex } from "./one-shot.ts";
import { pump } from "./pump.ts";

/** Up to this size content is read at once; an asynchronous loop would only add latency. */
export const SMALL_BYTES = 1 << 20;

/** Runs `use` on the open content and its size; content that is missing or no plain file is `ledger_corrupt`. */
export async function withContent<T>(
  storeDir: string,
  sha256: string,
  use: (fd: number, size: number) => T | Promise<T>,
  doing = "Reading",
): Promise<T> {
  const file = contentPath(storeDir, sha256);
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (["ENOENT", "ELOOP", "ENOTDIR"].includes(errnoOf(error) ?? "")) throw missing(sha256, error);
    throw toCabincrewError(error, "state_unusable", `${doing} stored content ${sha256}`);
  }
  try {
    const stat = looked(fstatSync(fd));
    if (!stat.isFile()) throw damaged(sha256, "something that is no plain file");
    return await use(fd, stat.size);
  } catch (error) {
    throw toCabincrewError(error, "state_unusable", `${doing} stored content ${sha256}`);
  } finally {
    closeSync(fd);
  }
}

/** The whole content, verified; more than `maxBytes` is `engine_limit`. */
export function readContent(storeDir: string, sha256: string, maxBytes: number): Promise<Buffer> {
  return withContent(storeDir, sha256, (fd, size) => {
    if (size > maxBytes)
      throw new CabincrewError(
        "engine_limit",
        `Stored content ${sha256} has ${size} bytes, more than the ${maxBytes} asked for`,
      );
    const bytes = readWhole(fd, size);
    if (sha256Hex(bytes) !== sha256) throw damaged(sha256, "other bytes");
    return bytes;
  });
}

/** Exactly `size` bytes from the start of `fd`, fewer where the file is shorter. */
export function readWhole(fd: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let done = 0;
  while (done < size) {
    const n = readSync(fd, bytes, done, size - done, done);
    if (n === 0) break;
    done += n;
  }
  return bytes.subarray(0, done);
}

/** Size of the content after reading and hashing all of it. */
export function verifyContent(storeDir: string, sha256: string): Promise<number> {
  return withContent(storeDir, sha256, async (fd, size) => {
    const found = size <= SMALL_BYTES ? sha256Hex(readWhole(fd, size)) : (await pump(fd)).sha256;
    if (found !== sha256) throw damaged(sha256, "other bytes");
    return size;
  });
}

/** A stream that ends in `ledger_corrupt` instead of its end when the bytes were not those of the name. */
export function streamContent(storeDir: string, sha256: string): Promise<Readable> {
  return withContent(storeDir, sha256, () => {
    const source = createReadStream(contentPath(storeDir, sha256), {
      highWaterMark: SMALL_BYTES,
    });
    return Readable.from(verified(source, sha256), {
      objectMode: false,
      highWaterMark: SMALL_BYTES,
    });
  });
}

async function* verified(source: Readable, sha256: string): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  for await (const chunk of source as AsyncIterable<Buffer>) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest("hex") !== sha256) throw damaged(sha256, "other bytes");
}

/** See ContentStore.copyTo. Small content is hashed before a byte of it is written. */
export function copyContent(storeDir: string, sha256: string, target: string, mode: number): Promise<number> {
  const mismatch = () =>
    new CabincrewError(
      "token_mismatch",
      `The stored bytes of ${sha256} are no longer those that were hashed into the plan-token`,
      {
        detail: { sha256 },
      },
    );
  return withContent(
    storeDir,
    sha256,
    async (fd, size) => {
      const bytes = size <= SMALL_BYTES ? readWhole(fd, size) : undefined;
      if (bytes && sha256Hex(bytes) !== sha256) throw mismatch();
      const out = openSync(target, "wx", mode);
      let kept = false;
      try {
        if (bytes) writeAll(out, bytes);
        else if ((await pump(fd, out)).sha256 !== sha256) throw mismatch();
        fchmodSync(out, mode);
        kept = true;
        return size;
      } finally {
        closeSync(out);
        if (!kept) unlinkSync(target);
      }
    },
    "Copying",
  );
}

/** Writes all of `bytes` at the descriptor's position. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done);
}
