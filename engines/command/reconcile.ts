/** reconcile: asks the check command, if there is one, whether the plan was applied. */
import type { Invocation } from "../exec/protocol/invocation.ts";
import type { Answer } from "../exec/protocol/serve.ts";
import { commandConfig } from "./config.ts";
import { runInWorkspace } from "./in-workspace.ts";

const STDERR = 2;

export async function reconcile(invocation: Invocation): Promise<Answer> {
  const config = commandConfig(invocation.input.config);
  if (config.check === undefined) {
    // Whoever configured it vouched that a second application does no harm, so it may be made whatever happened.
    if (config.idempotent)
      return { diagnostics: { outcome: "not_applied", assumed: "the configuration says idempotent" } };
    return {
      diagnostics: { outcome: "unknown" },
      warnings: ["No check command is configured; only a person can tell."],
    };
  }
  const { exitCode, sandbox } = await runInWorkspace(invocation, config, config.check, "ro", STDERR);
  const outcome = exitCode === 0 ? "applied" : exitCode === 1 ? "not_applied" : "unknown";
  return { diagnostics: { outcome, sandbox, exit_code: exitCode } };
}
