/** From a request to the recorded specification of a run: everything checked that can be checked before anything runs. */
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { type Engine, prepareLaunch, resolveEngine } from "../../engines/index.ts";
import { CabincrewError, digestOf, errnoOf, type JsonObject, looked } from "../../schema/index.ts";
import type { RunPermissions, RunRequest } from "../api.ts";
import { assertSatisfiable, gateFor } from "../authority/index.ts";
import type { Crew } from "../crew.ts";
import { assertEngineAllowed, type Governance, loadGovernance } from "../governance/index.ts";
import type { RunSpec } from "../ledger/event.ts";
import { assertConfig } from "./config.ts";

export const STEP_ID = "main";
/** The workflow of a run of one step; multi-step workflows have their own definitions and digests. */
export const SINGLE_STEP = {
  workflow_id: "cabincrew.single-step",
  version: "1.0.0",
  steps: [{ step_id: STEP_ID }],
} as const;
const DEFAULT_TIMEOUT_SECONDS = 3600;

export interface OpenedRun {
  readonly spec: RunSpec;
  readonly engine: Engine;
  readonly governance: Governance;
}

/** Throws workspace_invalid, state_unusable, engine_*, config_invalid, governance_invalid, authority_invalid or policy_denied. */
export async function openRun(crew: Crew, request: RunRequest, retryOf: string | null): Promise<OpenedRun> {
  const workspace = openWorkspace(request.workspace, crew.stateDir);
  const selection = "command" in request.engine ? "exec" : request.engine.name;
  const governance = await governanceOf(crew, { workspace });
  // Judges take longest to get ready, so they begin before anything else is looked at.
  crew.judges.start(governance, request.sandbox);
  const engine = await resolveEngine(selection, { cwd: process.cwd(), engineDirs: engineDirectories(crew) });
  // Both launches wait for these; begun now, they overlap with the rest.
  prepareLaunch({ sandbox: request.sandbox });
  assertMode(engine, "flight-plan");
  if (!request.planOnly) assertMode(engine, "take-off");
  const command = "command" in request.engine ? request.engine.command : null;
  const config = configOf(request, command);
  await assertConfig(engine, config);
  assertEngineAllowed(governance, engine.id, { network: request.permissions.network, digest: engine.digest });
  assertSatisfiable(governance.authority, gateFor(governance.authority, []), crew.options.principal.id);
  const permissions = distinctPermissions(request.permissions);
  return {
    engine,
    governance,
    spec: {
      workspace,
      engine: {
        selection: path.isAbsolute(selection) || !selection.includes("/") ? selection : path.resolve(selection),
        id: engine.id,
        version: engine.version,
        digest: engine.digest,
        idempotent: engine.manifest.idempotent ?? false,
        reconcile: engine.manifest.reconcile ?? false,
        model: engine.manifest.model ?? null,
      },
      command,
      config,
      permissions,
      sandbox: request.sandbox,
      timeout_seconds: Math.min(
        request.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
        governance.limits.timeout_seconds ?? Number.MAX_SAFE_INTEGER,
      ),
      plan_only: request.planOnly ?? false,
      step_id: STEP_ID,
      workflow_id: SINGLE_STEP.workflow_id,
      workflow_digest: digestOf(SINGLE_STEP),
      governance_digest: governance.digest,
      ...(crew.options.governanceDir ? { governance_dir: path.resolve(crew.options.governanceDir) } : {}),
      input_digest: inputDigest(config, permissions, request.sandbox),
      retry_of: retryOf,
    },
  };
}

/** Throws engine_manifest_invalid: what a manifest does not declare its engine does not have (spec/engine-protocol.md). */
export function assertMode({ id, manifest }: Engine, mode: "flight-plan" | "take-off"): void {
  if (manifest.modes === undefined || manifest.modes.includes(mode)) return;
  const plans = mode === "take-off" ? ", so what it plans cannot take effect by it" : "";
  throw new CabincrewError("engine_manifest_invalid", `The engine ${id} does not declare the mode ${mode}${plans}.`, {
    next:
      mode === "take-off"
        ? "Look at its plan with `cabincrew plan`; if it does have the mode, add it to `modes` in engine.json."
        : "If it does have the mode, add it to `modes` in engine.json.",
  });
}

type Governed = Partial<Pick<RunSpec, "workspace" | "governance_dir">>;

/**
 * The governance of a run: of the directory named now, else of the one it was opened with, else the default. Without a workspace,
 * of which only what it brings is missed.
 */
