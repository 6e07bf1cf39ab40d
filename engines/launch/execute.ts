/**
 * Runs one process group to its end within its limits. Never buffers more than the stdout limit; hands stderr on as it
 * comes; does not hang on an engine that closes stdout and stays, nor on a child that keeps stdout open after its parent.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { CabincrewError, toCabincrewError, withoutInherited } from "../../schema/index.ts";
import { INFO_FD } from "./command-line.ts";
import { residentBytes } from "./processes.ts";
import { closeStreams, type StandardStreams } from "./streams.ts";
import { askToEnd, endNow, type LaunchedProcesses, sweep } from "./terminate.ts";

export interface Execution {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly marker: string;
  readonly sandboxed: boolean;
  /** Closed when the execution is over, however it ends. */
  readonly streams: StandardStreams;
  readonly limits: {
    readonly timeoutMs: number;
    readonly stdoutBytes: number;
    readonly stderrBytes: number;
    readonly memoryBytes?: number;
  };
  readonly signal?: AbortSignal;
  /** Called at once when there is a process: before it nothing can have happened. */
  readonly onSpawn?: () => void;
  readonly onStart: (pid: number) => void;
  readonly onStderr: (chunk: Buffer) => void;
  /** Names the engine in sentences. */
  readonly who: string;
}

export interface ExecutionEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  /** Why the group was ended, when it did not end by itself. */
  readonly stopped?: CabincrewError;
}

const GRACE_MS = 2_000;
const DRAIN_MS = 500;
const MEMORY_INTERVAL_MS = 25;

/** Rejects with the system's error when the process cannot be started; otherwise resolves when nothing of it is left. */
export async function execute(execution: Execution): Promise<ExecutionEnd> {
  try {
    return await executeOn(execution);
  } finally {
    closeStreams(execution.streams);
  }
}

async function executeOn(execution: Execution): Promise<ExecutionEnd> {
  const { limits, who } = execution;
  const standard = [...execution.streams.child, ...(execution.sandboxed ? (["pipe"] as const) : [])];
  const child = withoutInherited(standard, (stdio) =>
    spawn(execution.file, execution.args, { cwd: execution.cwd, env: { ...execution.env }, detached: true, stdio }),
  );
  execution.streams.release();
  const ours = execution.streams.ours ?? child;
  const exited = exitOf(child);
  if (child.pid === undefined) return exited.then(() => Promise.reject(new Error("The process did not start")));
  execution.onSpawn?.();
  const { pid } = child;
  let init: number | undefined;
  let stopped: CabincrewError | undefined;
  let kill: NodeJS.Timeout | undefined;
  const processes = (): LaunchedProcesses => ({ pid, init, marker: execution.marker });
  const stop = (error: CabincrewError): void => {
    if (stopped) return;
    stopped = error;
    askToEnd(processes());
    kill = setTimeout(() => endNow(processes()), GRACE_MS);
  };

  const interrupt = (): void => stop(new CabincrewError("interrupted", `${who} was interrupted.`));
  const timeout = setTimeout(
    () => stop(new CabincrewError("engine_timeout", `${who} did not end within ${limits.timeoutMs / 1000} s.`)),
    Math.min(limits.timeoutMs, 2 ** 31 - 1),
  );
  const memory = watchMemory(pid, limits.memoryBytes, who, stop);
  try {
    if (execution.signal?.aborted) interrupt();
    execution.signal?.addEventListener("abort", interrupt, { once: true });
    const info = collectInfo(child, (found) => {
      init = found;
    });
    const streams = [
      limited(
        ours.stderr,
        limits.stderrBytes,
        execution.onStderr,
        () => stop(tooMuch(who, "stderr", limits.stderrBytes)),
        stop,
      ),
    ];
    const stdout: Buffer[] = [];
    const keep = (chunk: Buffer): void => void stdout.push(chunk);
    streams.push(
      limited(ours.stdout, limits.stdoutBytes, keep, () => stop(tooMuch(who, "stdout", limits.stdoutBytes)), stop),
    );
    execution.onStart(pid);

    const { exitCode, signal } = await exited;
    clearTimeout(timeout);
    await soon(info);
    await sweep(processes());
    await soon(Promise.all(streams));
    return { exitCode, signal, stdout: Buffer.concat(stdout), ...(stopped ? { stopped } : {}) };
  } catch (error) {
    endNow(processes());
    await exited.catch(() => undefined);
    await sweep(processes());
    throw error;
  } finally {
    clearTimeout(timeout);
    clearTimeout(kill);
    clearInterval(memory);
    execution.signal?.removeEventListener("abort", interrupt);
    for (const stream of child.stdio) stream?.destroy();
  }
}

/** Waits, but not for ever: a stray that could not be found may hold a pipe open. */
function soon(ending: Promise<unknown>): Promise<unknown> {
  return Promise.race([ending, delay(DRAIN_MS, undefined, { ref: false })]);
}

function exitOf(child: ChildProcess): Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

/**
 * Hands chunks on until `bytes` are reached, then calls `onExcess` and throws the rest away. What cannot be read to its end is
 * no output that anything may rest on. Resolves at the end.
 */
function limited(
  stream: Readable | null,
  bytes: number,
  onChunk: (chunk: Buffer) => void,
  onExcess: () => void,
  stop: (error: CabincrewError) => void,
): Promise<void> {
  let left = bytes;
  const unread = (error: Error): void => stop(toCabincrewError(error, "internal", "Reading what the engine says"));
  if (stream?.errored) unread(stream.errored);
  stream?.on("data", (chunk: Buffer) => {
    if (left < 0) return;
    left -= chunk.length;
    if (left < 0) return onExcess();
    try {
      onChunk(chunk);
    } catch (error) {
      left = -1;
      stop(asStop(error));
    }
  });
  return new Promise((resolve) => {
    if (!stream || stream.closed) return resolve();
    stream.once("close", resolve);
    stream.once("error", (error) => {
      unread(error);
      resolve();
    });
  });
}

function collectInfo(child: ChildProcess, onInit: (pid: number) => void): Promise<void> {
  const stream = child.stdio[INFO_FD] as Readable | null | undefined;
  if (!stream) return Promise.resolve();
  let text = "";
  stream.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    const pid = Number(/"child-pid": (\d+)\s*[,}]/.exec(text)?.[1] ?? 0);
    if (pid > 1) onInit(pid);
  });
  return new Promise((resolve) => {
    stream.once("close", resolve);
    stream.once("error", () => resolve());
  });
}

function watchMemory(
  pid: number,
  bytes: number | undefined,
  who: string,
  stop: (error: CabincrewError) => void,
): NodeJS.Timeout | undefined {
  if (bytes === undefined) return undefined;
  return setInterval(() => {
    if (residentBytes(pid) > bytes)
      stop(
        new CabincrewError("engine_limit", `${who} used more than ${bytes} bytes of memory.`, { detail: { bytes } }),
      );
  }, MEMORY_INTERVAL_MS);
}

function tooMuch(who: string, stream: string, bytes: number): CabincrewError {
  return new CabincrewError("engine_limit", `${who} wrote more than ${bytes} bytes to ${stream}.`, {
    detail: { stream, bytes },
  });
}

function asStop(error: unknown): CabincrewError {
  return toCabincrewError(error, "internal", "Writing the engine's log");
}
