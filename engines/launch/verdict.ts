/**
 * What an ended engine means. Exit 0 with a valid receipt of status success is the only success; 1 is a failure the engine
 * reports, 2 is input it refuses, everything else and every signal is a failure too.
 */
import { CabincrewError, type Receipt } from "../../schema/index.ts";
import type { EngineLaunch } from "../port.ts";
import type { ExecutionEnd } from "./execute.ts";
import { parseReceipt } from "./receipt.ts";
import type { Redactor } from "./redact.ts";

/** `lastLine` is the last line of stderr, redacted. Throws engine_failed, receipt_invalid, sandbox_unavailable, … */
export function verdict(launch: EngineLaunch, end: ExecutionEnd, redactor: Redactor, lastLine: string): Receipt {
  if (end.stopped) throw end.stopped;
  const expected = { engineId: launch.engine.id, mode: launch.mode };
  if (end.exitCode === 0) {
    const receipt = parseReceipt(end.stdout, expected, redactor);
    if (receipt.status === "success") return receipt;
    throw failed(launch, end, receipt.error ?? "its receipt says so without a reason", receipt);
  }
  const receipt = receiptIfAny(end, () => parseReceipt(end.stdout, expected, redactor));
  if (!receipt) refuseSandboxFailure(launch, end, lastLine);
  throw failed(launch, end, receipt?.error ?? lastLine, receipt);
}

function receiptIfAny(end: ExecutionEnd, parse: () => Receipt): Receipt | undefined {
  try {
    return end.stdout.length > 0 ? parse() : undefined;
  } catch (error) {
    if (error instanceof CabincrewError) return undefined;
    throw error;
  }
}

function failed(launch: EngineLaunch, end: ExecutionEnd, why: string, receipt?: Receipt): CabincrewError {
  const how = end.signal
    ? `was killed by ${end.signal}`
    : end.exitCode === 2
      ? "refused its input (exit code 2)"
      : `failed (exit code ${end.exitCode})`;
  const sentence = `Engine ${launch.engine.id} ${how} in ${launch.mode}${why ? `: ${why}` : "."}`;
  return new CabincrewError("engine_failed", sentence, {
    detail: { exit_code: end.exitCode, signal: end.signal, mode: launch.mode, ...(receipt ? { receipt } : {}) },
  });
}

/** bubblewrap's own failures. Only their name depends on this: there is never a second attempt without a sandbox. */
function refuseSandboxFailure(launch: EngineLaunch, end: ExecutionEnd, lastLine: string): void {
  if (launch.sandbox === "off" || end.exitCode !== 1 || !lastLine.startsWith("bwrap: ")) return;
  const why = lastLine.slice("bwrap: ".length);
  const [file = ""] = launch.engine.command;
  if (why.startsWith("execvp "))
    throw new CabincrewError("engine_not_executable", `The engine ${file} cannot be executed: ${why}`);
  throw new CabincrewError(
    "sandbox_unavailable",
    `The sandbox for engine ${launch.engine.id} could not be made: ${why}`,
  );
}
