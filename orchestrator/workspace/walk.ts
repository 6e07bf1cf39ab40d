/**
 * Looks at every entry of a workspace once, in byte order, without following symlinks (W1 to W4). Digests of files that look as
 * they did before are taken over; the others are handed to the hash pool. Written for speed: one readdir per directory and one
 * lstat per entry are nearly all it costs.
 */
import { type BigIntStats, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { isAscii, putStat, STAT_COLUMNS, sha256Bytes, systemPath } from "./hash-file.ts";
import type { HashPool } from "./hash-pool.ts";
import type { IsOutside } from "./ignore-rules.ts";
import { ChangedMeanwhile, unreadable } from "./refuse.ts";
import { type Directory, joinPath, KIND, namesOf } from "./tree.ts";

/** What was known before; `directory` by its relative path. */
export interface Known {
  directory(path: string): Directory | undefined;
  /** Nanoseconds since the epoch; what changed at or after it may have changed again unseen. */
  readonly trustedBefore: bigint;
}

export interface Walked {
  readonly directories: Directory[];
  readonly files: number;
  readonly bytes: number;
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
const TYPE = 0o170000n;
const OWNER_EXECUTES = 0o100n;

class Walker implements Walked {
  readonly directories: Directory[] = [];
  readonly pending: string[] = [];
  files = 0;
  bytes = 0;
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
    const prefix = `${absolute}/`;
    const entries = this.#select(path, prefix, list(absolute));
    const names = entries.join("\0");
    const old = this.#known?.directory(path);
    const oldIndex = old && old.names !== names ? indexOf(old) : undefined;
    if (!old || oldIndex) this.unchanged = false;
    const count = entries.length;
    const stats = new BigInt64Array(count * STAT_COLUMNS);
    const directory = { path, names, count, kinds: new Uint8Array(count), stats, digests: new Uint8Array(count * 32) };
    this.directories.push(directory);
    const words = new Int32Array(stats.buffer);
    const oldWords = old && new Int32Array(old.stats.buffer, old.stats.byteOffset, old.count * WORDS);
    const ascii = isAscii(prefix) && isAscii(names);
    for (let i = 0; i < count; i++) {
      const name = entries[i] ?? "";
      const full = prefix + name;
      const stat = look(full, ascii);
      const kind = kindOf(stat.mode);
      directory.kinds[i] = kind;
      if (kind === KIND.directory) {
        this.pending.push(joinPath(path, name));
        continue;
      }
      const plain = kind === KIND.file || kind === KIND.executable;
      if (!plain && kind !== KIND.symlink) continue;
      putStat(stats, i, stat);
      if (plain) {
        this.files++;
        this.bytes += Number(stat.size);
      }
      const j = oldIndex ? oldIndex.get(name) : i;
      if (
        old &&
        oldWords &&
        j !== undefined &&
        sameWords(words, i, oldWords, j) &&
        this.#trusts(stat) &&
        sameType(kind, old.kinds[j])
      ) {
        copyDigest(old.digests, j, directory.digests, i);
        continue;
      }
      this.unchanged = false;
      if (plain) this.#pool.add(full, directory, i, Number(stat.size));
      else directory.digests.set(hashLink(full), i * 32);
    }
  }

  #trusts(stat: BigIntStats): boolean {
    const before = this.#known?.trustedBefore ?? 0n;
    return stat.mtimeNs < before && stat.ctimeNs < before;
  }

  /** The names that are inside, sorted by bytes (W2). */
  #select(path: string, prefix: string, names: string[]): string[] {
    names.sort();
    const isOutside = this.#isOutside;
    if (!isOutside && !names.includes(".git")) return names;
    return names.filter((name) => {
      if (!isOutside && name !== ".git") return true;
      const isDirectory = kindOf(look(prefix + name, false).mode) === KIND.directory;
      if (isDirectory && name === ".git") return false;
      return !isOutside?.(joinPath(path, name), isDirectory);
    });
  }
}

function list(absolute: string): string[] {
  try {
    return readdirSync(systemPath(absolute), { encoding: "latin1" });
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

function kindOf(mode: bigint): number {
  switch (Number(mode & TYPE)) {
    case 0o100000:
      return (mode & OWNER_EXECUTES) === 0n ? KIND.file : KIND.executable;
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
