/**
 * Looks at every entry of a workspace once, in byte order, without following symlinks (W1 to W4). Digests of files that look as
 * they did before are taken over; the others are handed to the hash pool. Written for speed: where something is known, one readdir
 * and one lstat per entry are nearly all it costs; where nothing is, the look at files is left to the pool, too.
 */
import { type BigIntStats, type Dirent, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { isAscii, putStat, STAT_COLUMNS, sha256Bytes, systemPath } from "./hash-file.ts";
import type { HashPool } from "./hash-pool.ts";
import type { IsOutside } from "./ignore-rules.ts";
import { ChangedMeanwhile, unreadable } from "./refuse.ts";
import { type Directory, isPlain, joinPath, KIND, kindOfMode, namesOf } from "./tree.ts";

/** What was known before; `directory` by its relative path. */
export interface Known {
  directory(path: string): Directory | undefined;
  /** Nanoseconds since the epoch; what changed at or after it may have changed again unseen. */
  readonly trustedBefore: bigint;
}

export interface Walked {
  readonly directories: Directory[];
  /** True when every entry was known and looks the same. */
  readonly unchanged: boolean;
}

/** Walks `root` (absolute, latin1, no trailing slash). Throws ChangedMeanwhile or `workspace_invalid`. */
export function walk(root: string, isOutside: IsOutside | undefined, known: Known | undefined, pool: HashPool): Walked {
  const walker = new Walker(root, isOutside, known, pool);
  walker.visit("");
  for (let next = 0; next < walker.pending.length; next++) walker.visit(walker.pending[next] ?? "");
  return walker;
}

const WORDS = STAT_COLUMNS * 2;

class Walker implements Walked {
  readonly directories: Directory[] = [];
  readonly pending: string[] = [];
  unchanged: boolean;
  readonly #root: string;
  readonly #isOutside: IsOutside | undefined;
  readonly #known: Known | undefined;
  readonly #pool: HashPool;

  constructor(root: string, isOutside: IsOutside | undefined, known: Known | undefined, pool: HashPool) {
    this.#root = root;
    this.#isOutside = isOutside;
    this.#known = known;
    this.#pool = pool;
    this.unchanged = known !== undefined;
  }

  visit(path: string): void {
    const absolute = path === "" ? this.#root : `${this.#root}/${path}`;
    const old = this.#known?.directory(path);
    if (old) this.#visitKnown(path, `${absolute}/`, old, list(absolute));
    else this.#visitNew(path, `${absolute}/`, listTyped(absolute));
  }

  /** Nothing is known here: the types that readdir tells decide, and the pool looks at the files when it opens them. */
  #visitNew(path: string, prefix: string, listed: Dirent[]): void {
    this.unchanged = false;
    const entries = listed
      .filter((entry) => !this.#outside(path, entry.name, () => entry.isDirectory()))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const directory = newDirectory(
      path,
      entries.map((entry) => entry.name),
    );
    this.directories.push(directory);
    entries.forEach((entry, i) => {
      const full = prefix + entry.name;
      if (entry.isFile()) this.#pool.add(full, directory, i);
      else if (entry.isDirectory()) this.#descend(directory, i, entry.name);
      else {
        const stat = look(full, false);
        const kind = kindOfMode(Number(stat.mode));
        // It was something else a moment ago.
        if (isPlain(kind) || kind === KIND.directory) throw new ChangedMeanwhile(full);
        directory.kinds[i] = kind;
        if (kind === KIND.symlink) this.#addLink(full, directory, i, stat);
      }
    });
  }

  #visitKnown(path: string, prefix: string, old: Directory, listed: string[]): void {
    const entries = this.#select(path, prefix, listed);
    const directory = newDirectory(path, entries);
    this.directories.push(directory);
    const oldIndex = old.names === directory.names ? undefined : indexOf(old);
    if (oldIndex) this.unchanged = false;
    const words = new Int32Array(directory.stats.buffer);
    const oldWords = new Int32Array(old.stats.buffer, old.stats.byteOffset, old.count * WORDS);
    const ascii = isAscii(prefix) && isAscii(directory.names);
    for (let i = 0; i < entries.length; i++) {
      const name = entries[i] ?? "";
      const full = prefix + name;
      const stat = look(full, ascii);
      const kind = kindOfMode(Number(stat.mode));
      directory.kinds[i] = kind;
      if (kind === KIND.directory) this.#descend(directory, i, name);
      if (!isPlain(kind) && kind !== KIND.symlink) continue;
      putStat(directory.stats, i, stat);
      const j = oldIndex ? oldIndex.get(name) : i;
      if (j !== undefined && sameWords(words, i, oldWords, j) && this.#trusts(stat) && sameType(kind, old.kinds[j])) {
        copyDigest(old.digests, j, directory.digests, i);
        continue;
      }
      this.unchanged = false;
      if (isPlain(kind)) this.#pool.add(full, directory, i);
      else this.#addLink(full, directory, i, stat);
    }
  }

  #descend(directory: Directory, index: number, name: string): void {
    directory.kinds[index] = KIND.directory;
    this.pending.push(joinPath(directory.path, name));
  }

  #addLink(full: string, directory: Directory, index: number, stat: BigIntStats): void {
    putStat(directory.stats, index, stat);
    directory.digests.set(hashLink(full), index * 32);
  }

  #trusts(stat: BigIntStats): boolean {
    const before = this.#known?.trustedBefore ?? 0n;
    return stat.mtimeNs < before && stat.ctimeNs < before;
  }

  /** The names that are inside, sorted by bytes. */
  #select(path: string, prefix: string, names: string[]): string[] {
    names.sort();
    if (!this.#isOutside && !names.includes(".git")) return names;
    const isDirectory = (name: string) => look(prefix + name, false).isDirectory();
    return names.filter((name) => !this.#outside(path, name, () => isDirectory(name)));
  }

  /** W2. */
  #outside(path: string, name: string, isDirectory: () => boolean): boolean {
    if (name === ".git" && isDirectory()) return true;
    return this.#isOutside?.(joinPath(path, name), isDirectory()) ?? false;
  }
}

