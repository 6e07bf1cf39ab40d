import { createHash } from "node:crypto";
import path from "node:path";
import type { Crew } from "../crew.ts";
import { derivedKey } from "../ledger/signing-key.ts";
import { hashWorkspace } from "./index.ts";

export type WorkspaceState = Awaited<ReturnType<typeof hashWorkspace>>;

/**
 * The workspace as it is now: its hash, made cheap by a stat cache of its own in the state directory. The cache is sealed with a
 * key that follows from the ledger's, since take-off relies on what it says.
 */
export async function workspaceState(crew: Crew, workspace: string): Promise<WorkspaceState> {
  const directory = path.join(crew.stateDir, "cache");
  const name = createHash("sha256").update(workspace).digest("hex").slice(0, 32);
  return hashWorkspace(workspace, {
    cacheFile: path.join(directory, `workspace-${name}`),
    cacheKey: derivedKey(crew.store.key, "workspace-cache"),
  });
}

/** ": a, b and 3 more" where it is known what differs from the state measured before, else "". */
export function describeWorkspaceChange(state: WorkspaceState): string {
  const { changed } = state;
  if (changed.length === 0) return "";
  const named = changed.slice(0, 5).join(", ");
  return `: ${named}${changed.length > 5 ? ` and ${changed.length - 5} more` : ""}`;
}
