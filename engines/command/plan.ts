/** flight-plan: the plan command runs on a private copy; its plan files are what take-off will use, its output is evidence. */
import { closeSync, copyFileSync, openSync } from "node:fs";
import path from "node:path";
import { isText } from "../diff/index.ts";
import { bytePath } from "../exec/bytes.ts";
import { readStart } from "../exec/changes/content.ts";
import { grantsOf } from "../exec/config.ts";
import { commandEnvironment, makePlaces } from "../exec/launch/environment.ts";
import { chooseBubblewrap, runInPrivateCopy } from "../exec/launch/private-copy.ts";
import { failureOf } from "../exec/plan.ts";
import { ArtifactWriter } from "../exec/protocol/artifact-writer.ts";
import type { Invocation } from "../exec/protocol/invocation.ts";
import type { Answer } from "../exec/protocol/serve.ts";
import { assertProgram } from "../sandbox/index.ts";
import { commandConfig } from "./config.ts";
import { argvOf, makeExchange } from "./exchange.ts";
import { sealPlanFiles } from "./plan-files.ts";

export async function flightPlan(invocation: Invocation): Promise<Answer> {
  const { input, workspace, tempDir } = invocation;
  const config = commandConfig(input.config);
  const grants = grantsOf(input);
  const bubblewrap = await chooseBubblewrap(config.sandbox, invocation.env["CABINCREW_BUBBLEWRAP"]);
  const places = makePlaces(tempDir);
  const exchange = makeExchange(tempDir, bubblewrap !== undefined);
  const environment = commandEnvironment(invocation, grants, places);
  const search = environment["PATH"] ?? "";
  const env = { ...environment, CABINCREW_PLAN_DIR: exchange.to };
  const argv = argvOf(config.plan, exchange);
  const cwd = path.join(workspace, config.cwd);
  assertProgram(argv[0] ?? "", cwd, search);
  const output = path.join(tempDir, "plan-output");
  const stdout = openSync(output, "wx", 0o600);
  const { private_copy: way } = config;
  const finished = await runInPrivateCopy({
    argv,
    env,
    workspace,
    cwd,
    places,
    tempDir,
    grants,
    bubblewrap,
    way,
    stdout,
    exchange,
  }).finally(() => closeSync(stdout));
  try {
    const diagnostics = { sandbox: finished.sandbox, private_copy: finished.way, exit_code: finished.exitCode };
    if (finished.exitCode !== 0) return { error: failureOf(argv, finished, grants), diagnostics };
    const writer = new ArtifactWriter(invocation.artifactsDir);
    const left = Buffer.from(finished.trees.merged ?? finished.trees.after, "latin1").toString();
    await sealPlanFiles(config.plan_files, exchange.from, { top: left, below: config.cwd }, writer);
    writeOutput(writer, "plan-output", "evidence", output);
    return { artifacts: writer.entries, diagnostics };
  } finally {
    await finished.close();
  }
}

const TEXT_BYTES = 1024 * 1024;

/** What a command wrote to its stdout, as an artifact; stripped of nothing. */
export function writeOutput(writer: ArtifactWriter, name: string, role: "evidence" | "log", file: string): void {
  const text = isText(readStart(bytePath(file), TEXT_BYTES));
  const document = {
    artifact_type: name,
    action: "show",
    mime: text ? "text/plain; charset=utf-8" : "application/octet-stream",
    body_file: "output.txt",
  };
  writer.write(name, role, document, (body) => copyFileSync(file, body));
}
