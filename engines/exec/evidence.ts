/** The unified diff of a whole plan, written as it is made so that its size never matters. */
import { closeSync, openSync, writeSync } from "node:fs";
import { type DiffSide, unifiedDiff } from "../diff/index.ts";
import { bytesOf } from "./bytes.ts";
import type { EntryState, FoundChange } from "./changes/change.ts";
import { readStart } from "./changes/content.ts";

const TYPE_BITS = { file: "10", symlink: "12", directory: "04" } as const;
/** As the diff itself: larger contents are only named. */
const MOST_BYTES = 1024 * 1024;

/** Writes `file`; a change of type stands as a removal and an addition, as in git. */
export function writeDiff(file: string, changes: readonly FoundChange[]): void {
  const fd = openSync(file, "wx");
  try {
    for (const change of changes)
      for (const [before, after] of sidesOf(change)) {
        const text = unifiedDiff(before, after);
        for (let at = 0; at < text.length; ) at += writeSync(fd, text, at);
      }
  } finally {
    closeSync(fd);
  }
}

function sidesOf(change: FoundChange): [DiffSide | undefined, DiffSide | undefined][] {
  const before = change.old && side(change.oldPath ?? change.path, change.old, change.oldPlace);
  const after = change.now && side(change.path, change.now, change.nowPlace);
  if (change.old && change.now && change.old.kind !== change.now.kind)
    return [
      [before, undefined],
      [undefined, after],
    ];
  return [[before, after]];
}

function side(path: string, state: EntryState, place: string | undefined): DiffSide {
  const mode = `${TYPE_BITS[state.kind]}${state.mode.toString(8).padStart(4, "0")}`;
  const size = state.size ?? state.link?.length ?? 0;
  const content = contentOf(state, place);
  return {
    path: bytesOf(path),
    mode: state.kind === "symlink" ? "120000" : mode,
    size,
    ...(content ? { content } : {}),
  };
}

function contentOf(state: EntryState, place: string | undefined): Buffer | undefined {
  if (state.link !== undefined) return bytesOf(state.link);
  if (state.kind !== "file" || place === undefined || (state.size ?? 0) > MOST_BYTES) return undefined;
  return Buffer.from(readStart(place, (state.size ?? 0) + 1));
}
