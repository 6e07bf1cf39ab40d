/** A user's machine in a temporary directory: home, configuration, ledger and workspace, and the program a user starts. */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { RunDetail, RunReport } from "../../../orchestrator/index.ts";
import { DEFAULT_PACK, type Judges, judgedBy } from "../../bin/judged-by.ts";
import { makeScratch, NOBODY, removeScratch } from "../../engines/exec/engine.ts";

export const REPOSITORY = path.join(import.meta.dirname, "../../..");
const PROGRAM = path.join(REPOSITORY, "bin", "cabincrew.cjs");

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What the stories look at in any verb's document. */
export type Told = RunReport &
  RunDetail & {
    readonly diff: string;
    readonly differences: readonly string[];
    readonly ok: boolean;
    readonly checks: readonly { readonly name: string; readonly status: string; readonly explanation: string }[];
    readonly error: { readonly code: string; readonly message: string; readonly next: string };
  };

export interface Answer {
  readonly code: number | null;
  readonly told: Told;
  readonly err: string;
}

export class Story {
  readonly root: string;
  readonly home: string;
  readonly workspace: string;
  readonly stateDir: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Where the program is started; the workspace unless changed. */
  directory: string;
  /** Runs everything as an ordinary user; only root can. */
  readonly asNobody: boolean;

  constructor(topic: string, options: { readonly asNobody?: boolean; readonly judges?: Judges } = {}) {
    this.root = makeScratch(`e2e-${topic}`);
    [this.home, this.workspace, this.stateDir] = ["home", "workspace", "state"].map((name) =>
      path.join(this.root, name),
    ) as [string, string, string];
    this.directory = this.workspace;
    this.asNobody = options.asNobody ?? false;
    for (const directory of [this.home, this.workspace]) mkdirSync(directory);
    if (this.asNobody) for (const each of [this.root, this.home, this.workspace]) chownSync(each, NOBODY, NOBODY);
    this.environment = {
      PATH: process.env["PATH"],
      HOME: this.home,
      XDG_CONFIG_HOME: path.join(this.root, "config"),
      NO_COLOR: "1",
    };
    judgedBy(options.judges ?? DEFAULT_PACK, path.join(this.root, "config"));
  }

  /** Files below the workspace by name; text or bytes. */
  write(files: Readonly<Record<string, string | Buffer>>): void {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(this.workspace, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
      if (this.asNobody) chownSync(file, NOBODY, NOBODY);
    }
  }

  read(name: string): string {
    return readFileSync(path.join(this.workspace, name), "utf8");
  }

  /** The program to its end, in the workspace; its options may stand before a `--`. */
  cabincrew(...argv: readonly string[]): Ended {
    const [file, args] = this.#commandLine(argv);
    const ended = spawnSync(file, args, { ...this.#place(), encoding: "utf8", maxBuffer: 256 << 20 });
    return { code: ended.status, out: ended.stdout, err: ended.stderr };
  }

  /** The same with --json: its document must be the only thing on stdout and agree with the exit code. */
  json(...argv: readonly string[]): Answer {
    const [before, after] = splitAtCommand(argv);
    const { code, out, err } = this.cabincrew(...before, "--json", ...after);
    return answerOf(code, out, err);
  }

  /** The same without blocking this process. */
  async meanwhile(...argv: readonly string[]): Promise<Answer> {
    const [before, after] = splitAtCommand(argv);
    const { ended } = this.start([...before, "--json", ...after]);
    const { code, out, err } = await ended;
    return answerOf(code, out, err);
  }

  /** Starts it in a process group of its own, as a shell does. `onLog` gets everything written to stderr so far, each time there is more. */
  start(
    argv: readonly string[],
    onLog: (err: string) => void = () => undefined,
  ): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
    const [file, args] = this.#commandLine(argv);
    const child = spawn(file, args, { ...this.#place(), stdio: ["ignore", "pipe", "pipe"], detached: true });
    let [out, err] = ["", ""];
    child.stdout?.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      err += chunk;
      onLog(err);
    });
    return { child, ended: once(child, "close").then(([code]) => ({ code: code as number | null, out, err })) };
  }

  /** Any other tool, in the workspace or in another directory. */
  tool(argv: readonly string[], cwd = this.workspace): string {
    const [file = "", ...args] = argv;
    return execFileSync(file, args, {
      cwd,
      env: { ...this.environment, LC_ALL: "C", GIT_CONFIG_NOSYSTEM: "1" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 256 << 20,
    });
  }

  /** Every file of the ledger, and whatever else `cabincrew` keeps. */
  stateFiles(): string[] {
    return readdirSync(this.stateDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
  }

  remove(): void {
    removeScratch(this.root);
  }

  #commandLine(argv: readonly string[]): [string, string[]] {
    const [before, after] = splitAtCommand(argv);
    const line = [process.execPath, PROGRAM, ...before, "--state-dir", this.stateDir, ...after];
    const nobody = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
    const [file = "", ...args] = this.asNobody ? [...nobody, ...line] : line;
    return [file, args];
  }

  #place(): SpawnOptions & { cwd: string } {
    return { cwd: this.directory, env: this.environment };
  }
}

function splitAtCommand(argv: readonly string[]): [readonly string[], readonly string[]] {
  const at = argv.indexOf("--");
  return at < 0 ? [argv, []] : [argv.slice(0, at), argv.slice(at)];
}

function answerOf(code: number | null, out: string, err: string): Answer {
  const told = JSON.parse(out) as Told;
  if (told.exit_code !== undefined && told.exit_code !== code)
    throw new Error(`exit code ${code}, but the document says ${told.exit_code}: ${out}`);
  return { code, told, err };
}

/** True where a program can be started. */
export function has(program: string, argument = "--version"): boolean {
  return spawnSync(program, [argument], { stdio: "ignore" }).error === undefined;
}

/** Rules that spoke, once each, sorted. */
export function rules(told: Pick<RunReport, "evaluations">): string[] {
  return [...new Set(told.evaluations.flatMap((each) => each.findings.map((finding) => finding.rule ?? "")))].sort();
}
