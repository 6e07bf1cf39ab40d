/** One planned change of one path, in memory; `document.ts` is its form on disk (spec/artifacts.md). */
import type { BytePath } from "../bytes.ts";
import type { EntryKind } from "./entry.ts";

/** What an entry is, as far as a plan knows and restores it. */
export interface EntryState {
  readonly kind: EntryKind;
  /** Permission bits with set-id and sticky bits; 0777 for links. */
  readonly mode: number;
  /** Files only. */
  readonly size?: number;
  readonly sha256?: string;
  /** Links only: the target's bytes. */
  readonly link?: BytePath;
}

export interface Change {
  readonly op: "create" | "update" | "delete" | "rename";
  readonly path: BytePath;
  /** Of a rename: where the content was. */
  readonly oldPath?: BytePath;
  readonly old?: EntryState;
  readonly now?: EntryState;
}

/** A change with the places its contents can be read from. */
export interface FoundChange extends Change {
  readonly oldPlace?: BytePath;
  readonly nowPlace?: BytePath;
}

/** True when a file's new bytes are not the old ones and so must travel with the plan. */
export function needsBody(change: Change): boolean {
  return change.now?.kind === "file" && change.now.sha256 !== change.old?.sha256;
}

/** Equal in everything but, where `butMode`, the mode. */
export function sameState(a: EntryState | undefined, b: EntryState | undefined, butMode = false): boolean {
  if (!a || !b) return a === b;
  return (
    a.kind === b.kind &&
    (butMode || a.mode === b.mode) &&
    a.size === b.size &&
    a.sha256 === b.sha256 &&
    a.link === b.link
  );
}
