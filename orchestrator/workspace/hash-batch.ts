import { type Hashed, type HashFailure, hashFile, isAscii, systemPath } from "./hash-file.ts";
import { STAT_COLUMNS } from "./stat-columns.ts";

/**
 * What to hash, one character per byte, separated by NUL: an absolute directory that ends in `/`, then the names of files in it,
 * then perhaps another directory and its files. A name has no `/`, so it is clear which is which.
 */
export type HashBatch = string;

/** What was found, in the order of the files, and which have no digest. */
export interface HashedBatch extends Readonly<Hashed> {
  readonly failures: readonly (readonly [index: number, failure: HashFailure])[];
}

/** The files of a batch, by their whole paths. */
export function pathsOf(batch: HashBatch): string[] {
  const paths: string[] = [];
  let directory = "";
  for (const part of batch.split("\0")) {
    if (part.endsWith("/")) directory = part;
    else paths.push(directory + part);
  }
  return paths;
}

/** Hashes one batch in the thread it is called in; files of more than `limit` bytes are only looked at. */
export function hashBatch(batch: HashBatch, limit: number): HashedBatch {
  const paths = pathsOf(batch);
  const hashed = {
    stats: new Float64Array(paths.length * STAT_COLUMNS),
    kinds: new Uint8Array(paths.length),
    digests: "",
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
