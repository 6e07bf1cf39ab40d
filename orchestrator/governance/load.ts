/** Loads what governs a run: the operator's part from outside of the workspace, and what the workspace adds. */
import { readdir } from "node:fs/promises";
import path from "node:path";
import {
  CabincrewError,
  compareUtf8,
  type GovernanceConfig,
  type JsonObject,
  type PolicyBundleEntry,
  packageRoot,
  parseDocument,
} from "../../schema/index.ts";
import { loadAuthority, readDocument } from "../authority/index.ts";
import { loadWaivers, type Waiver } from "../waivers/index.ts";
import { governanceDigest } from "./digest.ts";
import type { EnginePermissions, Governance, GovernedPolicy } from "./governance.ts";
import {
  assertOutside,
  findFile,
  locateAuthority,
  locateBundle,
  locatePack,
  locateWaivers,
  realDirectory,
} from "./locate.ts";
import { loadModels, loadPolicies, type PackCandidate } from "./packs.ts";
import { findWorkspacePacks } from "./workspace-packs.ts";

const DAY_SECONDS = 86_400;

export interface GovernanceOptions {
  /** Named explicitly: must exist and hold a governance file. */
  readonly governanceDir?: string;
  /** The user's configuration directory, which may hold a governance file. */
  readonly configDir: string;
  /** Absent where there is none any more, as for a plan that is judged long after: then nothing is brought by one. */
  readonly workspace?: string;
  /** Milliseconds since the epoch; a waiver may not expire too far ahead of it. Default: the present. */
  readonly now?: number;
}

/** The operator's part, from its file or shipped. */
interface Operator {
  readonly source: Governance["source"];
  readonly directory?: string;
  readonly config: GovernanceConfig;
}

/** Throws governance_invalid, authority_invalid or workspace_invalid; a pack that does not load is no reason to throw. */
export async function loadGovernance(options: GovernanceOptions): Promise<Governance> {
  const workspace = await workspaceOf(options.workspace);
  const { source, directory, config } = await operatorPart(options, workspace);
  const [policies, models, authority, waivers] = await Promise.all([
    candidates("policies", config.policies, directory, workspace).then(loadPolicies),
    candidates("models", config.models, directory, workspace).then(loadModels),
    config.authority === undefined || directory === undefined
      ? undefined
      : locateAuthority(config.authority, directory, workspace).then(loadAuthority),
    waiversOf(config.waivers, directory, workspace, options.now ?? Date.now()),
  ]);
  assertDistinct("policies", policies);
  assertDistinct("models", models);
  const governed = {
    policies: policies.map((pack) => withData(pack, config.data as JsonObject | undefined)),
    models,
    ...(authority ? { authority } : {}),
    waivers,
    limits: config.limits ?? {},
    engines: enginePermissions(config),
    approvalTtlSeconds: authority?.approvalTtlSeconds ?? config.approval_ttl_seconds ?? DAY_SECONDS,
  };
  return { ...governed, digest: governanceDigest(governed), source, ...(directory === undefined ? {} : { directory }) };
}

async function workspaceOf(named: string | undefined): Promise<string | undefined> {
  if (named === undefined) return undefined;
  return realDirectory(named, "The workspace").catch((error: unknown) => {
    throw new CabincrewError("workspace_invalid", (error as Error).message, { cause: error });
  });
}

async function operatorPart(options: GovernanceOptions, workspace: string | undefined): Promise<Operator> {
  const explicit = options.governanceDir;
  const named = path.resolve(explicit ?? options.configDir);
  const directory =
    explicit === undefined
      ? undefined
      : await realDirectory(named, "The governance directory", "Name an existing directory with a governance.yaml.");
  const file = await findFile(directory ?? named);
  if (file === undefined) {
    if (explicit === undefined) return { source: "default", config: await shippedDefault() };
    throw new CabincrewError("governance_invalid", `The governance directory ${named} holds no governance.yaml`, {
      next: "Write a governance.yaml there (spec/governance.md), or name another directory.",
    });
  }
  const real = directory ?? (await realDirectory(named, "The governance directory"));
  assertOutside(real, workspace, "The governance directory");
  const what = "The governance file";
  const document = await readDocument(file, "governance_invalid", what);
  const config = parseDocument("governance", document, "governance_invalid", `${what} ${file}`);
  return { source: explicit === undefined ? "user" : "explicit", directory: real, config };
}

/** Everything that is shipped; an installation without packs is broken and is refused. */
async function shippedDefault(): Promise<GovernanceConfig> {
  const names = async (room: string): Promise<string[]> => {
    const packs = path.join(packageRoot(), room, "packs");
    try {
      const entries = await readdir(packs, { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory()).map((entry) => `builtin:${entry.name}`);
    } catch (error) {
      throw new CabincrewError("governance_invalid", `The shipped packs in ${packs} cannot be read`, {
        cause: error,
        next: "Install cabincrew again, or name a governance directory with --governance.",
      });
    }
  };
  const [policies, models] = await Promise.all([names("policies"), names("models")]);
  return { version: 1, policies: policies.sort(compareUtf8), models: models.sort(compareUtf8) };
}

async function candidates(
  room: "policies" | "models",
  entries: readonly (string | PolicyBundleEntry)[] = [],
  directory: string | undefined,
  workspace: string | undefined,
): Promise<PackCandidate[]> {
  const outside = entries.map(async (entry) => {
    const from = directory ?? packageRoot();
    const place = await (typeof entry === "string"
      ? locatePack(entry, room, from, workspace)
      : locateBundle(entry, from, workspace));
    return { ...place, id: path.basename(place.directory) };
  });
  return [
    ...(await Promise.all(outside)),
    ...(workspace === undefined ? [] : await findWorkspacePacks(workspace, room)),
  ];
}

async function waiversOf(
  entries: readonly string[] = [],
  directory: string | undefined,
  workspace: string | undefined,
  now: number,
): Promise<readonly Waiver[]> {
  if (entries.length === 0 || directory === undefined) return [];
  const files = await Promise.all(entries.map((entry) => locateWaivers(entry, directory, workspace)));
  return loadWaivers([...new Set(files)], now);
}

/** Two packs of one id from outside are a mistake; what the workspace brings stands beside them, it replaces nothing. */
function assertDistinct(room: string, packs: readonly { readonly id: string; readonly origin: string }[]): void {
  const ids = packs.filter((pack) => pack.origin !== "workspace").map((pack) => pack.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice === undefined) return;
  throw new CabincrewError("governance_invalid", `Two packs in ${room} have the id ${twice}`);
}

function withData(pack: GovernedPolicy, data: JsonObject | undefined): GovernedPolicy {
  return data === undefined || pack.origin === "workspace" ? pack : { ...pack, data };
}

/** Once there is an `engines` section, the network is granted to those it lists and to nobody else. */
function enginePermissions({ engines }: GovernanceConfig): EnginePermissions {
  return engines === undefined ? {} : { ...engines, network: engines.network ?? [] };
}
