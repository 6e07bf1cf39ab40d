/**
 * Finds where two trees may differ. With an overlay only the upper layer is walked, so that the cost grows with the change;
 * with a copy both trees are. Both ways report the same pairs once contents are compared.
 */

import { chmodSync } from "node:fs";
import { type BytePath, bytesOf, joinBytes } from "../bytes.ts";
import type { Trees } from "../launch/request.ts";
import { type Found, firstNameOutside, foundOf, isWhiteout, namesIn, statusOf } from "./entry.ts";

/** A path whose entry differs in kind or mode, or whose content still has to be compared. */
export interface Candidate {
  readonly path: BytePath;
  readonly old?: Found;
  readonly now?: Found;
}

/** Says what is left out of the plan. */
export type LeftOut = (path: BytePath, directory: boolean) => boolean;

export function findCandidates(trees: Trees, leftOut: LeftOut): Candidate[] {
  const walk = new Walk(trees, leftOut);
  const root = { old: walk.before(""), now: walk.after("") };
  if (root.old && root.now && root.old.mode !== root.now.mode)
    walk.candidates.push({ path: "", old: root.old, now: root.now });
  walk.directory("", true, trees.merged !== undefined);
  return walk.candidates;
}

class Walk {
  readonly candidates: Candidate[] = [];
  readonly #trees: Trees;
  readonly #leftOut: LeftOut;

  constructor(trees: Trees, leftOut: LeftOut) {
    this.#trees = trees;
    this.#leftOut = leftOut;
  }

  before(path: BytePath): Found | undefined {
    const place = joinBytes(this.#trees.before, path);
    const status = statusOf(place);
    return status && foundOf(status, place, path);
  }

  after(path: BytePath): Found | undefined {
    const place = joinBytes(this.#trees.after, path);
    const status = statusOf(place);
    if (!status || (this.#trees.merged !== undefined && isWhiteout(status))) return undefined;
    const found = foundOf(status, place, path);
    this.#makeReadable(path, found);
    return found;
  }

  /** The command may have taken its user's own permission to read; its private copy is no longer needed as it was left. */
  #makeReadable(path: BytePath, { kind, mode }: Found): void {
    const needed = kind === "directory" ? 0o700 : kind === "file" ? 0o400 : 0;
    if (process.getuid?.() === 0 || (mode & needed) === needed) return;
    chmodSync(bytesOf(joinBytes(this.#trees.merged ?? this.#trees.after, path)), mode | needed);
  }

  /** `sparse`: what the upper layer does not name is as it was. `hadOne`: there was a directory here before. */
  directory(path: BytePath, hadOne: boolean, sparse: boolean): void {
    const names = new Set(namesIn(joinBytes(this.#trees.after, path)));
    const asItWas = sparse && !this.#isOpaque(path, names);
    if (hadOne && !asItWas) for (const name of namesIn(joinBytes(this.#trees.before, path))) names.add(name);
    for (const name of names) this.#entry(joinBytes(path, name), hadOne);
  }

  #entry(path: BytePath, hadParent: boolean): void {
    const now = this.#skippingSpecial(path, hadParent);
    if (now === "same") return;
    const old = hadParent ? this.before(path) : undefined;
    const either = now ?? old;
    if (!either || this.#leftOut(path, either.kind === "directory")) return;
    if (old?.kind === "directory" && now?.kind !== "directory") {
      const emptied = this.#deleted(path, now === undefined);
      if (!emptied) return;
    }
    if (old?.kind !== "directory" || now?.kind !== "directory" || old.mode !== now.mode)
      this.candidates.push({ path, ...pair(old, now) });
    if (now?.kind === "directory")
      this.directory(path, old?.kind === "directory", this.#trees.merged !== undefined && old?.kind === "directory");
  }

  /** A FIFO or socket that was there before and still is concerns nobody; only a copy meets it. */
  #skippingSpecial(path: BytePath, hadParent: boolean): Found | "same" | undefined {
    const place = joinBytes(this.#trees.after, path);
    const status = statusOf(place);
    if (!status || !(status.isFIFO() || status.isSocket() || status.isBlockDevice() || status.isCharacterDevice()))
      return this.after(path);
    if (this.#trees.merged !== undefined) return this.after(path);
    const was = hadParent ? statusOf(joinBytes(this.#trees.before, path)) : undefined;
    return was && was.mode === status.mode && was.rdev === status.rdev ? "same" : this.after(path);
  }

  /** Everything below a directory that is gone. False when something left out lies in it, so that it has to stay. */
  #deleted(path: BytePath, mayLeaveOut: boolean): boolean {
    let emptied = true;
    for (const name of namesIn(joinBytes(this.#trees.before, path))) {
      const child = joinBytes(path, name);
      const old = this.before(child);
      if (!old) continue;
      const leave = mayLeaveOut && this.#leftOut(child, old.kind === "directory");
      const gone = !leave && (old.kind !== "directory" || this.#deleted(child, mayLeaveOut));
      if (gone) this.candidates.push({ path: child, old });
      else emptied = false;
    }
    return emptied;
  }

  /**
   * An opaque directory replaced the one below it. That mark is an extended attribute, which Node cannot read; but in the
   * merged tree nothing of the lower directory shows through, so one name that should is enough to tell.
   */
  #isOpaque(path: BytePath, upper: ReadonlySet<BytePath>): boolean {
    const { before, merged } = this.#trees;
    if (merged === undefined) return false;
    const name = firstNameOutside(joinBytes(before, path), upper);
    return name !== undefined && statusOf(joinBytes(merged, joinBytes(path, name))) === undefined;
  }
}

function pair(old: Found | undefined, now: Found | undefined): { old?: Found; now?: Found } {
  return { ...(old ? { old } : {}), ...(now ? { now } : {}) };
}
