/** A large plan in parts (spec/policies.md POL-3a), for packs whose rules relate no artifact to one in another part. */
import type { PolicyPackInput, PreflightArtifact, PreflightInput } from "../schema/index.ts";
import { failed, type Outcome } from "./failure.ts";
import type { Answer } from "./messages.ts";
import { liftedOf, type Verdict, verdict } from "./result.ts";
import type { PolicyThread } from "./thread.ts";

/** Artifacts of one part. */
export const PART = 500;

/** As many parts (10,000 artifacts) as a pack judges in its ordinary time. */
const PARTS_AT_ONCE = 20;

/** A plan and its artifacts, a list for each part. */
export interface PlanInParts {
  readonly plan: PreflightInput;
  readonly parts: readonly (readonly PreflightArtifact[])[];
}

/** The parts of a plan, what the pack wants together in the first; undefined for a plan that is not large. Throws for a bad glob. */
export async function splitPlan(plan: PreflightInput, { together }: PolicyPackInput): Promise<PlanInParts | undefined> {
  const { artifacts } = plan;
  if (artifacts.length <= PART) return undefined;
  const { selector } = await import("./view/select.ts");
  const selects = together ? selector({ view: "parts", include: together }) : () => false;
  const kept = artifacts.filter(({ change, target, name }) =>
    [change?.path ?? target ?? name, change?.old_path].some((path) => path !== undefined && selects(path)),
  );
  const others = kept.length === 0 ? artifacts : without(artifacts, kept);
  const parts = kept.length === 0 ? [] : [kept];
  for (let start = 0; start < others.length; start += PART) parts.push(others.slice(start, start + PART));
  return { plan, parts };
}

function without<Item>(list: readonly Item[], some: readonly Item[]): Item[] {
  const left = new Set(some);
  return list.filter((item) => !left.has(item));
}

/**
 * Evaluates every part in whichever thread is free, and makes one answer of all. After a failure no further part is begun.
 * `timeoutMs` is what a pack gets for up to PARTS_AT_ONCE parts; a larger plan gets it as many times over.
 */
export async function judgeInParts(
  threads: readonly PolicyThread[],
  pack: number,
  split: PlanInParts,
  timeoutMs: number,
): Promise<Answer> {
  const waiting = inputsOf(split);
  const answers: (readonly Outcome<Verdict>[])[] = [];
  let failure: Answer | undefined;
  const most = timeoutMs * Math.ceil(split.parts.length / PARTS_AT_ONCE);
  let spent = 0;
  await Promise.all(
    threads.map(async (thread) => {
      for (const { index, input } of waiting) {
        const { answer, ms } = await thread.evaluatePart(pack, input, Math.min(timeoutMs, most - spent));
        spent += ms;
        if ("failure" in answer) failure ??= answer;
        else answers[index] = answer.value;
        if (failure) return;
      }
    }),
  );
  if (failure) return failure;
  const [first = []] = answers;
  // By the parts there are, not by the answers: one that is missing is a failure, wherever it is.
  return {
    value: first.map((_, entrypoint) => unite(split.parts.map((_part, index) => answers[index]?.[entrypoint]))),
  };
}

/** Each part when it is asked for, so that few of them exist at a time. */
function* inputsOf({ plan, parts }: PlanInParts): Generator<{ readonly index: number; readonly input: ArrayBuffer }> {
  for (const [index, artifacts] of parts.entries()) {
    const { buffer, byteOffset, byteLength } = new TextEncoder().encode(JSON.stringify({ ...plan, artifacts }));
    yield { index, input: buffer.slice(byteOffset, byteOffset + byteLength) };
  }
}

/** One verdict of an entry point's verdicts on all parts. What is about the plan as a whole is found in each, and counts once. */
export function unite(parts: readonly (Outcome<Verdict> | undefined)[]): Outcome<Verdict> {
  const verdicts: Verdict[] = [];
  for (const part of parts) {
    if (!part) return failed("crashed", "it gave no answer about a part of the plan");
    if ("failure" in part) return part;
    verdicts.push(part.value);
  }
  const united = verdict(unique(verdicts.flatMap(({ findings }) => findings)));
  const severest = SEVEREST_FIRST.find((word) => verdicts.some(({ decision }) => decision === word)) ?? "allow";
  const reason = verdicts.find((each) => each.decision === severest && each.reason !== undefined)?.reason;
  const lifted = unique(verdicts.flatMap(({ excepted }) => excepted?.findings ?? []));
  return {
    value: { ...united, decision: severest, ...(reason === undefined ? {} : { reason }), ...liftedOf(lifted) },
  };
}

const SEVEREST_FIRST = ["deny", "require_approval", "warn"] as const;

function unique<Item>(list: readonly Item[]): Item[] {
  return [...new Map(list.map((item) => [JSON.stringify(item), item])).values()];
}
