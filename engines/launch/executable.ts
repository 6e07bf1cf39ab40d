/**
 * Whether this machine can execute a program, found out before it is tried: the system's own answer is vague (ENOENT for a
 * missing interpreter) or wrong (a file it does not know is handed to /bin/sh).
 */
import { accessSync, closeSync, constants, existsSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import path from "node:path";
import { CabincrewError, errnoOf, isOnNoexec, isShortage, looked, whyOf } from "../../schema/index.ts";
import { findProgram } from "../sandbox/index.ts";

/** ELF e_machine by Node's name of the architecture. */
const MACHINES: Readonly<Record<string, number>> = {
  ia32: 3,
  mips: 8,
  ppc64: 21,
  s390x: 22,
  arm: 40,
  x64: 62,
  arm64: 183,
  riscv64: 243,
  loong64: 258,
};

/**
 * Files needed to start `file`: itself and, for a script, its interpreter. Throws engine_not_found or
 * engine_not_executable with the reason. `searched` is the PATH the engine gets.
 */
export async function checkExecutable(file: string, searched: string): Promise<string[]> {
  const head = readHead(file);
  if (process.platform !== "linux") return [file];
  const interpreter = interpreterOf(head);
  if (interpreter) return [file, await checkInterpreter(file, interpreter, searched)];
  const problem = formatProblem(head);
  if (problem) throw notExecutable(file, problem);
  return [file];
}

function readHead(file: string): Buffer {
  let fd: number | undefined;
  try {
    if (!looked(statSync(file)).isFile()) throw notExecutable(file, "it is not a regular file");
    accessSync(file, constants.X_OK);
    fd = openReadable(file);
    const buffer = Buffer.alloc(256);
    return buffer.subarray(0, fd === undefined ? 0 : readSync(fd, buffer, 0, buffer.length, 0));
  } catch (error) {
    if (error instanceof CabincrewError) throw error;
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ENOTDIR")
      throw new CabincrewError("engine_not_found", `The engine ${file} does not exist.`, {
        next: "Check the name or path of the engine; where its manifest names a file that is built, build it first.",
        detail: { path: file },
      });
    if (errno === "EACCES" && isOnNoexec(file))
      throw new CabincrewError(
        "engine_not_executable",
        `The engine ${file} cannot be executed: its file system is mounted noexec.`,
        {
          next: "Keep the engine on another file system, or mount this one without noexec.",
          detail: { path: file },
        },
      );
    if (errno === "EACCES") throw notExecutable(file, "its execute bit is not set, or a directory above it is closed");
    if (isShortage(errno)) throw error;
    throw notExecutable(file, whyOf(error));
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Executable without being readable is allowed; its format then stays unknown. */
function openReadable(file: string): number | undefined {
  try {
    return openSync(file, "r");
  } catch (error) {
    if (errnoOf(error) === "EACCES") return undefined;
    throw error;
  }
}

interface Interpreter {
  readonly program: string;
  readonly argument: string | undefined;
}

function interpreterOf(head: Buffer): Interpreter | undefined {
  if (head.toString("latin1", 0, 2) !== "#!") return undefined;
  const line = head.toString("utf8", 2).split("\n", 1)[0] ?? "";
  const [program, argument] = line.replace(/^[ \t]+|[ \t]+$/g, "").split(/[ \t]+/, 2);
  return program ? { program, argument } : undefined;
}

async function checkInterpreter(file: string, { program, argument }: Interpreter, searched: string): Promise<string> {
  if (!existsSync(program)) {
    const ending = program.endsWith("\r")
      ? " The line ends with a carriage return; save the file with Unix line ends."
      : "";
    throw notExecutable(file, `its interpreter ${JSON.stringify(program)} does not exist.${ending}`);
  }
  if (path.basename(program) !== "env" || !argument || argument.startsWith("-")) return program;
  const found = findProgram(argument, searched);
  if (!found) throw notExecutable(file, `its interpreter \`${argument}\` is not on the search path`);
  return found;
}

function formatProblem(head: Buffer): string | undefined {
  if (head.length === 0) return undefined;
  const magic = head.toString("latin1", 0, 4);
  if (magic === "\x7fELF") return elfProblem(head);
  if (magic.startsWith("MZ")) return "it is a Windows program";
  if (["\xcf\xfa\xed\xfe", "\xce\xfa\xed\xfe", "\xca\xfe\xba\xbe"].includes(magic)) return "it is a macOS program";
  return /^[\t\n\r\x20-\x7e]*$/.test(head.toString("latin1"))
    ? "it is a text file without a `#!` line that names its interpreter"
    : "it is neither a program for Linux nor a script";
}

function elfProblem(head: Buffer): string | undefined {
  if (head.length < 20) return "it is a truncated ELF program";
  const machine = head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18);
  if (machine === MACHINES[process.arch] || MACHINES[process.arch] === undefined || emulated()) return undefined;
  if (machine === MACHINES["ia32"] && process.arch === "x64") return undefined;
  const name = Object.entries(MACHINES).find(([, number]) => number === machine)?.[0] ?? `machine ${machine}`;
  return `it is an ELF program for ${name}, and this machine is ${process.arch}`;
}

/** Kernels can be taught foreign formats (binfmt_misc, usually qemu); then only trying tells. */
function emulated(): boolean {
  try {
    return readdirSync("/proc/sys/fs/binfmt_misc").some((name) => name.startsWith("qemu-"));
  } catch {
    return false;
  }
}

export function notExecutable(file: string, why: string): CabincrewError {
  return new CabincrewError(
    "engine_not_executable",
    `The engine ${file} cannot be executed: ${why.replace(/\.$/, "")}.`,
    {
      detail: { path: file },
    },
  );
}
