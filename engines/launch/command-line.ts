/**
 * The command line that is really started: limits and death with the orchestrator first, then the sandbox, then the engine
 * with `--mode`. Never holds a secret or the input: command lines are public on a machine.
 */
import { CabincrewError, endingWithParent, withinDataLimit } from "../../schema/index.ts";
import type { EngineLaunch } from "../port.ts";
import { bubblewrapArguments, findBubblewrap, findProgram, searchPath } from "../sandbox/index.ts";
import { checkExecutable } from "./executable.ts";
import { sandboxView } from "./view.ts";

export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
  readonly sandbox: "bubblewrap" | "none";
  /** The bubblewrap that the launch may use; undefined where it may not, or none works here. */
  readonly bubblewrap: string | undefined;
}

/** File descriptor on which bubblewrap names the first process of its PID namespace. */
export const INFO_FD = 3;

export async function commandLine(launch: EngineLaunch): Promise<CommandLine> {
  const { engine, mode, limits } = launch;
  const probing = launch.sandbox === "off" ? undefined : findBubblewrap();
  const programs = await checkExecutable(engine.command[0] ?? "", launch.env["PATH"] ?? searchPath());
  const bubblewrap = await probing;
  if (!bubblewrap && launch.sandbox === "required")
    throw new CabincrewError(
      "sandbox_unavailable",
      `Engine ${engine.id} must run in a sandbox, but bubblewrap is missing or does not work on this machine.`,
    );
  const wrapped = bubblewrap && !engine.sandboxesItself ? bubblewrap : undefined;
  const files = [...programs, ...engine.command.filter((part) => part.startsWith("/"))];
  const argv = [
    ...processLimits(limits.memoryBytes, launch.secretValues.length > 0),
    ...(wrapped
      ? [wrapped, "--info-fd", String(INFO_FD), ...bubblewrapArguments(sandboxView(launch, files)), "--"]
      : deathWithParent()),
    ...engine.command,
    "--mode",
    mode,
  ];
  const [file = "", ...args] = argv;
  return { file, args, sandbox: wrapped ? "bubblewrap" : "none", bubblewrap };
}

/** What a program may reserve before its first line without ever writing it: Node 24 counts 512 MiB for code it might compile. */
const RESERVED_BYTES = 768 * 1024 * 1024;

/**
 * A hard stop of writable memory for one process above twice the limit; the limit itself is watched on the whole tree. Not the
 * address space (RLIMIT_AS): Node, Go and Java reserve far more of that than they use, and would not even start. An engine that
 * knows secrets must not leave a core file with them in the workspace.
 */
function processLimits(bytes: number | undefined, secrets: boolean): string[] {
  if (bytes === undefined && !secrets) return [];
  const prlimit = findOnce("prlimit");
  if (prlimit)
    return [
      prlimit,
      ...(bytes === undefined ? [] : [`--data=${withinDataLimit(2 * bytes + RESERVED_BYTES)}`]),
      "--core=0",
      "--",
    ];
  return secrets ? ["/bin/sh", "-c", 'ulimit -c 0; exec "$@"', "sh"] : [];
}

/** bubblewrap has --die-with-parent; without it the engine itself at least must not outlive a killed orchestrator. */
function deathWithParent(): readonly string[] {
  return process.platform === "linux" ? endingWithParent(findOnce("setpriv")) : [];
}

const found = new Map<string, string | undefined>();
function findOnce(name: string): string | undefined {
  if (!found.has(name)) found.set(name, findProgram(name));
  return found.get(name);
}
