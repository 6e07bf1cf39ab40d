import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, expect } from "vitest";
import type { RunObservation, RunReport, RunRequest } from "../../../orchestrator/index.ts";
import { type Crew, openCrew } from "../../../orchestrator/index.ts";
import { CabincrewError, REASONS, type ReasonCode } from "../../../schema/index.ts";

export const ENGINES = path.join(import.meta.dirname, "..", "..", "fixtures", "drive");

const FIXTURES = path.join(import.meta.dirname, "..", "..", "fixtures");

const roots: string[] = [];
const crews = new Set<Crew>();
afterEach(async () => {
  for (const crew of crews) await crew.close();
  crews.clear();
});
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

export interface Place {
  readonly root: string;
  readonly workspace: string;
  readonly stateDir: string;
  readonly configDir: string;
  readonly counter: string;
}

/** A scratch place with a small workspace, and a file outside of it in which effects are counted. */
export function newPlace(): Place {
  const root = mkdtempSync(path.join(process.env["CABINCREW_TEST_MEMORY"] ?? tmpdir(), "cabincrew-drive-"));
  roots.push(root);
  const below = (name: string) => path.join(root, name);
  const place = {
    root,
    workspace: below("workspace"),
    stateDir: below("state"),
    configDir: below("config"),
    counter: below("counter"),
  };
  mkdirSync(path.join(place.workspace, "src"), { recursive: true });
  mkdirSync(place.configDir);
  writeFileSync(path.join(place.workspace, "src", "main.txt"), "one\ntwo\nthree\n");
  writeFileSync(path.join(place.workspace, "README.md"), "# A workspace\n");
  writeFileSync(place.counter, "");
  return place;
}

/** A crew that is closed when the test ends. */
export async function crewOf(
  place: Place,
  options: { clock?: () => number; governanceDir?: string; user?: string; environment?: Record<string, string> } = {},
): Promise<Crew> {
  const { clock, governanceDir } = options;
  const crew = await openCrew({
    stateDir: place.stateDir,
    configDir: place.configDir,
    environment: { PATH: process.env["PATH"], ...options.environment },
    principal: { id: options.user ?? "ada", proven: false },
    ...(clock ? { clock } : {}),
    ...(governanceDir ? { governanceDir } : {}),
  });
  crews.add(crew);
  return crew;
}

/** A request of the bundled engine `exec`. */
export function command(place: Place, argv: readonly string[], changes: Partial<RunRequest> = {}): RunRequest {
  return { ...request(place, "engine", {}), engine: { command: argv }, ...changes };
}

/** What the one policy of `govern` decides about every plan; names of rules in test/fixtures/policies/shapes. */
export type Verdict = "allowed" | "decided" | "unknown_word";

/**
 * Writes a governance directory with one small policy that decides `verdict`, and further keys of its file. Being judged by
 * one fast policy keeps these tests about the run.
 */
export function govern(place: Place, verdict: Verdict, further: Record<string, unknown> = {}): string {
  const directory = path.join(place.root, "governance");
  const pack = path.join(directory, "one");
  cpSync(path.join(FIXTURES, "policies", "shapes"), pack, { recursive: true });
  const file = path.join(pack, "pack.json");
  const manifest = { ...JSON.parse(readFileSync(file, "utf8")), id: "one", entrypoints: [`shapes/${verdict}`] };
  writeFileSync(file, JSON.stringify(manifest));
  const config = { version: 1, policies: ["one"], models: [], ...further };
  writeFileSync(path.join(directory, "governance.json"), JSON.stringify(config));
  return directory;
}

export const effects = (place: Place): number => readFileSync(place.counter, "utf8").split("\n").length - 1;
export const inWorkspace = (place: Place, name: string) => readFileSync(path.join(place.workspace, name), "utf8");

/** The refusal of a call: class, code, exit code by the registry, and a sentence about what to do. */
export async function refusal(code: ReasonCode, call: Promise<unknown>): Promise<CabincrewError> {
  const thrown = await call.then(
    (value) => new Error(`expected a refusal with ${code}, got ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (!(thrown instanceof CabincrewError)) throw thrown;
  expect([thrown.code, thrown.message]).toEqual([code, expect.any(String)]);
  expect(thrown.exitCode).toBe(REASONS[code].exit);
  expect(thrown.next).not.toBe("");
  return thrown;
}

/** The end of a run that failed: its reason, its exit code, and a sentence about what to do. */
export function failedWith(code: ReasonCode, report: RunReport): RunReport {
  expect([report.state, report.reason, report.message]).toEqual(["FAILED", code, expect.any(String)]);
  expect(report.exit_code).toBe(REASONS[code].exit);
  expect(report.next).toMatch(/\S/);
  return report;
}

export function request(
  place: Place,
  engine: string,
  config: Record<string, string | boolean>,
  changes: Partial<RunRequest> = {},
): RunRequest {
  return {
    workspace: place.workspace,
    engine: { name: path.join(ENGINES, `${engine}.sh`) },
    config,
    permissions: { network: false, env: [], secrets: [], read: [], write: [] },
    sandbox: "off",
    ...changes,
  };
}

export interface Outcome {
  readonly reason: string | null;
  readonly exit: number;
  readonly next: string | null;
}

/** What came of a call, whether it was refused or its run failed. */
export async function outcomeOf(call: Promise<RunReport>): Promise<Outcome> {
  return call.then(
    (report) => ({ reason: report.reason, exit: report.exit_code, next: report.next }),
    (error: unknown) => {
      if (!(error instanceof CabincrewError)) throw error;
      return { reason: error.code, exit: error.exitCode, next: error.next };
    },
  );
}

/** A refusal or failure as it must be: this reason, its exit code, and a sentence about what to do. */
export const refusedAs = (reason: ReasonCode): Outcome => ({
  reason,
  exit: REASONS[reason].exit,
  next: expect.stringMatching(/\S/),
});

/** Collects the states a run goes through. */
export function watch() {
  const states: string[] = [];
  const lines: string[] = [];
  const observe = (observation: RunObservation) => {
    if (observation.kind === "state") states.push(observation.state);
    if (observation.kind === "log") lines.push(observation.line);
  };
  return { states, lines, observe };
}
