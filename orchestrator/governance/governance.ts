/** What a run is governed by, as loaded (DESIGN section 3, spec/governance.md). */
import type { ModelPack } from "../../models/index.ts";
import type { BundleOptions, PolicyPack } from "../../policies/index.ts";
import type { GovernanceConfig, JsonObject } from "../../schema/index.ts";
import type { Authority } from "../authority/index.ts";
import type { Waiver } from "../waivers/index.ts";

/**
 * Where a pack came from: shipped, below the governance directory, named by an absolute path in its file, or brought by
 * the workspace (which can only tighten).
 */
export type PackOrigin = "builtin" | "governance" | "absolute" | "workspace";

interface Configured {
  readonly origin: PackOrigin;
  /** Why the pack does not load. It stays in the list, and the judge stage records a deny for it. */
  readonly error?: string;
}

export interface GovernedPolicy extends PolicyPack, Configured {
  /** Overrides of the pack's data document, key by key; never present for what the workspace brings. */
  readonly data?: JsonObject;
  /** Present for a bundle of OPA: how it is to be read. */
  readonly bundle?: BundleOptions;
}

export interface GovernedModel extends ModelPack, Configured {}

/** Bounds that governance sets; what is absent is bounded by defaults elsewhere. */
export type GovernedLimits = NonNullable<GovernanceConfig["limits"]>;

/** Engine ids (or `id@<sha256 of the executable>`). No lists at all: whatever the run asked for explicitly is allowed. */
export interface EnginePermissions {
  /** Who may use the network. */
  readonly network?: readonly string[];
  /** Who may run; absent: any. */
  readonly allow?: readonly string[];
}

export interface Governance {
  /** SHA-256 over all that affects a judgement or a permission; the same content elsewhere has the same digest. */
  readonly digest: string;
  readonly source: "explicit" | "user" | "default";
  /** The governance directory, with links resolved; absent for the shipped default. */
  readonly directory?: string;
  readonly policies: readonly GovernedPolicy[];
  readonly models: readonly GovernedModel[];
  readonly authority?: Authority;
  /** Exceptions from rules; never of the workspace. */
  readonly waivers: readonly Waiver[];
  readonly limits: GovernedLimits;
  readonly engines: EnginePermissions;
  readonly approvalTtlSeconds: number;
}