export function governanceOf(crew: Crew, { workspace, governance_dir }: Governed): Promise<Governance> {
  const governanceDir = crew.options.governanceDir ?? governance_dir;
  return loadGovernance({
    configDir: crew.options.configDir,
    ...(workspace === undefined ? {} : { workspace }),
    now: crew.now(),
    ...(governanceDir ? { governanceDir } : {}),
  });
}

/** Where named engines are looked for, besides the bundled ones: never in the workspace. */
export function engineDirectories(crew: Crew, spec?: Governed): readonly string[] {
  const { configDir } = crew.options;
  const governanceDir = crew.options.governanceDir ?? spec?.governance_dir;
  return [...(governanceDir ? [path.join(governanceDir, "engines")] : []), path.join(configDir, "engines")];
}

/** SHA-256 of the canonical input (DESIGN section 4): config, context and the names of mapped secrets, never their values. */
export function inputDigest(config: JsonObject, permissions: RunPermissions, sandbox: RunSpec["sandbox"]): string {
  return digestOf({ config, context: declaredContext(permissions), sandbox });
}

/** The context an engine is told, as far as it is part of the plan. */
export function declaredContext(permissions: RunPermissions): JsonObject {
  const sorted = (values: readonly string[]) => [...values].sort();
  return {
    permissions: {
      network: permissions.network,
      env: sorted(permissions.env),
      secrets: sorted(permissions.secrets.map((secret) => secret.name)),
      read: sorted(permissions.read),
      write: sorted(permissions.write),
    },
  };
}

function openWorkspace(requested: string, stateDir: string): string {
  const absolute = path.resolve(requested);
  let workspace: string;
  try {
    workspace = realpathSync.native(absolute);
    if (!looked(statSync(workspace)).isDirectory())
      throw new CabincrewError("workspace_invalid", `${absolute} is not a directory.`);
    accessSync(workspace, constants.R_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof CabincrewError) throw error;
    const why = errnoOf(error) === "ENOENT" ? "does not exist" : `cannot be read (${errnoOf(error) ?? String(error)})`;
    throw new CabincrewError("workspace_invalid", `The workspace ${absolute} ${why}.`, { cause: error });
  }
  const inside = (inner: string, outer: string) =>
    inner === outer || inner.startsWith(outer === "/" ? "/" : `${outer}/`);
  if (inside(stateDir, workspace) || inside(workspace, stateDir)) {
    throw new CabincrewError(
      "state_unusable",
      `The state directory ${stateDir} and the workspace ${workspace} lie in one another.`,
      {
        next: "Name a state directory outside of the workspace with --state-dir.",
      },
    );
  }
  return workspace;
}

function configOf(request: RunRequest, command: readonly string[] | null): JsonObject {
  if (command === null) return request.config;
  if (command.length === 0) throw new CabincrewError("usage", "No command was given after `--`.");
  assertSaidOnce(request, "command", "the words after -- are the command");
  assertSaidOnce(request, "sandbox", "--sandbox says it");
  if (request.excludeIgnored) assertSaidOnce(request, "exclude_ignored", "--exclude-ignored says it");
  return {
    ...request.config,
    command,
    ...(request.excludeIgnored ? { exclude_ignored: true } : {}),
    sandbox: request.sandbox,
  };
}

/** What would be overridden without a word is refused instead. */
function assertSaidOnce({ config }: RunRequest, key: string, said: string): void {
  if (!Object.hasOwn(config, key)) return;
  throw new CabincrewError("usage", `The configuration of the command sets \`${key}\`, but ${said}.`, {
    next: `Leave \`${key}\` out of --config.`,
  });
}

/** Real paths, and everything once: what is said twice gives the same plan. Throws config_invalid where a name has two sources. */
function distinctPermissions(permissions: RunPermissions): RunPermissions {
  const once = (values: readonly string[]) => [...new Set(values)];
  const absolute = (paths: readonly string[]) => once(paths.map((each) => realOf(path.resolve(each))));
  const env = once(permissions.env);
  const secrets = permissions.secrets.filter(
    ({ name, source }, at, all) =>
      all.findIndex((other) => other.name === name && other.source.variable === source.variable) === at,
  );
  const names = [...env, ...secrets.map((secret) => secret.name)];
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new CabincrewError("config_invalid", `The run is given ${twice} more than once, from different sources.`, {
      next: "Give each variable and each secret a name of its own.",
    });
  return { ...permissions, env, secrets, read: absolute(permissions.read), write: absolute(permissions.write) };
}

function realOf(requested: string): string {
  try {
    return realpathSync.native(requested);
  } catch (error) {
    throw new CabincrewError("config_invalid", `The granted path ${requested} does not exist or cannot be read.`, {
      next: "Correct --read or --write; grant a path that exists.",
      cause: error,
    });
  }
}
