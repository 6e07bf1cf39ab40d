/** take-off: the apply command, with exactly the sealed plan files; the plan command is never run again. */
import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { ArtifactWriter } from "../exec/protocol/artifact-writer.ts";
import type { Invocation } from "../exec/protocol/invocation.ts";
import type { Answer } from "../exec/protocol/serve.ts";
import { commandConfig } from "./config.ts";
import { runInWorkspace } from "./in-workspace.ts";
import { writeOutput } from "./plan.ts";

export async function takeOff(invocation: Invocation): Promise<Answer> {
  const config = commandConfig(invocation.input.config);
  const output = path.join(invocation.tempDir, "apply-output");
  const stdout = openSync(output, "wx", 0o600);
  const ran = await runInWorkspace(invocation, config, config.apply, "rw", stdout).finally(() => closeSync(stdout));
  const writer = new ArtifactWriter(invocation.outputDir);
  if (invocation.outputDir !== "") writeOutput(writer, "apply-output", "log", output);
  const diagnostics = { sandbox: ran.sandbox, exit_code: ran.exitCode };
  if (ran.exitCode === 0) return { artifacts: writer.entries, diagnostics };
  const shown = ran.argv.join(" ").slice(0, 300);
  return {
    error: `The apply command \`${shown}\` exited with ${ran.exitCode}; what it did until then has happened.`,
    artifacts: writer.entries,
    diagnostics,
  };
}
