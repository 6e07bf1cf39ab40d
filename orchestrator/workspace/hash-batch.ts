import { type Hashed, type HashFailure, hashFile, isAscii, STAT_COLUMNS, systemPath } from "./hash-file.ts";

/** Absolute paths with one character per byte, separated by NUL; never empty. */
export type HashBatch = string;

/** What was found, in the order of the paths, and which entries have no digest. */
export interface HashedBatch extends Omit<Hashed, "digests"> {
  readonly digests: Uint8Array;
  readonly failures: readonly (readonly [index: number, failure: HashFailure])[];
}

/** Hashes one batch in the thread it is called in; files of more than `limit` bytes are only looked at. */
export function hashBatch(batch: HashBatch, limit: number): HashedBatch {
  const paths = batch.split("\0");
  const hashed = {
    stats: new BigInt64Array(paths.length * STAT_COLUMNS),
    modes: new Uint32Array(paths.length),
    // Not of Node's pool: its memory is handed to another thread.
    digests: Buffer.alloc(paths.length * 32),
  };
  const failures: [number, HashFailure][] = [];
  const ascii = isAscii(batch);
  for (let index = 0; index < paths.length; index++) {
    const path = paths[index] ?? "";
    const failure = hashFile(ascii ? path : systemPath(path), hashed, index, limit);
    if (failure !== undefined) failures.push([index, failure]);
  }
  return { ...hashed, failures };
}
