/**
 * Directories of the workspace as open descriptors: each component is opened without following links, relative to the one
 * before, so that no link planted at any moment can lead an operation out of the workspace.
 */
import { closeSync, constants, existsSync, fsyncSync, lstatSync, openSync } from "node:fs";
import { errnoOf } from "../../../schema/index.ts";
import { readableBytes } from "../../diff/index.ts";
import { type BytePath, baseOf, bytePath, bytesOf, joinBytes, parentOf } from "../bytes.ts";

const OPEN = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Kept open at most; more are closed before the next question, never while an answer is in use. */
const MOST_OPEN = 128;
/** Linux names an open directory's entries through its descriptor; elsewhere the path itself has to do. */
const DESCRIPTORS = "/proc/self/fd";

export class Directories {
  readonly #root: BytePath;
  readonly #open = new Map<BytePath, number>();
  readonly #byDescriptor = existsSync(DESCRIPTORS);

  constructor(workspace: string) {
    this.#root = bytePath(workspace);
  }

  /**
   * Where the entry `path` can be reached right now, through its parent's descriptor; undefined where a parent is missing or
   * is no directory (a link to one is none). Only good until the next call of any method.
   */
  place(path: BytePath): Buffer | undefined {
    this.#trim();
    return this.#place(path);
  }

  /** Two places at once, good together. */
  places(one: BytePath, other: BytePath): readonly [Buffer | undefined, Buffer | undefined] {
    this.#trim();
    return [this.#place(one), this.#place(other)];
  }

  /** Makes the changes of names in `path` durable; a directory that is gone needs none. */
  sync(path: BytePath): void {
    this.#trim();
    const fd = this.#directory(path);
    if (fd !== undefined) fsyncSync(fd);
  }

  /** `text`, an error of the file system, with directories of the workspace under their names instead of descriptors. */
  named(text: string): string {
    return text.replace(/\/proc\/self\/fd\/(\d+)\//g, (place, descriptor) => {
      const [path] = [...this.#open].find(([, open]) => open === Number(descriptor)) ?? [];
      return path === undefined ? place : path === "" ? "./" : `${readableBytes(bytesOf(path))}/`;
    });
  }

  /** Closes everything; also needed after directories were removed or replaced. */
  closeAll(): void {
    for (const fd of this.#open.values()) closeSync(fd);
    this.#open.clear();
  }

  #trim(): void {
    if (this.#open.size > MOST_OPEN) this.closeAll();
  }

  #place(path: BytePath): Buffer | undefined {
    const parent = this.#directory(parentOf(path));
    return parent === undefined ? undefined : bytesOf(this.#inside(parent, parentOf(path), baseOf(path)));
  }

  #directory(path: BytePath): number | undefined {
    const known = this.#open.get(path);
    if (known !== undefined) return known;
    const fd =
      path === "" ? openSync(bytesOf(this.#root), constants.O_RDONLY | constants.O_DIRECTORY) : this.#descend(path);
    if (fd !== undefined) this.#open.set(path, fd);
    return fd;
  }

  /** From the nearest directory that is open already; those on the way are closed again. */
  #descend(path: BytePath): number | undefined {
    let at = parentOf(path);
    while (at !== "" && !this.#open.has(at)) at = parentOf(at);
    let fd = this.#directory(at);
    const kept = fd;
    for (const name of path.slice(at === "" ? 0 : at.length + 1).split("/")) {
      if (fd === undefined) return undefined;
      const next = this.#enter(fd, at, name);
      if (fd !== kept) closeSync(fd);
      at = joinBytes(at, name);
      fd = next;
    }
    return fd;
  }

  #enter(parent: number, path: BytePath, name: BytePath): number | undefined {
    const place = bytesOf(this.#inside(parent, path, name));
    try {
      return !this.#byDescriptor && !lstatSync(place).isDirectory() ? undefined : openSync(place, OPEN);
    } catch (error) {
      if (["ENOENT", "ENOTDIR", "ELOOP"].includes(errnoOf(error) ?? "")) return undefined;
      throw error;
    }
  }

  #inside(parent: number, path: BytePath, name: BytePath): BytePath {
    return this.#byDescriptor ? `${DESCRIPTORS}/${parent}/${name}` : joinBytes(joinBytes(this.#root, path), name);
  }
}
