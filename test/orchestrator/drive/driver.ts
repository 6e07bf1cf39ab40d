/** Drives runs in processes of their own, which can be killed: test/fixtures/drive/driver.mjs. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { RunObservation, RunReport, RunRequest } from "../../../orchestrator/index.ts";
import { ENGINES, type Place } from "./crew-fixture.ts";

export interface Job {
  readonly call: "startRun" | "resumeRun";
  readonly argument: RunRequest | string;
  /** The process ends itself by SIGKILL when this is observed. */
  readonly die?: { readonly state?: string; readonly line?: string; readonly evaluations?: number };
  readonly governanceDir?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Number of the user and group it runs as. */
  readonly uid?: number | undefined;
  /** Program and arguments to run it under. */
  readonly under?: readonly string[];
}

export interface Driven {
  readonly observations: readonly RunObservation[];
  readonly runId: string;
  readonly report?: RunReport;
  readonly error?: {
    readonly code: string;
    readonly exitCode: number;
    readonly message: string;
    readonly next: string;
  };
  readonly signal: NodeJS.Signals | null;
}

export interface Driver {
  readonly child: ChildProcess;
  /** Resolves when the engine logs this line. */
  said(line: string): Promise<void>;
  readonly ended: Promise<Driven>;
}

type Line = RunObservation | { readonly report: RunReport } | { readonly error: NonNullable<Driven["error"]> };

/** Starts one operation in a process of its own. */
export function startDriver(place: Place, job: Job): Driver {
  const { governanceDir, environment, uid, under = [], ...rest } = job;
  const { stateDir, configDir } = place;
  const principal = { id: "ada", proven: false };
  const crew = { stateDir, configDir, principal, ...(governanceDir ? { governanceDir } : {}) };
  const program = path.join(ENGINES, "driver.mjs");
  const [file = process.execPath, ...args] = [...under, process.execPath, program, JSON.stringify({ crew, ...rest })];
  const child = spawn(file, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env["PATH"], ...environment },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const lines: Line[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(JSON.parse(line)));
  const closed = Promise.all([once(child, "exit"), once(reader, "close")]);
  return {
    child,
    said: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => lines.some((line) => "kind" in line && line.kind === "log" && line.line === wanted);
        reader.on("line", () => look() && resolve());
        if (look()) resolve();
        reader.on("close", () => reject(new Error(`the engine never said ${wanted}: ${JSON.stringify(lines.at(-1))}`)));
      }),
    ended: closed.then(([[, signal]]) => collect(lines, signal as NodeJS.Signals | null)),
  };
}

/** Runs one operation to its end or to its death. */
export function drive(place: Place, job: Job): Promise<Driven> {
  return startDriver(place, job).ended;
}

function collect(lines: readonly Line[], signal: NodeJS.Signals | null): Driven {
  const observations = lines.filter((line) => "kind" in line);
  const last = lines.at(-1);
  return {
    observations,
    runId: observations[0]?.run_id ?? "",
    ...(last && "report" in last ? { report: last.report } : {}),
    ...(last && "error" in last ? { error: last.error } : {}),
    signal,
  };
}

/** Looks for living processes of the launch that the run's process file names now. */
export function survivorsOf(place: Place, runId: string): () => readonly string[] {
  const { marker } = JSON.parse(readFileSync(path.join(place.stateDir, "runs", runId, "process.json"), "utf8"));
  const started = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`CABINCREW_RUN=${marker}\0`);
    } catch {
      return false; // it ended meanwhile
    }
  };
  return () => readdirSync("/proc").filter((name) => /^\d+$/.test(name) && started(name));
}
