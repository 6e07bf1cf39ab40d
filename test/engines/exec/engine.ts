/** Launches the built engine programs as an orchestrator does, and takes pictures of trees. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type EngineInput, parseDocument, programFile, type Receipt } from "../../../schema/index.ts";

export const NOBODY = 65534;
export const isRoot = process.getuid?.() === 0;
export const hasOverlay =
  process.platform === "linux" && spawnSync("unshare", [isRoot ? "-m" : "-Urm", "true"]).status === 0;
export const hasBubblewrap = spawnSync("bwrap", ["--ro-bind", "/", "/", "--", "true"]).status === 0;

/** Everything of one test below one directory that any user may enter. */
export function makeScratch(topic: string): string {
  const scratch = mkdtempSync(path.join(tmpdir(), `cabincrew-${topic}-`));
  chmodSync(scratch, 0o755);
  return scratch;
}

export function removeScratch(scratch: string): void {
  spawnSync("chmod", ["-R", "u+rwX", scratch]);
  rmSync(scratch, { recursive: true, force: true });
}

export interface Launch {
  readonly program: "engines-exec" | "engines-command";
  readonly scratch: string;
  readonly workspace: string;
  readonly config: object;
  readonly permissions?: object;
  readonly secrets?: Record<string, string>;
  readonly env?: Record<string, string>;
  readonly asNobody?: boolean;
  readonly nodeOptions?: readonly string[];
  readonly memoryKiB?: number;
}

export interface Launched {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly receipt: Receipt;
  readonly log: string;
  readonly artifacts: string;
  readonly output: string;
}

let launches = 0;

/** `artifacts`: the sealed plan of a take-off; an empty directory is made for a flight-plan. */
export function launch(mode: EngineInput["mode"], options: Launch, artifacts?: string): Launched {
  const run = path.join(options.scratch, `run-${++launches}`);
  const directories = {
    artifacts: artifacts ?? path.join(run, "artifacts"),
    output: path.join(run, "output"),
    temp: path.join(run, "temp"),
  };
  for (const directory of [run, ...Object.values(directories)]) {
    mkdirSync(directory, { recursive: true });
    if (options.asNobody && directory !== artifacts) chownSync(directory, NOBODY, NOBODY);
  }
  const input: EngineInput = {
    protocol_version: "draft",
    mode,
    meta: { workflow_id: "test", step_id: "main" },
    config: options.config,
    ...(options.secrets ? { secrets: options.secrets } : {}),
    context: {
      permissions: { network: false, env: [], secrets: [], read: [], write: [], ...options.permissions },
      state_dir: run,
    },
  };
  const engine = [process.execPath, ...(options.nodeOptions ?? []), programFile(options.program), "--mode", mode];
  const nobody = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  const limited = options.memoryKiB ? ["sh", "-c", `ulimit -d ${options.memoryKiB}; exec "$@"`, "limited"] : [];
  const [file = "", ...args] = [...limited, ...(options.asNobody ? nobody : []), ...engine];
  const ended = spawnSync(file, args, {
    input: JSON.stringify(input),
    maxBuffer: 256 << 20,
    env: {
      PATH: process.env["PATH"],
      CABINCREW_WORKSPACE: options.workspace,
      CABINCREW_ARTIFACTS_DIR: directories.artifacts,
      CABINCREW_OUTPUT_DIR: directories.output,
      CABINCREW_TEMP_DIR: directories.temp,
      CABINCREW_MODE: mode,
      ...options.env,
    },
  });
  const stdout = ended.stdout.toString();
  const receipt =
    stdout === "" ? ({} as Receipt) : parseDocument("receipt", JSON.parse(stdout), "receipt_invalid", "The receipt");
  return {
    code: ended.status,
    signal: ended.signal,
    receipt,
    log: ended.stderr.toString(),
    artifacts: directories.artifacts,
    output: directories.output,
  };
}

export interface Shown {
  readonly name: string;
  readonly action: string;
  readonly target: string;
  readonly metadata: Record<string, unknown>;
  readonly body: string | undefined;
}

/** The plan's file changes, in order of name. */
export function changesIn(artifacts: string): Shown[] {
  return readdirSync(artifacts)
    .filter((name) => /^c\d+$/.test(name))
    .sort()
    .map((name) => {
      const document = JSON.parse(readFileSync(path.join(artifacts, name, "artifact.json"), "utf8"));
      const body = document.body_file
        ? readFileSync(path.join(artifacts, name, document.body_file), "latin1")
        : undefined;
      parseDocument("artifact", document, "artifact_invalid", name);
      return { name, action: document.action, target: document.target, metadata: document.metadata, body };
    });
}

/** `action target` of each change. */
export function summary(artifacts: string): string[] {
  return changesIn(artifacts).map((change) => `${change.action} ${change.target}`);
}

/** Every entry below `root` with all that a plan restores: type, mode, content or link target. Names as latin1. */
export function picture(root: string): Record<string, string> {
  const seen: Record<string, string> = {};
  const visit = (relative: string) => {
    const place = (name: string) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, "latin1")]);
    for (const name of readdirSync(place(relative), { encoding: "latin1" }).sort()) {
      const at = relative === "" ? name : `${relative}/${name}`;
      const status = lstatSync(place(at));
      const mode = (status.mode & 0o7777).toString(8);
      if (status.isSymbolicLink()) seen[at] = `link ${readlinkSync(place(at), "latin1")}`;
      else if (status.isDirectory()) seen[at] = `directory ${mode}`;
      else
        seen[at] = `file ${mode} ${createHash("sha256")
          .update(readFileSync(place(at)))
          .digest("hex")
          .slice(0, 12)}`;
      if (status.isDirectory()) visit(at);
    }
  };
  visit("");
  return seen;
}

/** One hash over everything in a directory: two plans are equal when these are. */
export function fingerprint(directory: string): string {
  return createHash("sha256")
    .update(JSON.stringify(picture(directory)))
    .digest("hex");
}
