/**
 * Looks at every entry of a workspace once, in byte order, without following symlinks (W1 to W4). Digests of files that look as
 * they did before are taken over; the others are handed to the hash pool. Written for speed: where something is known, one readdir
 * and one lstat per entry are nearly all it costs; where nothing is, the look at files is left to the pool, too.
 */
import { type BigIntStats, type Dirent, lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { looked } from "../../schema/index.ts";
import { isAscii, sha256Bytes, systemPath } from "./hash-file.ts";
import type { HashPool } from "./hash-pool.ts";
import type { IsOutside } from "./ignore-rules.ts";
import { ChangedMeanwhile, unreadable } from "./refuse.ts";
import { isOlder, putExactStat, putStat, STAT_COLUMNS, sameStat } from "./stat-columns.ts";
import { type Directory, isPlain, joinPath, KIND, kindOfMode, namesOf } from "./tree.ts";

/** What was known before; `directory` by its relative path. */
export interface Known {
  directory(path: string): Directory | undefined;
  /** Whole milliseconds since the epoch; what changed at or after it may have changed again unseen. */
  readonly trustedBefore: number;
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
    const others = othersThanFiles(listed);
    const names = this.#select(path, namesIn(listed), (name) => others.get(name)?.isDirectory() ?? false);
    const directory = newDirectory(path, names);
    this.directories.push(directory);
    let next = 0;
    const addFilesUpTo = (end: number) => this.#pool.add(prefix, names.slice(next, end), directory, next);
    for (let i = 0; others.size > 0 && i < names.length; i++) {
      const name = names[i] ?? "";
      const other = others.get(name);
      if (!other) continue;
      addFilesUpTo(i);
      next = i + 1;
      if (other.isDirectory()) this.#descend(directory, i, name);
      else this.#addSpecial(prefix + name, directory, i);
    }
    addFilesUpTo(names.length);
  }

  #addSpecial(full: string, directory: Directory, index: number): void {
    const stat = look(full, false);
    const kind = kindOfMode(stat.mode);
    // It was something else a moment ago.
    if (isPlain(kind) || kind === KIND.directory) throw new ChangedMeanwhile(full);
    directory.kinds[index] = kind;
    if (kind === KIND.symlink) this.#addLink(full, directory, index, stat);
  }

  #visitKnown(path: string, prefix: string, old: Directory, listed: string[]): void {
    const entries = this.#select(path, listed, (name) => look(prefix + name, false).isDirectory());
    const directory = newDirectory(path, entries);
    this.directories.push(directory);
    const oldIndex = old.names === directory.names ? undefined : indexOf(old);
    if (oldIndex) this.unchanged = false;
    const { stats } = directory;
    const trustedBefore = this.#known?.trustedBefore ?? 0;
    const ascii = isAscii(prefix) && isAscii(directory.names);
    for (let i = 0; i < entries.length; i++) {
      const name = entries[i] ?? "";
      const full = prefix + name;
      const stat = look(full, ascii);
      const kind = kindOfMode(stat.mode);
      directory.kinds[i] = kind;
      if (kind === KIND.directory) this.#descend(directory, i, name);
      if (!isPlain(kind) && kind !== KIND.symlink) continue;
      if (!putStat(stats, i, stat)) putExactStat(stats, i, lookExactly(full));
      const j = oldIndex ? oldIndex.get(name) : i;
      if (
        j !== undefined &&
        sameStat(stats, i, old.stats, j) &&
        isOlder(stats, i, trustedBefore) &&
        sameType(kind, old.kinds[j])
      ) {
        copyDigest(old.digests, j, directory.digests, i);
        continue;
      }
      this.unchanged = false;
      if (isPlain(kind)) this.#pool.add(prefix, [name], directory, i);
      else this.#addLink(full, directory, i, stat);
    }
  }

  #descend(directory: Directory, index: number, name: string): void {
    directory.kinds[index] = KIND.directory;
    this.pending.push(joinPath(directory.path, name));
  }

  #addLink(full: string, directory: Directory, index: number, stat: Stats): void {
    if (!putStat(directory.stats, index, stat)) putExactStat(directory.stats, index, lookExactly(full));
    directory.digests.set(hashLink(full), index * 32);
  }

  /** The names that are inside, sorted by bytes. */
  #select(path: string, names: string[], isDirectory: (name: string) => boolean): string[] {
    names.sort();
    if (!this.#isOutside && !names.includes(".git")) return names;
    return names.filter((name) => !this.#outside(path, name, () => isDirectory(name)));
  }

  /** W2. */
  #outside(path: string, name: string, isDirectory: () => boolean): boolean {
    if (name === ".git" && isDirectory()) return true;
    return this.#isOutside?.(joinPath(path, name), isDirectory()) ?? false;
  }
}

/** Small on their own: where all that is done with a directory is compiled together, compiling costs more than doing it. */
function othersThanFiles(listed: readonly Dirent[]): Map<string, Dirent> {
  const others = new Map<string, Dirent>();
  for (const entry of listed) if (!entry.isFile()) others.set(entry.name, entry);
  return others;
}

function namesIn(listed: readonly Dirent[]): string[] {
  return listed.map((entry) => entry.name);
}

function newDirectory(path: string, entries: readonly string[]): Directory {
  const count = entries.length;
  return {
    path,
    names: entries.join("\0"),
    count,
    kinds: new Uint8Array(count),
    stats: new Float64Array(count * STAT_COLUMNS),
    digests: Buffer.alloc(count * 32),
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

function look(full: string, ascii: boolean): Stats {
  let stat: Stats | undefined;
  try {
    stat = looked(lstatSync(ascii ? full : systemPath(full), { throwIfNoEntry: false }));
  } catch (error) {
    throw unreadable(full, error);
  }
  if (!stat) throw new ChangedMeanwhile(full);
  return stat;
}

/** What it finds replaces what was seen before as a whole, so that nothing comes out of two looks. */
function lookExactly(full: string): BigIntStats {
  try {
    return lstatSync(systemPath(full), { bigint: true });
  } catch (error) {
    throw unreadable(full, error);
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

function copyDigest(from: Buffer, i: number, to: Buffer, j: number): void {
  for (let byte = 0; byte < 32; byte++) to[j * 32 + byte] = from[i * 32 + byte] ?? 0;
}

function sameType(kind: number, old: number | undefined): boolean {
  return (kind === KIND.symlink) === (old === KIND.symlink);
}
