/** Pairs deletions with creations of the same content: what moved is shown as moved, and nothing is sent twice. */
import { baseOf, compareBytes } from "../bytes.ts";
import type { FoundChange } from "./change.ts";

/** Deterministic: within equal contents, first those that keep their name, then by byte order of paths. Directories never pair. */
export function pairRenames(changes: readonly FoundChange[]): FoundChange[] {
  const deletions = groups(
    changes.filter((change) => change.op === "delete"),
    "old",
  );
  const creations = groups(
    changes.filter((change) => change.op === "create"),
    "now",
  );
  const sourceOf = new Map<FoundChange, FoundChange>();
  for (const [content, gone] of deletions) pairGroup(gone, creations.get(content) ?? [], sourceOf);
  const sources = new Set(sourceOf.values());
  return changes.filter((change) => !sources.has(change)).map((change) => renamed(change, sourceOf.get(change)));
}

function pairGroup(
  gone: readonly FoundChange[],
  come: readonly FoundChange[],
  sourceOf: Map<FoundChange, FoundChange>,
): void {
  const byName = new Map<string, FoundChange[]>();
  for (const deletion of gone) {
    const name = baseOf(deletion.path);
    const same = byName.get(name);
    if (same) same.push(deletion);
    else byName.set(name, [deletion]);
  }
  for (const creation of come) {
    const deletion = byName.get(baseOf(creation.path))?.shift();
    if (deletion) sourceOf.set(creation, deletion);
  }
  const used = new Set(come.map((creation) => sourceOf.get(creation)));
  const left = gone.filter((deletion) => !used.has(deletion));
  const open = come.filter((creation) => !sourceOf.has(creation));
  for (const [at, creation] of open.entries()) {
    const deletion = left[at];
    if (deletion) sourceOf.set(creation, deletion);
  }
}

function groups(changes: readonly FoundChange[], side: "old" | "now"): Map<string, FoundChange[]> {
  const found = new Map<string, FoundChange[]>();
  for (const change of [...changes].sort((a, b) => compareBytes(a.path, b.path))) {
    const state = change[side];
    if (!state || state.kind === "directory") continue;
    const content = state.kind === "file" ? `file ${state.sha256}` : `symlink ${state.link}`;
    const group = found.get(content);
    if (group) group.push(change);
    else found.set(content, [change]);
  }
  return found;
}

function renamed(creation: FoundChange, deletion: FoundChange | undefined): FoundChange {
  if (!deletion?.old) return creation;
  return {
    ...creation,
    op: "rename",
    oldPath: deletion.path,
    old: deletion.old,
    ...(deletion.oldPlace === undefined ? {} : { oldPlace: deletion.oldPlace }),
  };
}
