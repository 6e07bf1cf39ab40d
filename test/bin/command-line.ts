import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const PROGRAM = path.join(import.meta.dirname, "..", "..", "bin", "cabincrew.cjs");

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A workspace and a state directory of their own, and the installed program run on them. */
export function commandLine(files: Readonly<Record<string, string>> = {}) {
  const root = mkdtempSync(path.join(os.tmpdir(), "cabincrew-cli-"));
  const workspace = path.join(root, "workspace");
  mkdirSync(workspace);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(workspace, name), text);
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    HOME: root,
    CABINCREW_STATE_DIR: path.join(root, "state"),
    XDG_CONFIG_HOME: path.join(root, "config"),
  };
  return {
    root,
    workspace,
    environment,
    /** Runs to the end, in the workspace. */
    cabincrew(...argv: readonly string[]): Ended {
      const done = spawnSync(process.execPath, [PROGRAM, ...argv], {
        cwd: workspace,
        env: environment,
        encoding: "utf8",
      });
      return { code: done.status, out: done.stdout, err: done.stderr };
    },
    /** The same with --json: the one document, and the exit code it must agree with. */
    json(...argv: readonly string[]): { readonly code: number | null; readonly document: Document } {
      const end = argv.indexOf("--");
      const at = end < 0 ? argv.length : end;
      const { code, out } = this.cabincrew(...argv.slice(0, at), "--json", ...argv.slice(at));
      return { code, document: JSON.parse(out) as Document };
    },
    start(...argv: readonly string[]) {
      return spawn(process.execPath, [PROGRAM, ...argv], { cwd: workspace, env: environment });
    },
  };
}

/** What tests look at in the documents of all verbs. */
export interface Document {
  readonly run_id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly decision: string | null;
  readonly plan_token: string;
  readonly exit_code: number;
  readonly approval?: { readonly command: string };
  readonly changes?: unknown;
  readonly runs: readonly Document[];
  readonly events: readonly unknown[];
  readonly findings: readonly unknown[];
  readonly policies: readonly unknown[];
  readonly approvals: readonly { readonly run_id: string }[];
  readonly diff: string;
  readonly log: string;
  readonly ok: boolean;
  readonly decided: { readonly decision: string };
  readonly error: { readonly code: string; readonly message: string; readonly next: string };
}
