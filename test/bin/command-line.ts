import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { main } from "../../bin/main.ts";
import { DEFAULT_PACK, judgedBy } from "./judged-by.ts";
import { captured } from "./reports.ts";

const PROGRAM = path.join(import.meta.dirname, "..", "..", "bin", "cabincrew.cjs");

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A workspace, a configuration and a state directory of their own, and the installed program run on them. */
export function commandLine(files: Readonly<Record<string, string>> = {}, judges = DEFAULT_PACK) {
  const root = mkdtempSync(path.join(os.tmpdir(), "cabincrew-cli-"));
  const [workspace, config] = [path.join(root, "workspace"), path.join(root, "config")];
  mkdirSync(workspace);
  judgedBy(judges, config);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(workspace, name), text);
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    HOME: root,
    CABINCREW_STATE_DIR: path.join(root, "state"),
    XDG_CONFIG_HOME: config,
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
      const { code, out } = this.cabincrew(...asJson(argv));
      return { code, document: JSON.parse(out) as Document };
    },
    /**
     * What `json` gives, of the program that this very process would be: to start Node costs more than most verbs. For what a verb
     * answers; what a process does is to be seen from outside.
     */
    async here(...argv: readonly string[]): Promise<{ readonly code: number; readonly document: Document }> {
      const { written, surface } = captured({}, environment as Record<string, string>);
      const code = await as(workspace, environment, () => main(asJson(argv), surface as never));
      return { code, document: JSON.parse(written.out) as Document };
    },
    start(...argv: readonly string[]) {
      return spawn(process.execPath, [PROGRAM, ...argv], { cwd: workspace, env: environment });
    },
  };
}

/** The command line with --json, which stands before a command to run. */
function asJson(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  const at = end < 0 ? argv.length : end;
  return [...argv.slice(0, at), "--json", ...argv.slice(at)];
}

/** Does something in another directory and environment, which are this process's again afterwards. */
async function as<T>(directory: string, environment: NodeJS.ProcessEnv, work: () => Promise<T>): Promise<T> {
  const become = (place: string, wanted: NodeJS.ProcessEnv) => {
    process.chdir(place);
    for (const name of Object.keys(process.env)) if (wanted[name] === undefined) delete process.env[name];
    for (const [name, value] of Object.entries(wanted)) if (value !== undefined) process.env[name] = value;
  };
  const before = [process.cwd(), { ...process.env }] as const;
  become(directory, environment);
  try {
    return await work();
  } finally {
    become(...before);
  }
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
