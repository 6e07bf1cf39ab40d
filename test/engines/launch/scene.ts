/** A place to launch fixture engines in: real directories, real processes. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { type Engine, type EngineLaunch, type EngineMode, resolveEngine } from "../../../engines/index.ts";
import type { EngineManifest } from "../../../schema/index.ts";

export const fixtures = path.join(import.meta.dirname, "../../fixtures/engines");

export function scratch(): string {
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), "engines-")));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  return base;
}

export async function fixtureEngine(name: string, manifest: Partial<EngineManifest> = {}): Promise<Engine> {
  const engine = await resolveEngine(path.join(fixtures, name), { cwd: "/", engineDirs: [] });
  return { ...engine, manifest: { ...engine.manifest, ...manifest } };
}

/** A launch of the fixture `name`, without sandbox unless changed. */
export async function launchOf(name: string | Engine, changes: Partial<EngineLaunch> = {}): Promise<EngineLaunch> {
  const engine = typeof name === "string" ? await fixtureEngine(name) : name;
  const mode: EngineMode = changes.mode ?? "flight-plan";
  const base = scratch();
  const at = (directory: string): string => path.join(base, directory);
  for (const directory of ["ws", "artifacts", "output", "temp", "home", "state"]) mkdirSync(at(directory));
  writeFileSync(at("state/cabincrew.db"), "ledger");
  return {
    engine,
    mode,
    input: { protocol_version: "draft", mode, meta: { workflow_id: "w", step_id: "s" } },
    workspace: at("ws"),
    artifactsDir: at("artifacts"),
    outputDir: at("output"),
    tempDir: at("temp"),
    homeDir: at("home"),
    stateDir: at("state"),
    env: {},
    secretValues: [],
    permissions: { network: false, read: [], write: [] },
    sandbox: "off",
    limits: { timeoutMs: 20_000, stdoutBytes: 16 * 1024 * 1024, stderrBytes: 1024 * 1024 },
    logFile: at("log"),
    processFile: at("process"),
    ...changes,
  };
}

export function alive(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, "latin1"));
}
