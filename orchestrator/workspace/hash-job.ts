/** Files to be hashed together, and where in the tree what is found belongs. */
import { type HashBatch, type HashedBatch, pathsOf } from "./hash-batch.ts";
import { ChangedMeanwhile, unreadableBecause } from "./refuse.ts";
import { STAT_COLUMNS } from "./stat-columns.ts";
import type { Directory } from "./tree.ts";

/** Files that follow one another in one directory. */
interface Row {
  readonly directory: Directory;
  readonly index: number;
  readonly files: number;
}

export class HashJob {
  files = 0;
  readonly #parts: string[] = [];
  readonly #rows: Row[] = [];

  /** The `names` in the absolute `prefix`, which ends in `/`, are the entries from `index` on of `directory`; latin1. */
  add(prefix: string, names: readonly string[], directory: Directory, index: number): void {
    if (this.#rows[this.#rows.length - 1]?.directory !== directory) this.#parts.push(prefix);
    this.#parts.push(names.join("\0"));
    this.#rows.push({ directory, index, files: names.length });
    this.files += names.length;
  }

  get batch(): HashBatch {
    return this.#parts.join("\0");
  }

  /** Of a file, which is seldom needed. */
  pathOf(file: number): string {
    return pathsOf(this.batch)[file] ?? "";
  }

  /** Which entry of which directory a file is. */
  entryOf(file: number): { readonly directory: Directory; readonly index: number } {
    let first = 0;
    for (const { directory, index, files } of this.#rows) {
      if (file < first + files) return { directory, index: index + file - first };
      first += files;
    }
    throw new RangeError(`no file ${file} in this job`);
  }

  /** Fills in what was found. Throws ChangedMeanwhile or `workspace_invalid` when a file has no hash. */
  settle({ stats, kinds, digests, failures }: HashedBatch): void {
    const [failed] = failures;
    if (failed) {
      const path = this.pathOf(failed[0]);
      throw failed[1] === "changed" ? new ChangedMeanwhile(path) : unreadableBecause(path, failed[1]);
    }
    let from = 0;
    for (const { directory, index, files } of this.#rows) {
      const to = from + files;
      directory.stats.set(stats.subarray(from * STAT_COLUMNS, to * STAT_COLUMNS), index * STAT_COLUMNS);
      directory.kinds.set(kinds.subarray(from, to), index);
      directory.digests.write(digests.slice(from * 32, to * 32), index * 32, "latin1");
      from = to;
    }
  }
}
