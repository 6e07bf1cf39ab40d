/** Where one attack happens: a workspace, a configuration, a governance directory and a ledger of its own, all below the scratch. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CabincrewError, EXIT, type ExitCode, type JsonObject, type ReasonCode } from "../../schema/index.ts";
import type { RunReport, RunRequest } from "../api.ts";
import { type Crew, type CrewOptions, openCrew } from "../crew.ts";
import { resumeRun, startRun } from "../operations/run.ts";
import { NotApplicable } from "./outcome.ts";
import { PROBE, type ProbeConfig } from "./probe.ts";

export interface Place {
  readonly root: string;
  readonly workspace: string;
  readonly stateDir: string;
  readonly configDir: string;
  readonly governanceDir: string;
  /** The probe's program file. */
  readonly probe: string;
  readonly signal: AbortSignal;
  /** In whose name runs are asked for. */
  readonly requester: string;
  /** The crew of this place; with changes another one on the same ledger. All are closed when the attack has ended. */
  crew(changes?: Partial<CrewOptions>): Promise<Crew>;
  /** Closes every crew that is open, so that files can be exchanged. */
  close(): Promise<void>;
}

/** A request that the probe plans on the place's workspace. */
export function probeRequest(place: Place, config: ProbeConfig, changes: Partial<RunRequest> = {}): RunRequest {
  return {
    workspace: place.workspace,
    engine: { name: PROBE },
    config: config as unknown as JsonObject,
    permissions: { network: false, env: [], secrets: [], read: [], write: [] },
    sandbox: "auto",
    planOnly: true,
    ...changes,
  };
}

/** Plans; nothing takes off. Throws what startRun throws. */
export async function plan(place: Place, config: ProbeConfig, changes: Partial<RunRequest> = {}): Promise<RunReport> {
  return startRun(await place.crew(), probeRequest(place, config, changes), { signal: place.signal });
}

/** As `plan`; where the configuration lets no run be opened at all the attack has no object. */
export async function judgedPlan(place: Place, config: ProbeConfig): Promise<RunReport> {
  try {
    return await plan(place, config);
  } catch (error) {
    const refused =
      error instanceof CabincrewError && (error.exitCode === EXIT.usage || error.exitCode === EXIT.denied);
    if (!refused) throw error;
    throw new NotApplicable(`This configuration lets no run of ${place.requester} be opened: ${error.message}`);
  }
}

/** How a run or an operation ended, whether it was reported or thrown. */
export interface Ending {
  /** False where the operation was refused as a whole: then there may not even have been a run. */
  readonly reported: boolean;
  readonly code: ReasonCode | null;
  readonly exitCode: ExitCode;
}

export async function endingOf(attempt: Promise<unknown>): Promise<Ending> {
  try {
    const result = (await attempt) as Partial<RunReport>;
    return { reported: true, code: result.reason ?? null, exitCode: result.exit_code ?? 0 };
  } catch (error) {
    if (error instanceof CabincrewError) return { reported: false, code: error.code, exitCode: error.exitCode };
    throw error;
  }
}

export async function takeOff(place: Place, runId: string): Promise<Ending> {
  return endingOf(resumeRun(await place.crew(), runId, { signal: place.signal }));
}

/** How often the probe has taken off in the place's workspace. */
export function effects(place: Place): number {
  const file = path.join(place.workspace, "effects");
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
}

/** SHA-256 over every path and content below a small directory. */
export function fingerprint(directory: string): string {
  const hash = createHash("sha256");
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.map((entry) => ({ entry, name: path.join(entry.parentPath, entry.name) }));
  for (const { entry, name } of files.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(`${name}\0`);
    if (entry.isFile()) hash.update(readFileSync(name));
  }
  return hash.digest("hex");
}

/** Lays out the directories of a place; `crew` opens and remembers. */
export function createPlace(
  root: string,
  fixed: Pick<Place, "governanceDir" | "configDir" | "probe" | "signal">,
  options: Pick<CrewOptions, "environment" | "principal">,
): Place {
  const [workspace, stateDir] = [path.join(root, "workspace"), path.join(root, "state")];
  mkdirSync(workspace, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(workspace, "README.md"), "# A scratch workspace\n");
  const crews: { readonly crew: Crew; readonly own: boolean }[] = [];
  return {
    ...fixed,
    requester: options.principal.id,
    root,
    workspace,
    stateDir,
    async crew(changes) {
      const known = crews.find(({ own }) => own && !changes)?.crew;
      if (known) return known;
      const { governanceDir, configDir } = fixed;
      const crew = await openCrew({ ...options, stateDir, configDir, governanceDir, ...changes });
      crews.push({ crew, own: !changes });
      return crew;
    },
    async close() {
      await Promise.all(crews.splice(0).map(({ crew }) => crew.close()));
    },
  };
}
