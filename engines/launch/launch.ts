/**
 * Launches one engine (engines/port.ts; DESIGN sections 6 and 7): environment from nothing, input on stdin or in a private
 * file, receipt from stdout, log from stderr, within its sandbox and limits. Started by node:child_process and not through a
 * library: group, namespace, limits and redaction are all decided here, and a cold start pays for every import.
 */
import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CabincrewError, errnoOf, toCabincrewError } from "../../schema/index.ts";
import type { EngineLaunch, LaunchEngine } from "../port.ts";
import { commandLine } from "./command-line.ts";
import { engineEnvironment } from "./environment.ts";
import { notExecutable } from "./executable.ts";
import { type Execution, type ExecutionEnd, execute } from "./execute.ts";
import { type EngineLog, openLog } from "./log.ts";
import { neverStarted } from "./never-started.ts";
import { pipeNames } from "./pipe-names.ts";
import { type Redactor, redactor } from "./redact.ts";
import { closeStreams, openStreams } from "./streams.ts";
import { beginProcessFile, type OpenProcessFile, removeProcessFile } from "./survivors.ts";
import { verdict } from "./verdict.ts";

export const launchEngine: LaunchEngine = async (launch) => {
  const who = `Engine ${launch.engine.id} (${launch.mode})`;
  const redaction = redactor(launch.secretValues);
  const spawned: { in?: Sandbox } = {};
  try {
    if (launch.signal?.aborted) throw new CabincrewError("interrupted", `${who} was interrupted before it started.`);
    const log = openLog(launch.logFile, redaction, launch.onLogLine);
    try {
      return await launchWith(launch, { who, onSpawn: (sandbox) => (spawned.in = sandbox) }, redaction, log);
    } finally {
      log.close();
    }
  } catch (error) {
    const known = toCabincrewError(error, "internal", `Launching ${who}`);
    throw redacted(spawned.in ? heldBy(spawned.in, known) : neverStarted(known), redaction);
  }
};

/** Put around the engine by the launch. */
type Sandbox = "bubblewrap" | "none";

/** What held the engine back bears on what it can have done before it failed. */
function heldBy(sandbox: Sandbox, { code, message, next, detail, cause }: CabincrewError): CabincrewError {
  return new CabincrewError(code, message, { next, detail: { ...detail, sandbox }, cause });
}

/** `who` names the engine in sentences. */
interface Observed extends Pick<Execution, "who"> {
  readonly onSpawn: (sandbox: Sandbox) => void;
}

async function launchWith(launch: EngineLaunch, observed: Observed, redaction: Redactor, log: EngineLog) {
  const marker = randomBytes(16).toString("hex");
  const input = JSON.stringify(launch.input);
  const inputFile = launch.engine.manifest.input === "file" ? path.join(launch.tempDir, "input.json") : undefined;
  const opening = openStreams(launch.tempDir, inputFile ? "" : input, pipeNames().take(launch.workspace));
  // Awaited below; until then a failure must not count as unhandled.
  opening.catch(() => undefined);
  const line = await commandLine(launch).catch(async (error: unknown) => {
    closeStreams(await opening);
    throw error;
  });
  const streams = await opening;
  const started = performance.now();
  let end: ExecutionEnd;
  let begun: OpenProcessFile | undefined;
  try {
    if (inputFile) writeFileSync(inputFile, input, { mode: 0o600, flag: "wx" });
    const file = beginProcessFile(launch.processFile, marker);
    begun = file;
    end = await execute({
      file: line.file,
      args: line.args,
      sandboxed: line.sandbox === "bubblewrap",
      env: engineEnvironment(launch, marker, inputFile, line.bubblewrap),
      cwd: launch.workspace,
      marker,
      streams,
      limits: launch.limits,
      ...(launch.signal ? { signal: launch.signal } : {}),
      onStart: file.started,
      onStderr: log.write,
      who: observed.who,
      onSpawn: () => observed.onSpawn(line.sandbox),
    });
  } catch (error) {
    throw startError(error, launch);
  } finally {
    begun?.close();
    closeStreams(streams);
    removeProcessFile(launch.processFile);
    log.close();
    if (inputFile) rmSync(inputFile, { force: true });
  }
  const receipt = verdict(launch, end, redaction, log.lastLine());
  const durationMs = performance.now() - started;
  return { receipt, exitCode: 0, durationMs, sandbox: line.sandbox, logBytes: log.bytes() };
}

/** The system refuses what the checks before let through: a binary whose loader is missing, one removed meanwhile. */
function startError(error: unknown, launch: EngineLaunch): unknown {
  const [file = ""] = launch.engine.command;
  const errno = errnoOf(error);
  if (!(error instanceof Error && "syscall" in error && String(error.syscall).startsWith("spawn"))) return error;
  if (errno === "ENOENT" || errno === "EACCES" || errno === "ENOEXEC")
    return notExecutable(file, `the system answers ${errno}; its loader or a directory may be missing`);
  return error;
}

function redacted(error: CabincrewError, redaction: Redactor): CabincrewError {
  const message = redaction.text(error.message);
  if (message === error.message) return error;
  return new CabincrewError(error.code, message, { next: error.next, detail: error.detail });
}
