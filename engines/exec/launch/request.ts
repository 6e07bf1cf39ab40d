import type { BytePath } from "../bytes.ts";
import type { CopyChoice, Grants } from "../config.ts";
import type { Places } from "./environment.ts";

/** One command to run in a private copy of the workspace. All paths absolute. */
export interface CommandRequest {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workspace: string;
  /** Inside the workspace. */
  readonly cwd: string;
  readonly places: Places;
  /** The engine's own temporary directory; the private copy's layers live in it. */
  readonly tempDir: string;
  readonly grants: Grants;
  /** Where bubblewrap is; undefined to do without. */
  readonly bubblewrap: string | undefined;
  readonly way: CopyChoice;
  /** File descriptor that gets the command's stdout; stderr is the engine's own. */
  readonly stdout: number;
  /** A further writable directory, for plan files; the command sees it at `to`, without bubblewrap at `from` itself. */
  readonly exchange?: { readonly from: string; readonly to: string };
}

/** The tree as it was and as the command left it. */
export interface Trees {
  readonly before: BytePath;
  /** The command's tree; with an overlay only what the command touched. */
  readonly after: BytePath;
  /** With an overlay: the whole tree as the command saw it. */
  readonly merged?: BytePath;
}

/** A command that has ended, its tree still there to be read until `close`. */
export interface FinishedCommand {
  readonly way: "overlay" | "copy";
  readonly sandbox: "bubblewrap" | "none";
  /** As a shell reports it: 128 + signal number for a killed command. */
  readonly exitCode: number;
  readonly trees: Trees;
  close(): Promise<void>;
}
