import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RunObservation, RunRequest } from "../../../orchestrator/index.ts";
import { type Crew, openCrew } from "../../../orchestrator/index.ts";

export const ENGINES = path.join(import.meta.dirname, "..", "..", "fixtures", "drive");

export interface Place {
  readonly root: string;
  readonly workspace: string;
  readonly stateDir: string;
  readonly configDir: string;
  readonly counter: string;
}

/** A scratch place with a small workspace, and a file outside of it in which effects are counted. */
export function newPlace(): Place {
  const root = mkdtempSync(path.join(tmpdir(), "cabincrew-drive-"));
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

export function crewOf(
  place: Place,
  options: { clock?: () => number; governanceDir?: string; user?: string; environment?: Record<string, string> } = {},
): Promise<Crew> {
  const { clock, governanceDir } = options;
  return openCrew({
    stateDir: place.stateDir,
    configDir: place.configDir,
    environment: { PATH: process.env["PATH"], ...options.environment },
    principal: { id: options.user ?? "ada", proven: false },
    ...(clock ? { clock } : {}),
    ...(governanceDir ? { governanceDir } : {}),
  });
}

export function request(
  place: Place,
  engine: string,
  config: Record<string, string | boolean>,
  changes: Partial<RunRequest> = {},
): RunRequest {
  return {
    workspace: place.workspace,
    engine: { name: path.join(ENGINES, `${engine}.mjs`) },
    config,
    permissions: { network: false, env: [], secrets: [], read: [], write: [] },
    sandbox: "off",
    ...changes,
  };
}

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
