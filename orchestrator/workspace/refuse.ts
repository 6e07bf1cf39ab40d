import { CabincrewError, errnoOf, isShortage, toCabincrewError } from "../../schema/index.ts";
import { displayPath } from "./display-path.ts";

/** Something changed under the hash; it is tried once more from the start. */
export class ChangedMeanwhile extends Error {
  readonly path: string;
  constructor(path: string) {
    super("changed meanwhile");
    this.path = path;
  }
}

/** What a failed look at `path` (latin1) means: gone is a change, all else makes the workspace unreadable. */
export function unreadable(path: string, error: unknown): Error {
  const errno = errnoOf(error);
  if (errno === "ENOENT" || errno === "ENOTDIR") return new ChangedMeanwhile(path);
  if (isShortage(errno)) return toCabincrewError(error, "workspace_invalid", "Hashing the workspace");
  return unreadableBecause(path, errno ?? String(error), error);
}

export function unreadableBecause(path: string, reason: string, cause?: unknown): CabincrewError {
  return new CabincrewError(
    "workspace_invalid",
    `Hashing the workspace: cannot read ${displayPath(path)} (${reason})`,
    {
      next: "Make it readable, or name it in .cabincrewignore.",
      detail: { path: displayPath(path), reason },
      cause,
    },
  );
}
