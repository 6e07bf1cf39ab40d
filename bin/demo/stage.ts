/** Where a scene plays: its own folder, the crew that all scenes share, and the processes it may start. */
import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { Crew, RunPermissions, RunReport } from "../../orchestrator/index.ts";
import { packageRoot } from "../../schema/index.ts";
import type { Library } from "../crew.ts";
import { killHeld } from "./hold.ts";

export interface Stage {
  /** The scene's folder. */
  readonly place: string;
  readonly workspace: string;
  readonly crew: Crew;
  readonly library: Library;
  /** Plans `command` (a shell script) on the workspace and judges the plan; nothing takes effect. */
  plan(script: string, permissions?: Partial<RunPermissions>): Promise<RunReport>;
  /** What a script does where nothing guards it: on a copy of the workspace, whose folder is returned. */
  unguarded(...scripts: readonly string[]): Promise<string>;
  /** Continues the run in this process. */
  resume(runId: string): Promise<RunReport>;
  /** `cabincrew resume` as a process of its own. */
  resumeProcess(runId: string): Driver;
  read(file: string): string;
}

export interface Driver {
  readonly kill: () => void;
  /** Its exit code, or the signal that ended it, and its report. */
  readonly ended: Promise<{ readonly code: number | string | null; readonly reason: string | undefined }>;
}

const NOTHING: RunPermissions = { network: false, env: [], secrets: [], read: [], write: [] };
const shell = promisify(execFile);

export function createStage(
  place: string,
  files: Readonly<Record<string, string>>,
  { crew, library, signal }: Pick<Stage, "crew" | "library"> & { readonly signal: AbortSignal },
): Stage {
  const workspace = path.join(place, "workspace");
  mkdirSync(workspace, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(workspace, name)), { recursive: true });
    writeFileSync(path.join(workspace, name), text);
  }
  return {
    place,
    workspace,
    crew,
    library,
    plan: (script, permissions = {}) =>
      library.startRun(
        crew,
        {
          workspace,
          engine: { command: ["sh", "-c", script] },
          config: {},
          permissions: { ...NOTHING, ...permissions },
          sandbox: "auto",
          planOnly: true,
        },
        { signal },
      ),
    resume: (runId) => library.resumeRun(crew, runId, { signal }),
    async unguarded(...scripts) {
      const copy = path.join(place, "unguarded");
      cpSync(workspace, copy, { recursive: true });
      // A script that kills itself is part of some scenes.
      for (const script of scripts) await shell("sh", ["-c", script], { cwd: copy }).catch(() => undefined);
      return copy;
    },
    resumeProcess: (runId) => startDriver(crew, runId, place, signal),
    read: (file) => readFileSync(path.join(workspace, file), "utf8"),
  };
}

function startDriver(crew: Crew, runId: string, place: string, signal: AbortSignal): Driver {
  const program = path.join(packageRoot(), "bin", "cabincrew.cjs");
  const child = spawn(process.execPath, [program, "resume", runId, "--json", "--state-dir", crew.stateDir], {
    env: { ...crew.options.environment, XDG_CONFIG_HOME: path.dirname(crew.options.configDir) },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const kill = () => void child.kill("SIGKILL");
  const end = () => {
    kill();
    killHeld(place);
  };
  process.prependOnceListener("exit", end); // before the scratch folder goes: it must not be made again
  signal.addEventListener("abort", end);
  child.once("close", () => {
    process.off("exit", end);
    signal.removeEventListener("abort", end);
  });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  const ended = new Promise<Awaited<Driver["ended"]>>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code: code ?? signal, reason: /"code": "(\w+)"/.exec(out)?.[1] }));
  });
  return { kill, ended };
}
