import type { FileChange, Line, PreflightArtifact } from "../../schema/index.ts";

/** Longer lines are cut where they are shown. */
const LINE_UNITS = 400;

/** The part of a plan that one finding is about: the artifact without its texts, and the line. */
export interface SeenArtifact extends Pick<PreflightArtifact, "name" | "artifact_type" | "action" | "target" | "size"> {
  readonly change?: Omit<FileChange, "added" | "removed">;
  /** The added line the finding names, where the change adds it; at most 400 characters. */
  readonly line?: Line;
}

/** `line` is 1-based in the file as it will be after take-off. */
export function seenArtifact(artifact: PreflightArtifact, line: number | undefined): SeenArtifact {
  const { name, artifact_type, action, target, size, change } = artifact;
  const text = line === undefined ? undefined : lineOf(artifact, line);
  return {
    name,
    artifact_type,
    action,
    ...(target === undefined ? {} : { target }),
    ...(size === undefined ? {} : { size }),
    ...(change ? { change: withoutLines(change) } : {}),
    ...(line === undefined || text === undefined ? {} : { line: { line, text: cut(text) } }),
  };
}

function withoutLines({ added: _added, removed: _removed, ...rest }: FileChange): SeenArtifact["change"] & object {
  return rest;
}

function lineOf({ change, body }: PreflightArtifact, line: number): string | undefined {
  if (change) return change.added.find((each) => each.line === line)?.text;
  return body?.split("\n")[line - 1];
}

function cut(text: string): string {
  return text.length <= LINE_UNITS ? text : `${text.slice(0, LINE_UNITS)}…`;
}
