/**
 * The document every policy sees as `input` and every model draws its text from; normative in spec/preflight.md.
 * Built by the orchestrator from sealed bytes, never from what an engine claims.
 */
import type { JsonObject } from "./json-value.ts";

export interface PreflightArtifact {
  readonly name: string;
  readonly role: "evidence" | "state" | "log";
  readonly artifact_type: string;
  readonly action: string;
  readonly target?: string;
  readonly mime: string;
  /** SHA-256 and size in bytes of the body; absent when there is none. */
  readonly sha256?: string;
  readonly size?: number;
  readonly metadata: JsonObject;
  /** UTF-8 body, only where it is text of at most 1 MiB. Larger and binary bodies are judged by `change` and size. */
  readonly body?: string;
  /** Present for artifacts of type `file`: the change as computed against the workspace. */
  readonly change?: FileChange;
}

/** One file change. Paths are relative to the workspace with `/`; bytes that are not UTF-8 are shown as `\xNN`. */
export interface FileChange {
  readonly op: "create" | "update" | "delete" | "rename";
  readonly path: string;
  readonly old_path?: string;
  readonly entry: "file" | "symlink" | "directory";
  readonly old_entry?: "file" | "symlink" | "directory";
  /** Permission bits as four octal digits, `0644`; set-id and sticky bits included. */
  readonly mode?: string;
  readonly old_mode?: string;
  readonly executable: boolean;
  readonly became_executable: boolean;
  readonly setid: boolean;
  /** The file as it will be, of a deletion as it was, holds a NUL byte: no lines are given. */
  readonly binary: boolean;
  /** It was text until now. */
  readonly became_binary?: true;
  readonly link_target?: string;
  readonly insertions: number;
  readonly deletions: number;
  /** Lines the change adds, with their 1-based number in the new file; no line terminator. */
  readonly added: readonly Line[];
  /** Lines the change removes, with their 1-based number in the old file. */
  readonly removed: readonly Line[];
  /** True when lines were left out because of a size limit; judges should treat the file as unseen. */
  readonly truncated: boolean;
}

/**
 * The sealed text behind a plan, for judges that need whole files: read on demand, since most need only the changed lines.
 */
export interface PreflightContents {
  /**
   * The UTF-8 text of one artifact, for a file change the file as it will be after take-off. Undefined where there is none,
   * where it is larger than 1 MiB or no text: judges must treat that as unseen.
   */
  text(artifact: string): Promise<string | undefined>;
}

export interface Line {
  readonly line: number;
  readonly text: string;
}

/** One difference between what was planned and what was found. */
export interface OutcomeDifference {
  /** Relative to the workspace; for `receipt` the artifact's name. */
  readonly path: string;
  /**
   * `missing`: planned and not there. `present`: should be gone. `type`, `content`, `mode`, `link`: there, but otherwise than planned.
   * `unplanned`: changed though no artifact says so. `receipt`: the engine reports another artifact than was sealed.
   * `unmeasured`: what is there could not be read.
   */
  readonly kind: "missing" | "present" | "type" | "content" | "mode" | "link" | "unplanned" | "receipt" | "unmeasured";
  readonly planned?: string;
  readonly found?: string;
}

/** What take-off came to, measured after the engine had ended and before anything else could run. */
export interface TakeOffOutcome {
  /** File changes of the plan, and those found as planned. */
  readonly planned: number;
  readonly applied: number;
  /** `workspace`: every path was compared; `plan`: only the planned ones, since time passed between two attempts. */
  readonly measured: "workspace" | "plan";
  /** The first 200, by path. */
  readonly differences: readonly OutcomeDifference[];
  readonly differences_total: number;
}

export interface PreflightInput {
  readonly format: "cabincrew.preflight/1";
  /** RFC 3339, UTC; the only time a policy may use. */
  readonly time: string;
  readonly workflow: { readonly id: string; readonly step_id: string };
  /** `post-flight`: take-off is over; only judges that declare this mode are shown it. */
  readonly mode: "flight-plan" | "post-flight";
  readonly principal: { readonly id: string; readonly proven: boolean };
  readonly engine: {
    readonly id: string;
    readonly version: string;
    readonly digest: string;
    readonly idempotent: boolean;
    readonly reconcile: boolean;
  };
  /** The command of an `exec` run, else absent. */
  readonly command?: readonly string[];
  readonly config: JsonObject;
  /** What the run asked for beyond the workspace; all of it is part of the plan-token. */
  readonly permissions: {
    readonly network: boolean;
    readonly env: readonly string[];
    readonly secrets: readonly string[];
    readonly read: readonly string[];
    readonly write: readonly string[];
  };
  readonly workspace: { readonly hash: string; readonly path: string };
  readonly sandbox: { readonly kind: "bubblewrap" | "none" };
  readonly receipt: JsonObject;
  /** Post-flight only: what the engine reported of its take-off. `log`: the last lines it wrote on stderr, redacted. */
  readonly take_off?: {
    readonly receipt: JsonObject;
    readonly exit_code: number;
    readonly log: { readonly lines: readonly string[]; readonly truncated: boolean };
  };
  /** Post-flight only: the plan against what was found in the workspace afterwards. */
  readonly outcome?: TakeOffOutcome;
  readonly artifacts: readonly PreflightArtifact[];
  readonly summary: {
    readonly artifacts: number;
    readonly files: number;
    readonly created: number;
    readonly updated: number;
    readonly deleted: number;
    readonly renamed: number;
    readonly binary: number;
    readonly insertions: number;
    readonly deletions: number;
  };
}
