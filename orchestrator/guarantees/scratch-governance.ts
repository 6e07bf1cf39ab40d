/**
 * A governance directory that says what the user's says: packs named where they lie, limits, engines, waivers and rules of authority
 * the same. Only keys differ: each person gets a scratch key, for no private key is ever copied.
 */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Authority } from "../authority/index.ts";
import type { Governance, GovernedModel, GovernedPolicy } from "../governance/index.ts";

/** A person of the scratch authority file and the private key made for them. */
export interface ScratchPerson {
  readonly id: string;
  readonly roles: readonly string[];
  readonly keyFile: string;
  readonly publicText: string;
}

export interface GovernanceEdit {
  /** Packs that are copied into the directory, so that they can be changed there: `id` to a change of the copy. */
  readonly copied?: ReadonlyMap<GovernedPolicy | GovernedModel, (copy: string) => void>;
  /** Keys of the governance file that are laid over the user's. */
  readonly over?: Readonly<Record<string, unknown>>;
}

/** Writes the directory. The engines of attacks are added to the lists of engines, where there are lists. */
export function writeGovernance(
  directory: string,
  governance: Governance,
  people: readonly ScratchPerson[],
  engine: string,
  edit: GovernanceEdit = {},
): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { policies, models, authority, waivers, limits, engines, approvalTtlSeconds } = governance;
  const entry = (pack: GovernedPolicy | GovernedModel) => entryOf(directory, pack, edit);
  const data = policies.find((pack) => pack.data !== undefined)?.data;
  const file = {
    version: 1,
    policies: policies.filter(isOperators).map(entry),
    models: models.filter(isOperators).map(entry),
    ...(data === undefined ? {} : { data }),
    ...(authority === undefined ? {} : { authority: "authority.json" }),
    ...(waivers.length === 0 ? {} : { waivers: ["waivers.json"] }),
    limits,
    ...(Object.keys(engines).length === 0
      ? {}
      : { engines: { ...engines, ...(engines.allow ? { allow: [...engines.allow, engine] } : {}) } }),
    approval_ttl_seconds: approvalTtlSeconds,
    ...edit.over,
  };
  const write = (name: string, value: unknown) => writeFileSync(path.join(directory, name), JSON.stringify(value));
  if (authority) write("authority.json", authorityFile(authority, people));
  if (waivers.length > 0) write("waivers.json", { version: 1, waivers });
  write("governance.json", file);
}

/** What the workspace brings comes with the workspace. */
function isOperators(pack: { readonly origin: string }): boolean {
  return pack.origin !== "workspace";
}

function entryOf(directory: string, pack: GovernedPolicy | GovernedModel, edit: GovernanceEdit): unknown {
  const change = edit.copied?.get(pack);
  let place = pack.directory;
  if (change) {
    place = path.join(directory, "copied", path.basename(pack.directory));
    cpSync(pack.directory, place, { recursive: true, dereference: true });
    change(place);
  } else if (pack.origin === "builtin") return `builtin:${path.basename(pack.directory)}`;
  const bundle = "bundle" in pack ? pack.bundle : undefined;
  return bundle && Object.keys(bundle).length > 0 ? { path: place, ...bundle } : place;
}

function authorityFile(authority: Authority, people: readonly ScratchPerson[]): unknown {
  return {
    version: 1,
    people: people.map(({ id, roles, publicText }) => ({ id, roles, keys: [publicText] })),
    gates: Object.fromEntries([...authority.counts].map(([role, count]) => [role, { count }])),
    default_role: authority.defaultRole,
    separation_of_duties: authority.separationOfDuties,
    ...(authority.approvalTtlSeconds === undefined ? {} : { approval_ttl_seconds: authority.approvalTtlSeconds }),
  };
}
