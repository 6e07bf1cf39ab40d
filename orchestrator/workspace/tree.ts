/**
 * A hashed workspace in memory, shaped for speed: one record per directory, its entries as columns in the byte order of their
 * names. Names and paths are strings of one character per byte (latin1), so that any bytes stay distinguishable and JavaScript's
 * string order is byte order.
 */

import { STAT_COLUMNS } from "./stat-columns.ts";

/** One directory. Entry `i` has the i-th of the NUL-separated `names`, `kinds[i]`, and its part of `stats` and `digests`. */
export interface Directory {
  /** Relative to the root, `/` between components; the root is the empty string. */
  readonly path: string;
  readonly names: string;
  readonly count: number;
  /** ASCII code of the entry's kind (spec/workspace-hash.md, W4). */
  readonly kinds: Uint8Array;
  /** STAT_COLUMNS values per entry; zero for what is not read. */
  readonly stats: Float64Array;
  /** 32 bytes per entry (W4). */
  readonly digests: Buffer;
}

export interface WorkspaceTree {
  /** The workspace hash, 64 lower-case hex digits. */
  readonly hash: string;
  /** Milliseconds since the epoch when the look at the files began. */
  readonly time: number;
  /** A parent comes before its children; the root first. */
  readonly directories: readonly Directory[];
}

export const KIND = {
  file: 0x66, // f
  executable: 0x78, // x
  symlink: 0x6c, // l
  directory: 0x64, // d
  fifo: 0x70, // p
  socket: 0x73, // s
  character: 0x63, // c
  block: 0x62, // b
} as const;

/** The kind that belongs to a mode's type and owner's execute bit. */
export function kindOfMode(mode: number): number {
  switch (mode & 0o170000) {
    case 0o100000:
      return (mode & 0o100) === 0 ? KIND.file : KIND.executable;
    case 0o040000:
      return KIND.directory;
    case 0o120000:
      return KIND.symlink;
    case 0o010000:
      return KIND.fifo;
    case 0o140000:
      return KIND.socket;
    case 0o020000:
      return KIND.character;
    default:
      return KIND.block;
  }
}

/** Whether a kind has content. */
export function isPlain(kind: number | undefined): boolean {
  return kind === KIND.file || kind === KIND.executable;
}

/** The names of a directory's entries. */
export function namesOf(directory: Pick<Directory, "names" | "count">): string[] {
  return directory.count === 0 ? [] : directory.names.split("\0");
}

/** Plain files, and the sum of their sizes in bytes. */
export function countFiles(directories: readonly Directory[]): { files: number; bytes: number } {
  let files = 0;
  let bytes = 0;
  for (const { count, kinds, stats } of directories) {
    for (let i = 0; i < count; i++) {
      if (!isPlain(kinds[i])) continue;
      files++;
      bytes += stats[i * STAT_COLUMNS] ?? 0;
    }
  }
  return { files, bytes };
}

/** The path of an entry, relative to the root. */
export function joinPath(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}
