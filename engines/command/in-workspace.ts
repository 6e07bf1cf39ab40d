/** Runs a command in the real workspace: apply may write it, check may not; nothing else can be written in the sandbox. */
import path from "node:path";
import { grantsOf } from "../exec/config.ts";
import { run } from "../exec/launch/copy.ts";
import { commandEnvironment, makePlaces } from "../exec/launch/environment.ts";
import { chooseBubblewrap } from "../exec/launch/private-copy.ts";
import type { Invocation } from "../exec/protocol/invocation.ts";
import { assertProgram, bubblewrapArguments } from "../sandbox/index.ts";
import type { Command, CommandConfig } from "./config.ts";
import { argvOf, makeExchange } from "./exchange.ts";
import { layOutPlanFiles } from "./plan-files.ts";

export interface Ran {
  readonly argv: readonly string[];
  /** As a shell reports it. */
  readonly exitCode: number;
  readonly sandbox: "bubblewrap" | "none";
}

/** `stdout` is a file descriptor. The sealed plan files are laid out anew for every command. */
export async function runInWorkspace(
  invocation: Invocation,
  config: CommandConfig,
  command: Command,
  mode: "ro" | "rw",
  stdout: number,
): Promise<Ran> {
  const { workspace, tempDir } = invocation;
  const grants = grantsOf(invocation.input);
  const bubblewrap = await chooseBubblewrap(config.sandbox, invocation.env["CABINCREW_BUBBLEWRAP"]);
  const places = makePlaces(tempDir);
  const exchange = makeExchange(tempDir, bubblewrap !== undefined);
  layOutPlanFiles(invocation.artifactsDir, exchange.from);
  const environment = commandEnvironment(invocation, grants, places);
  const search = environment["PATH"] ?? "";
  const env = { ...environment, CABINCREW_PLAN_DIR: exchange.to };
  const argv = argvOf(command, exchange);
  const cwd = path.join(workspace, config.cwd);
  assertProgram(argv[0] ?? "", cwd, search);
  if (!bubblewrap) return { argv, exitCode: await run(argv, cwd, env, stdout), sandbox: "none" };
  const view = bubblewrapArguments({
    binds: [
      ...grants.read.map((at) => ({ from: at, to: at, mode: "ro" as const })),
      ...grants.write.map((at) => ({ from: at, to: at, mode: "rw" as const })),
      { ...exchange, mode: "rw" },
      { from: workspace, to: workspace, mode },
    ],
    hide: grants.hide,
    ...places,
    network: grants.network,
    chdir: cwd,
    path: search,
  });
  return { argv, exitCode: await run([bubblewrap, ...view, "--", ...argv], "/", env, stdout), sandbox: "bubblewrap" };
}
