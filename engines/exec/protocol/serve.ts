/** One call of a bundled engine from argv to exit code: exactly one receipt on stdout, whatever happens. */
import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { type CabincrewError, type Receipt, toCabincrewError } from "../../../schema/index.ts";
import { type Invocation, type Mode, modeFrom, readInvocation } from "./invocation.ts";

/** What a mode answers; `error` makes it a failure. */
export interface Answer {
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly diagnostics?: unknown;
  readonly artifacts?: NonNullable<Receipt["artifacts"]>;
}

export type Modes = Readonly<Record<Mode, (invocation: Invocation) => Promise<Answer>>>;

interface Caller {
  readonly argv: readonly string[];
  readonly env: Invocation["env"];
  readonly engineId: string;
}

/** Exit codes: 0 success, 1 failure, 2 the call or its configuration cannot be used (nothing was done). */
export async function serve(modes: Modes, caller: Caller): Promise<number> {
  let mode: Mode = "flight-plan";
  try {
    mode = modeFrom(caller.argv, caller.env);
    const answer = await modes[mode](readInvocation(mode, caller.env));
    print(caller.engineId, mode, answer);
    return answer.error === undefined ? 0 : 1;
  } catch (error) {
    const known = toCabincrewError(error, "engine_failed", `${caller.engineId} failed in ${mode}`);
    print(caller.engineId, mode, { error: sentence(known), diagnostics: known.detail });
    return known.exitCode === 2 ? 2 : 1;
  }
}

/** What the engine itself knows of what to do; what holds for every run, cabincrew adds. */
function sentence(error: CabincrewError): string {
  return error.next && !error.next.includes("<run>") ? `${error.message} ${error.next}` : error.message;
}

function print(engineId: string, mode: Mode, answer: Answer): void {
  const receipt: Receipt = {
    protocol_version: "draft",
    engine_id: engineId,
    mode,
    receipt_id: randomUUID(),
    status: answer.error === undefined ? "success" : "failure",
    ...(answer.error === undefined ? {} : { error: answer.error.slice(0, 60_000) }),
    ...(answer.warnings && answer.warnings.length > 0 ? { warnings: answer.warnings.slice(0, 1000) } : {}),
    ...(answer.diagnostics === undefined ? {} : { diagnostics: answer.diagnostics }),
    ...(answer.artifacts ? { artifacts: answer.artifacts } : {}),
  };
  const bytes = Buffer.from(`${JSON.stringify(receipt)}\n`);
  for (let at = 0; at < bytes.length; ) at += writeAll(bytes.subarray(at));
}

/** A pipe may be full for a moment; the receipt must not be cut short by that. */
function writeAll(bytes: Buffer): number {
  try {
    return writeSync(1, bytes);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return 0;
    throw error;
  }
}
