import { type HashFailure, hashFile, systemPath } from "./hash-file.ts";

/** Paths hold one character per byte and are separated by NUL; `expected` has STAT_COLUMNS values for each. Never empty. */
export interface HashBatch {
  readonly paths: string;
  readonly expected: BigInt64Array;
}

/** 32 bytes for each path, and which of them are not to be used. */
export interface HashedBatch {
  readonly digests: Uint8Array;
  readonly failures: readonly (readonly [index: number, failure: HashFailure])[];
}

/** Hashes one batch in the thread it is called in. */
export function hashBatch(batch: HashBatch): HashedBatch {
  const paths = batch.paths.split("\0");
  const digests = new Uint8Array(paths.length * 32);
  const failures: [number, HashFailure][] = [];
  paths.forEach((path, index) => {
    const failure = hashFile(systemPath(path), batch.expected, index, digests, index * 32);
    if (failure !== undefined) failures.push([index, failure]);
  });
  return { digests, failures };
}
