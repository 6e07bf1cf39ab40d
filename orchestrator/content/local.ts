/**
 * The content store on a local file system (DESIGN section 3). Content is written under a temporary name in the store, flushed,
 * renamed to its SHA-256 and its directory flushed, in that order: a name that exists holds whole content, whenever the power
 * fails. Existing content is never rewritten.
 */

import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from "node:fs";
import path from "node:path";
import { CabincrewError, errnoOf, looked, toCabincrewError } from "../../schema/index.ts";
import { temporaryName } from "../temporary/index.ts";
import { flushDirectory, flushPaths } from "./durable.ts";
import { contentPath, damaged } from "./layout.ts";
import { sha256Hex } from "./one-shot.ts";
import type { ContentStore, StoredContent } from "./port.ts";
import { pump } from "./pump.ts";
import { copyContent, readContent, streamContent, verifyContent, writeAll } from "./read.ts";

const DEFAULT_READ_BYTES = 64 << 20;
/** Entries of about 200 bytes each. */
const MOST_REMEMBERED = 20_000;

/** Opens the store of a state directory; nothing is created before the first put. */
export function openContentStore(stateDir: string): ContentStore {
  const storeDir = path.join(stateDir, "store");
  const writer = new Writer(storeDir);
  return {
    putFile: (file) => guarded("Storing a file", () => writer.putFile(file)),
    putBytes: async (bytes) => {
      const [stored] = await guarded("Storing content", () => writer.putMany([bytes]));
      if (!stored) throw new CabincrewError("internal", "Storing content: the store returned nothing");
      return stored;
    },
    putMany: (contents) => guarded("Storing content", () => writer.putMany(contents)),
    has: async (sha256) => existsSync(contentPath(storeDir, sha256)),
    read: async (sha256, options) => readContent(storeDir, sha256, options?.maxBytes ?? DEFAULT_READ_BYTES),
    openStream: async (sha256) => streamContent(storeDir, sha256),
    copyTo: async (sha256, target, options) => copyContent(storeDir, sha256, target, options.mode),
    verify: async (sha256) => verifyContent(storeDir, sha256),
  };
}

async function guarded<T>(doing: string, put: () => Promise<T>): Promise<T> {
  try {
    return await put();
  } catch (error) {
    throw toCabincrewError(error, "state_unusable", doing);
  }
}

class Writer {
  readonly #storeDir: string;
  readonly #made = new Set<string>();
  /** Content whose name this process knows to be on disk, and which file that was. */
  readonly #durable = new Map<string, string>();

  constructor(storeDir: string) {
    this.#storeDir = storeDir;
  }

  async putMany(contents: readonly Uint8Array[]): Promise<StoredContent[]> {
    const stored: StoredContent[] = [];
    const directories = new Set<string>();
    const found = new Map<string, string>();
    const written = new Map<string, { readonly temporary: string; readonly target: string }>();
    try {
      for (const bytes of contents) {
        const content = { sha256: sha256Hex(bytes), size: bytes.length };
        stored.push(content);
        if (written.has(content.sha256) || this.#isThere(content, found)) continue;
        const target = this.#place(content.sha256, directories);
        if (found.has(content.sha256)) continue;
        const temporary = this.#temporaryName();
        const fd = openSync(temporary, "wx", 0o444);
        written.set(content.sha256, { temporary, target });
        try {
          writeAll(fd, bytes);
          fchmodSync(fd, 0o444);
          if (contents.length === 1) fsyncSync(fd);
        } finally {
          closeSync(fd);
        }
      }
      if (contents.length > 1) await flushPaths([...written.values()].map((file) => file.temporary));
      for (const { temporary, target } of written.values()) renameSync(temporary, target);
      await this.#flush(directories, found);
    } catch (error) {
      for (const { temporary } of written.values()) rmSync(temporary, { force: true });
      throw error;
    }
    return stored;
  }

  async putFile(file: string | number): Promise<StoredContent> {
    if (typeof file === "number") return this.#putDescriptor(file);
    const fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!looked(fstatSync(fd)).isFile())
        throw new CabincrewError("internal", `Storing ${JSON.stringify(file)}: it is no plain file`);
      return await this.#putDescriptor(fd);
    } finally {
      closeSync(fd);
    }
  }

  async #putDescriptor(source: number): Promise<StoredContent> {
    const temporary = this.#temporaryName();
    const fd = openSync(temporary, "wx", 0o444);
    try {
      const content = await pump(source, fd);
      const directories = new Set<string>();
      const found = new Map<string, string>();
      if (this.#isThere(content, found)) return content;
      const target = this.#place(content.sha256, directories);
      if (!found.has(content.sha256)) {
        fchmodSync(fd, 0o444);
        await flushPaths([temporary]);
        renameSync(temporary, target);
      }
      await this.#flush(directories, found);
      return content;
    } finally {
      closeSync(fd);
      rmSync(temporary, { force: true });
    }
  }

  /** Whether the content is there for good. When it is there, but perhaps not for good, it is added to `found`. */
  #isThere(content: StoredContent, found: Map<string, string>): boolean {
    const file = alreadyStored(contentPath(this.#storeDir, content.sha256), content);
    if (file === undefined) return false;
    found.set(content.sha256, file);
    return this.#durable.get(content.sha256) === file;
  }

  /** Afterwards what was found in these directories is known to be there for good. */
  async #flush(directories: ReadonlySet<string>, found: ReadonlyMap<string, string>): Promise<void> {
    const [first, ...more] = directories;
    if (first !== undefined && more.length === 0) flushDirectory(first);
    else await flushPaths([...directories]);
    if (this.#durable.size + found.size > MOST_REMEMBERED) this.#durable.clear();
    for (const [sha256, file] of found) this.#durable.set(sha256, file);
  }

  /** Where the content goes, its directory made; the directories to flush are added to `directories`. */
  #place(sha256: string, directories: Set<string>): string {
    const target = contentPath(this.#storeDir, sha256);
    const directory = path.dirname(target);
    if (this.#make(directory)) directories.add(this.#storeDir).add(path.dirname(this.#storeDir));
    // Also where the content exists: another process may have renamed it and not flushed the directory yet.
    directories.add(directory);
    return target;
  }

  #temporaryName(): string {
    const directory = path.join(this.#storeDir, "tmp");
    this.#make(directory);
    return temporaryName(path.join(directory, "content"));
  }

  /** Whether this call was the first of this process to need the directory. */
  #make(directory: string): boolean {
    if (this.#made.has(directory)) return false;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#made.add(directory);
    return true;
  }
}

/**
 * Existing content is trusted by its name but must have its size: a cheap look that catches truncation. Yields what tells the
 * file from another one that were put in its place, undefined where there is none.
 */
function alreadyStored(target: string, content: StoredContent): string | undefined {
  try {
    const stat = looked(lstatSync(target, { throwIfNoEntry: false }));
    if (!stat) return undefined;
    if (!stat.isFile()) throw damaged(content.sha256, "something that is no plain file");
    if (stat.size !== content.size) throw damaged(content.sha256, `${stat.size} bytes instead of ${content.size}`);
    return `${stat.dev} ${stat.ino} ${stat.ctimeMs}`;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
