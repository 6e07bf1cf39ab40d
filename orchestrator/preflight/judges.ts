import { prepareLaunch } from "../../engines/index.ts";
import { discardPreparedModelJudge, type ModelJudge, prepareModelJudge, startModelJudge } from "../../models/index.ts";
import {
  discardPreparedPolicyJudge,
  type PolicyJudge,
  preparePolicyJudge,
  startPolicyJudge,
} from "../../policies/index.ts";
import type { Evaluation, PreflightContents, PreflightInput } from "../../schema/index.ts";
import type { Governance } from "../governance/index.ts";
import type { BegunRun } from "./ahead.ts";
import { MODEL_LIMITS, POLICY_LIMITS } from "./limits.ts";

/**
 * Begins what every run needs and waits for, before the governance is even read: the process for models, the thread for
 * policies, the pipes of the launches. For a program that knows early that a run will follow; without one it is undone when the
 * crew is closed. `begun`: what beginRun() gave for the same sandbox.
 */
export function prepareRun(sandbox: BegunRun["sandbox"], begun?: BegunRun): void {
  prepareModelJudge(MODEL_LIMITS, { sandbox }, begun?.models);
  prepareLaunch({ sandbox, pipes: begun?.pipes });
  preparePolicyJudge(POLICY_LIMITS);
}

/** All judges of one governance, loaded once; asks them side by side. */
export interface Judges {
  judge(input: PreflightInput, contents?: PreflightContents): Promise<readonly Evaluation[]>;
  close(): Promise<void>;
}

/** Keeps the judges of each governance in use, so that runs in one process share loaded policies and models. */
export class JudgePool {
  private readonly stateDir: string;
  private readonly running = new Map<string, Judges>();

  constructor(stateDir: string) {
    this.stateDir = stateDir;
  }

  /** Starts loading at once and returns without waiting: called before flight-plan, needed after it. */
  start(governance: Governance, sandbox: "auto" | "required" | "off"): Judges {
    const name = `${governance.digest} ${sandbox}`;
    let judges = this.running.get(name);
    if (!judges) {
      judges = startJudges(governance, this.stateDir, sandbox);
      this.running.set(name, judges);
    }
    return judges;
  }

  async close(): Promise<void> {
    const ending = [...this.running.values()];
    // First, so that whoever asks meanwhile gets others, which a later close() knows of.
    this.running.clear();
    await Promise.all(ending.map((judges) => judges.close()));
    discardPreparedModelJudge();
    await discardPreparedPolicyJudge();
  }
}

function startJudges(governance: Governance, stateDir: string, sandbox: "auto" | "required" | "off"): Judges {
  const broken = [...governance.policies, ...governance.models].filter((pack) => pack.error !== undefined);
  const policyPacks = governance.policies.filter((pack) => pack.error === undefined);
  const modelPacks = governance.models.filter((pack) => pack.error === undefined);
  const policies: PolicyJudge | undefined =
    policyPacks.length > 0 ? startPolicyJudge(policyPacks.map(configured), POLICY_LIMITS) : undefined;
  const models: ModelJudge | undefined =
    modelPacks.length > 0 ? startModelJudge(modelPacks, MODEL_LIMITS, { sandbox, hide: [stateDir] }) : undefined;
  return {
    async judge(input, contents) {
      const results = await Promise.all([policies?.judge(input, contents) ?? [], models?.judge(input, contents) ?? []]);
      return [...broken.map(unloadable), ...accounted(results.flat(), [...policyPacks, ...modelPacks])];
    },
    async close() {
      await Promise.all([policies?.close(), models?.close()]);
    },
  };
}

function configured(pack: Governance["policies"][number]) {
  // A pack named by its absolute path is the operator's own all the same.
  const origin = pack.origin === "absolute" ? "governance" : pack.origin;
  const { directory, data, bundle } = pack;
  return { directory, origin, ...(data ? { data } : {}), ...(bundle ? { bundle } : {}) };
}

type Pack = Governance["policies"][number] | Governance["models"][number];

/**
 * Holds the evaluations against the governance: a pack that yielded none, and one that is no longer the pack whose digest the
 * plan-token binds, is a deny. A judge that could not read its pack at all has said so itself.
 */
function accounted(evaluations: readonly Evaluation[], packs: readonly Pack[]): Evaluation[] {
  const known = new Set(packs.map((pack) => pack.digest));
  const seen = new Set(evaluations.map((evaluation) => evaluation.evidence["pack_sha256"]));
  const failed = evaluations.some((evaluation) => evaluation.failure !== undefined);
  const silent = packs.filter((pack) => !seen.has(pack.digest) && !failed);
  return [
    ...evaluations.map((evaluation): Evaluation => {
      const digest = evaluation.evidence["pack_sha256"];
      if (digest === undefined || known.has(String(digest))) return evaluation;
      const reason = `The pack ${evaluation.policy_id} changed while the run went on.`;
      return { ...evaluation, decision: "deny", reason, failure: "digest_mismatch", findings: [] };
    }),
    ...silent.map((pack) => unloadable({ ...pack, error: "it gave no evaluation" })),
  ];
}

/** A pack that did not load is a deny, never an absence (DESIGN section 5). */
function unloadable(pack: { readonly id: string; readonly digest: string; readonly error?: string }): Evaluation {
  return {
    source: "orchestrator",
    policy_id: pack.id,
    digest: pack.digest,
    decision: "deny",
    reason: `The pack ${pack.id} cannot be loaded: ${pack.error}`,
    failure: "load_failed",
    findings: [],
    evidence: {},
  };
}
