/**
 * The conformance check (A21): runs any engine through what the protocol demands of it, on a scratch copy of a workspace
 * and without a sandbox, so that good behaviour is the engine's own. A problem of the engine is a failed check, not an error.
 */
import { lstat } from "node:fs/promises";
import path from "node:path";
import { CabincrewError, interruptionOf } from "../../schema/index.ts";
import type { Engine, EngineMode, EngineOutcome } from "../port.ts";
import { type CheckedArtifact, checkArtifacts } from "./artifacts.ts";
import { CheckList, type CheckName, type CheckReport } from "./report.ts";
import { type CheckOptions, Stage } from "./stage.ts";
import { differences, hashFile, readTree } from "./tree.ts";

/** Rejects only when the check itself cannot be made (scratch space, unreadable workspace) or is interrupted. */
export async function checkEngine(engine: Engine, options: CheckOptions = {}): Promise<CheckReport> {
  const checks = new CheckList();
  const stage = await Stage.open(engine, options);
  try {
    const before = await readTree(stage.workspace);
    const plan = await checkFlightPlan(stage, checks);
    await checkRefusals(stage, checks);
    // Judged over all launches so far: one that refuses its input must not write either.
    const changes = differences(before, await readTree(stage.workspace));
    checks.judge("workspace-untouched", changes && `the engine changed the workspace: ${changes}`, "it is as it was");
    if (plan && !changes) await checkTakeOff(stage, checks, engine, plan);
  } finally {
    await stage.close();
  }
  const { signal } = options;
  if (signal?.aborted) throw interruptionOf(signal, `The check of engine ${engine.id}`, { next: "Start it again." });
  const all = checks.all();
  return {
    engine: { id: engine.id, version: engine.version, digest: engine.digest },
    ok: all.every(({ status }) => status !== "fail"),
    checks: all,
  };
}

interface Plan {
  readonly directory: string;
  readonly artifacts: readonly CheckedArtifact[];
}

async function checkRefusals(stage: Stage, checks: CheckList): Promise<void> {
  const valid = JSON.stringify(stage.input("flight-plan"));
  const cases: [CheckName, string, string][] = [
    ["refuses-garbage", "flight-plan", "this is not JSON"],
    ["refuses-unknown-mode", "no-such-mode", valid],
  ];
  for (const [name, mode, stdin] of cases)
    await attempt(checks, name, async () => {
      const code = await stage.exitCode(mode, stdin);
      const advice = code === 2 ? "" : "; 2 is the code that says so";
      checks.judge(
        name,
        code === 0 ? "it exits with 0 as if all was well; exit with 2" : undefined,
        `exit code ${code}${advice}`,
      );
    });
}

async function checkFlightPlan(stage: Stage, checks: CheckList): Promise<Plan | undefined> {
  const directory = await stage.directory();
  const outcome = await launched(stage, checks, "receipt", "flight-plan", directory);
  if (!outcome) return undefined;
  checks.add("stdout", "pass", "one JSON document");
  const artifacts = await attempt(checks, "artifacts", async () => {
    const found = await checkArtifacts(directory, outcome.receipt);
    const advice = found.length === 0 ? "; give it a workspace or config on which it plans something" : "";
    checks.add("artifacts", "pass", `${found.length} ${found.length === 1 ? "artifact" : "artifacts"}${advice}`);
    return found;
  });
  const again = await stage.directory();
  if (await launched(stage, checks, "repeatable", "flight-plan", again)) {
    const different = differences(await readTree(directory), await readTree(again));
    checks.judge(
      "repeatable",
      different && `a second flight-plan gave other artifacts: ${different}`,
      "both are the same",
    );
  }
  return artifacts ? { directory, artifacts } : undefined;
}

async function checkTakeOff(stage: Stage, checks: CheckList, engine: Engine, plan: Plan): Promise<void> {
  const { modes = ["flight-plan", "take-off"], idempotent, reconcile } = engine.manifest;
  if (!modes.includes("take-off")) {
    for (const name of ["take-off", "artifacts-untouched", "as-planned", "idempotent", "reconcile"] as const)
      checks.add(name, "skip", "the manifest declares no take-off");
    return;
  }
  const sealed = await stage.seal(plan.directory);
  const sealedBefore = await readTree(sealed);
  if (!(await launched(stage, checks, "take-off", "take-off", sealed))) return;
  const touched = differences(sealedBefore, await readTree(sealed));
  checks.judge("artifacts-untouched", touched && `take-off changed the artifacts: ${touched}`, "they are as they were");
  await checkAsPlanned(stage, checks, sealed, plan.artifacts);
  await checkIdempotent(stage, checks, sealed, idempotent === true);
  if (reconcile) await checkReconcile(stage, checks, sealed);
  else checks.add("reconcile", "skip", "the manifest does not declare it");
}

async function checkAsPlanned(
  stage: Stage,
  checks: CheckList,
  sealed: string,
  artifacts: readonly CheckedArtifact[],
): Promise<void> {
  const changes = artifacts.filter(({ document }) => document.artifact_type === "file");
  if (changes.length === 0) return checks.add("as-planned", "skip", "it plans no file changes");
  for (const { name, document, body } of changes) {
    const target = path.join(stage.workspace, document.target ?? "");
    const found = await lstat(target).catch(() => undefined);
    const expected =
      body && document.action !== "delete" ? await hashFile(path.join(sealed, name, path.basename(body))) : undefined;
    const isRight =
      document.action === "delete" ? !found : !expected || (found?.isFile() && (await hashFile(target)) === expected);
    if (!isRight) return checks.add("as-planned", "fail", `${document.target} is not as artifact ${name} planned it`);
  }
  checks.add("as-planned", "pass", `${changes.length} ${changes.length === 1 ? "file" : "files"}`);
}

async function checkIdempotent(stage: Stage, checks: CheckList, sealed: string, declared: boolean): Promise<void> {
  if (!declared) return checks.add("idempotent", "skip", "the manifest does not declare it");
  const before = await readTree(stage.workspace);
  if (!(await launched(stage, checks, "idempotent", "take-off", sealed))) return;
  const changes = differences(before, await readTree(stage.workspace));
  checks.judge("idempotent", changes && `a second take-off changed the workspace: ${changes}`, "nothing changed");
}

async function checkReconcile(stage: Stage, checks: CheckList, sealed: string): Promise<void> {
  const outcome = await launched(stage, checks, "reconcile", "reconcile", sealed);
  if (!outcome) return;
  const { diagnostics } = outcome.receipt;
  const said =
    typeof diagnostics === "object" && diagnostics !== null && "outcome" in diagnostics
      ? diagnostics.outcome
      : undefined;
  const problem = `after a take-off \`diagnostics.outcome\` must be "applied", but is ${JSON.stringify(said) ?? "missing"}`;
  checks.judge("reconcile", said === "applied" ? undefined : problem, "it says applied");
}

/** Launches and passes `name`; a failure of the engine fails it instead. */
function launched(
  stage: Stage,
  checks: CheckList,
  name: CheckName,
  mode: EngineMode,
  artifacts: string,
): Promise<EngineOutcome | undefined> {
  return attempt(checks, name, async () => {
    const outcome = await stage.launch(mode, artifacts);
    checks.add(name, "pass", `valid receipt after ${Math.round(outcome.durationMs)} ms`);
    return outcome;
  });
}

async function attempt<Result>(
  checks: CheckList,
  name: CheckName,
  action: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof CabincrewError)) throw error;
    checks.add(name, "fail", error.message);
    if (name === "receipt" && error.message.includes("one JSON document")) checks.add("stdout", "fail", error.message);
    return undefined;
  }
}