function newDirectory(path: string, entries: readonly string[]): Directory {
  const count = entries.length;
  return {
    path,
    names: entries.join("\0"),
    count,
    kinds: new Uint8Array(count),
    stats: new BigInt64Array(count * STAT_COLUMNS),
    digests: new Uint8Array(count * 32),
  };
}

function list(absolute: string): string[] {
  try {
    return readdirSync(systemPath(absolute), { encoding: "latin1" });
  } catch (error) {
    throw unreadable(absolute, error);
  }
}

function listTyped(absolute: string): Dirent[] {
  try {
    return readdirSync(systemPath(absolute), { encoding: "latin1", withFileTypes: true });
  } catch (error) {
    throw unreadable(absolute, error);
  }
}

function look(full: string, ascii: boolean): BigIntStats {
  let stat: BigIntStats | undefined;
  try {
    stat = lstatSync(ascii ? full : systemPath(full), { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    throw unreadable(full, error);
  }
  if (!stat) throw new ChangedMeanwhile(full);
  return stat;
}

function hashLink(full: string): Uint8Array {
  try {
    return sha256Bytes(readlinkSync(systemPath(full), { encoding: "buffer" }));
  } catch (error) {
    throw unreadable(full, error);
  }
}

function indexOf(directory: Directory): Map<string, number> {
  return new Map(namesOf(directory).map((name, index) => [name, index]));
}

/** Compared as 32-bit words: reading a BigInt64Array would allocate a BigInt for every value. */
function sameWords(a: Int32Array, i: number, b: Int32Array, j: number): boolean {
  for (let word = 0; word < WORDS; word++) if (a[i * WORDS + word] !== b[j * WORDS + word]) return false;
  return true;
}

function copyDigest(from: Uint8Array, i: number, to: Uint8Array, j: number): void {
  for (let byte = 0; byte < 32; byte++) to[j * 32 + byte] = from[i * 32 + byte] ?? 0;
}

function sameType(kind: number, old: number | undefined): boolean {
  return (kind === KIND.symlink) === (old === KIND.symlink);
}
