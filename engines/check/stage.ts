/** Scratch directories for the check, and launches in them: without a sandbox, so that it is the engine that behaves. */
import { randomBytes } from "node:crypto";
import { chmod, cp, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  CabincrewError,
  type EngineInput,
  type JsonObject,
  makeScratch,
  toCabincrewError,
} from "../../schema/index.ts";
import { engineEnvironment, execute, launchEngine, openStreams, pipeNames } from "../launch/index.ts";
import type { Engine, EngineLaunch, EngineMode, EngineOutcome } from "../port.ts";

export interface CheckOptions {
  readonly config?: JsonObject;
  /** A directory to plan on; it is copied and never written. A small sample by default. */
  readonly workspace?: string;
  /** For each launch; 60 s by default. */
  readonly timeoutMs?: number;
  /** Ends what is launched; then the check is interrupted. */
  readonly signal?: AbortSignal;
}

const MIB = 1024 * 1024;

export class Stage {
  readonly #engine: Engine;
  readonly #options: CheckOptions;
  readonly #base: string;
  #launches = 0;

  private constructor(engine: Engine, options: CheckOptions, base: string) {
    this.#engine = engine;
    this.#options = options;
    this.#base = base;
  }

  static async open(engine: Engine, options: CheckOptions): Promise<Stage> {
    const stage = new Stage(engine, options, makeScratch("cabincrew-check-"));
    try {
      if (options.workspace) await copyWorkspace(options.workspace, stage.workspace);
      else await writeSample(stage.workspace);
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  get workspace(): string {
    return path.join(this.#base, "workspace");
  }

  async launch(mode: EngineMode, artifactsDir: string): Promise<EngineOutcome> {
    return launchEngine(await this.#launch(mode, artifactsDir));
  }

  /** Exit code of a launch with any input and mode; null when it was killed. */
  async exitCode(mode: string, stdin: string): Promise<number | null> {
    const launch = await this.#launch("flight-plan", await this.directory());
    const [file = "", ...prefix] = launch.engine.command;
    const marker = randomBytes(16).toString("hex");
    const end = await execute({
      file,
      args: [...prefix, "--mode", mode],
      env: { ...engineEnvironment(launch, marker, undefined, undefined), CABINCREW_MODE: mode },
      cwd: launch.workspace,
      marker,
      sandboxed: false,
      streams: await openStreams(launch.tempDir, stdin, pipeNames().take(launch.workspace)),
      limits: launch.limits,
      ...(launch.signal ? { signal: launch.signal } : {}),
      onStart: () => undefined,
      onStderr: () => undefined,
      who: `Engine ${launch.engine.id}`,
    });
    if (end.stopped) throw end.stopped;
    return end.exitCode;
  }

  input(mode: EngineMode): EngineInput {
    const meta = { workflow_id: "cabincrew.check", step_id: "main" };
    return { protocol_version: "draft", mode, meta, config: this.#options.config ?? {} };
  }

  /** A fresh empty directory. */
  async directory(): Promise<string> {
    this.#launches += 1;
    const directory = path.join(this.#base, String(this.#launches));
    await mkdir(directory);
    return directory;
  }

  /** A read-only copy of the artifacts at another path; the original is removed. */
  async seal(artifacts: string): Promise<string> {
    const copy = path.join(await this.directory(), "sealed");
    await cp(artifacts, copy, { recursive: true });
    await rm(artifacts, { recursive: true });
    for (const entry of await readdir(copy, { recursive: true, withFileTypes: true }))
      await chmod(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o555 : 0o444);
    await chmod(copy, 0o555);
    return copy;
  }

  async close(): Promise<void> {
    await this.#unlock(this.#base);
    await rm(this.#base, { recursive: true, force: true });
  }

  async #unlock(directory: string): Promise<void> {
    await chmod(directory, 0o755);
    for (const entry of await readdir(directory, { withFileTypes: true }))
      if (entry.isDirectory()) await this.#unlock(path.join(directory, entry.name));
  }

  async #launch(mode: EngineMode, artifactsDir: string): Promise<EngineLaunch> {
    const own = await this.directory();
    const at = (name: string): string => path.join(own, name);
    for (const name of ["output", "temp", "home"]) await mkdir(at(name));
    return {
      engine: this.#engine,
      mode,
      input: this.input(mode),
      workspace: this.workspace,
      artifactsDir,
      outputDir: at("output"),
      tempDir: at("temp"),
      homeDir: at("home"),
      stateDir: at("no-state"),
      env: {},
      secretValues: [],
      permissions: { network: false, read: [], write: [] },
      sandbox: "off",
      limits: { timeoutMs: this.#options.timeoutMs ?? 60_000, stdoutBytes: 16 * MIB, stderrBytes: 64 * MIB },
      logFile: at("log"),
      processFile: at("process"),
      ...(this.#options.signal ? { signal: this.#options.signal } : {}),
    };
  }
}

async function copyWorkspace(from: string, to: string): Promise<void> {
  const what = `Copying the workspace ${from}`;
  try {
    if (!(await stat(from)).isDirectory())
      throw new CabincrewError("workspace_invalid", `${what}: it is not a directory.`);
    await cp(from, to, { recursive: true, verbatimSymlinks: true });
  } catch (error) {
    throw toCabincrewError(error, "workspace_invalid", what);
  }
}

/** Something for most engines to work on. */
async function writeSample(directory: string): Promise<void> {
  await mkdir(path.join(directory, "src"), { recursive: true });
  const files = {
    "README.md": "# Sample\n",
    "package.json": '{ "name": "sample", "version": "1.2.3" }\n',
    "src/main.py": "print('hello')\n",
    "src/main.sh": "#!/bin/sh\necho hello\n",
  };
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(directory, name), content);
}
