/** From what a pack answered to evaluations, one an entry point (DESIGN section 5). */
import type { Decision, Evaluation, Finding } from "../schema/index.ts";
import type { Failure, Outcome } from "./failure.ts";
import type { OpenPolicyPack } from "./pack-files.ts";
import type { Verdict } from "./result.ts";

/** Facts every evaluation of one judging records, besides those of its pack. */
export interface Judged {
  readonly origin: string;
  /** SHA-256 of the canonical input document; absent when it could not be made. */
  readonly input_sha256?: string;
  /** SHA-256 of the data document in force, overrides included. */
  readonly data_sha256?: string;
  /** What the pack was shown beside the plan: SHA-256 over the texts and how they were read. */
  readonly view?: { readonly view: string; readonly artifacts: number; readonly texts_sha256: string };
  /** In how many parts it saw the plan; absent where it saw it whole. */
  readonly parts?: number;
}

/** The evaluations of a pack that was loaded: one outcome an entry point. */
export function evaluations(
  pack: OpenPolicyPack,
  outcomes: readonly Outcome<Verdict>[],
  judged: Judged,
): readonly Evaluation[] {
  return pack.manifest.entrypoints.map((entrypoint, index) => {
    const outcome = outcomes[index] ?? { failure: { code: "crashed" as const, sentence: "it gave no answer" } };
    const head = { ...headOf(pack, entrypoint), evidence: { ...evidenceOf(pack, entrypoint, judged) } };
    if ("failure" in outcome) return { ...head, ...denyOf(head.policy_id, outcome.failure) };
    const { decision, findings, counts, reason, documents, excepted, failure } = outcome.value;
    return {
      ...head,
      decision,
      reason: reason ?? reasonOf(decision, findings, excepted?.count, documents),
      ...(failure === undefined ? {} : { failure }),
      findings,
      evidence: {
        ...head.evidence,
        findings: counts,
        ...(excepted ? { excepted } : {}),
        ...(documents === undefined ? {} : { documents }),
      },
    };
  });
}

/** The deny of a pack that could not even be read; `name` stands in for its id. */
export function unreadable(name: string, failure: Failure, judged: Judged): Evaluation {
  return { source: "opa", policy_id: name, ...denyOf(name, failure), evidence: { ...judged } };
}

function headOf({ id, version, manifest }: OpenPolicyPack, entrypoint: string) {
  const policy_id = manifest.entrypoints.length === 1 ? id : `${id}/${entrypoint}`;
  return { source: "opa" as const, policy_id, version, digest: manifest.wasm_sha256 };
}

function evidenceOf(pack: OpenPolicyPack, entrypoint: string, judged: Judged) {
  return { entrypoint, pack_sha256: pack.digest, ...judged };
}

function denyOf(name: string, { code, sentence }: Failure) {
  const reason = `The policy ${name} could not judge this plan: ${sentence}`;
  return { decision: "deny" as const, reason, failure: code, findings: [] };
}

function reasonOf(decision: Decision, findings: readonly Finding[], excepted = 0, documents?: number): string {
  const first = findings[0];
  if (!first && decision !== "allow") return `its decision is ${decision}, without a reason`;
  if (!first && documents === 0) return "no file of the plan is of the kind it judges, so it was asked about nothing";
  if (!first) return excepted === 0 ? "no rule objects" : `no rule objects, with ${excepted} excepted by the policy`;
  const others = findings.length === 1 ? "" : ` (and ${findings.length - 1} more)`;
  return `${first.message}${others}`;
}
