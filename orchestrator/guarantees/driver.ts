/** `cabincrew resume` as a process of its own, so that two of them can race and one can be killed. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { packageRoot } from "../../schema/index.ts";
import type { Place } from "./place.ts";

export interface DriverEnd {
  /** Exit code, or the signal that ended it. */
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Driver {
  readonly pid: number | undefined;
  readonly kill: () => void;
  readonly ended: Promise<DriverEnd>;
}

const STEP_MS = 4;

/** Starts the program with the place's ledger and configuration. */
export function startProgram(
  place: Place,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Driver {
  const program = path.join(packageRoot(), "bin", "cabincrew.cjs");
  const named = ["--state-dir", place.stateDir, "--governance", place.governanceDir];
  const child = spawn(process.execPath, [program, ...argv, ...named], {
    cwd: place.root,
    env: { ...env, HOME: place.root, XDG_CONFIG_HOME: path.dirname(place.configDir) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = () => void child.kill("SIGKILL");
  process.prependOnceListener("exit", kill);
  place.signal.addEventListener("abort", kill);
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  const ended = new Promise<DriverEnd>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      process.off("exit", kill);
      place.signal.removeEventListener("abort", kill);
      resolve({ code: code ?? signal, ...texts });
    });
  });
  return { pid: child.pid, kill, ended };
}

/** Continues a run. */
export function startDriver(place: Place, runId: string): Driver {
  return startProgram(place, ["resume", runId, "--json"]);
}

/** Resolves once the probe of a take-off stands after its effect; rejects when the driver ended without that. */
export async function untilHolding(place: Place, driver: Driver): Promise<void> {
  let end: DriverEnd | undefined;
  driver.ended.then(
    (ended) => {
      end = ended;
    },
    () => undefined,
  );
  while (!existsSync(path.join(place.workspace, "holding"))) {
    if (end) throw new Error(`The take-off ended before it could be interrupted (${end.code}): ${end.stdout}`);
    await pause(STEP_MS);
  }
}
