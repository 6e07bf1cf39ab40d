/** Every configured judge answers, and one that cannot be loaded denies. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import type { GovernedModel, GovernedPolicy } from "../../governance/index.ts";
import { recordOf } from "../approve.ts";
import type { Attack } from "../attack.ts";
import { assumeThat, Broken, expectHeld } from "../outcome.ts";
import { endingOf, judgedPlan, plan } from "../place.ts";
import type { Scratch } from "../scratch.ts";
import { heartOf } from "./stale.ts";

type Pack = GovernedPolicy | GovernedModel;

const packsOf = ({ governance }: Scratch): readonly Pack[] => [...governance.policies, ...governance.models];
const names = (packs: readonly Pack[]) => packs.map(({ id }) => id).join(", ");

async function allAnswer(scratch: Scratch): Promise<string> {
  const packs = packsOf(scratch);
  expectHeld(
    packs.length > 0,
    "No policy and no model is configured: nothing vouches for a plan, and every run is denied.",
  );
  const place = scratch.place("all-answer");
  const report = await judgedPlan(place, { target: "notes.txt", text: "a note\n" });
  const { evaluations } = await recordOf(place, report.run_id);
  const failed = evaluations.filter(({ failure }) => failure !== undefined);
  const [first] = failed;
  if (first)
    throw new Broken(`${failed.length} of ${packs.length} judges cannot judge; ${first.policy_id}: ${first.reason}`);
  const answered = new Set(evaluations.map(({ evidence }) => evidence["pack_sha256"]));
  const silent = packs.filter(({ digest }) => !answered.has(digest));
  expectHeld(silent.length === 0, `A harmless plan was judged without an answer of: ${names(silent)}.`);
  return `All ${packs.length} judges answered: ${names(packs)}.`;
}

/** Plays the same on each pack that the operator configured, and counts. */
async function onEach(scratch: Scratch, name: string, change: (copy: string) => void, what: string): Promise<string> {
  const packs = packsOf(scratch).filter(({ origin, error }) => origin !== "workspace" && error === undefined);
  assumeThat(packs.length > 0, "No policy and no model is configured that loads");
  const harmless = await scratch.harmless();
  for (const [index, pack] of packs.entries()) {
    const place = scratch.place(`${name}-${index}`, { copied: new Map([[pack, change]]) });
    const { code } = await endingOf(plan(place, harmless));
    await place.close();
    const stopped = code === "policy_denied" || code === "governance_invalid";
    expectHeld(stopped, `The judge ${pack.id} ${what}, and the plan ended with ${code ?? "no refusal"}.`);
  }
  return `${packs.length} of ${packs.length} judges, each ${what} in turn: every plan was denied.`;
}

function cut(copy: string): void {
  const file = heartOf(copy);
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length / 2));
}

export const JUDGES: readonly Attack[] = [
  {
    id: "every-judge-answers",
    guarantee: "Every configured policy and model judges every plan",
    remedy: "Correct or remove the pack in the governance directory; name at least one policy or model.",
    run: allAnswer,
  },
  {
    id: "broken-judge-denies",
    guarantee: "A policy or model that cannot be loaded denies",
    remedy: "Do not rely on this configuration; report it.",
    run: (scratch) => onEach(scratch, "broken", cut, "was cut in half"),
  },
  {
    id: "missing-judge-denies",
    guarantee: "A policy or model that is missing stops every run",
    remedy: "Do not rely on this configuration; report it.",
    run: (scratch) => onEach(scratch, "missing", (copy) => rmSync(copy, { recursive: true }), "was removed"),
  },
];
