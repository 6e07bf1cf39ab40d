/**
 * What an entry point answered, understood or refused. Two shapes are understood: a package with rule sets `deny`,
 * `violation`, `warn`, `require_approval` (each also with a suffix, `deny_root`, as conftest allows), and an object with
 * `decision`. Everything else is a failure, hence a deny: an answer that is not understood is never a yes (DESIGN section 5).
 */
import type { Decision, Finding } from "../schema/index.ts";
import { type Excepted, exceptionName, parseExceptions } from "./exception.ts";
import { type Failure, type FailureCode, failed, type Outcome } from "./failure.ts";
import { parseFinding } from "./finding.ts";

export interface Verdict {
  readonly decision: Decision;
  readonly reason?: string;
  /** The most severe first, then by file and line; at most MAX_FINDINGS and those needed so that no role is lost. */
  readonly findings: readonly Finding[];
  /** How many there were before the list was shortened. */
  readonly counts: Readonly<Record<Finding["decision"], number>>;
  /** What exceptions of the policy itself lifted, and how many there were before the list was shortened. */
  readonly excepted?: { readonly count: number; readonly findings: readonly Excepted[] };
  /** How many documents it is about, when each was judged on its own. */
  readonly documents?: number;
  /** Why one of these documents could not be judged; the others are all the same. */
  readonly failure?: FailureCode;
}

/** What was answered for one document, and where that document is. */
export interface Part {
  readonly outcome: Outcome<Verdict>;
  readonly place?: { readonly artifact: string; readonly file: string };
}

/** More findings than anybody reads are counted, not listed. */
export const MAX_FINDINGS = 500;
const SEVEREST_FIRST = ["deny", "require_approval", "warn"] as const;
/** Names of rule sets that judge. */
export const RULE_SET = /^(deny|violation|warn|require_approval)(?:_\w+)?$/;

/** Understands OPA's result set of one entry point; lists at most `most` findings. */
export function parseResultSet(resultSet: unknown, most = MAX_FINDINGS): Outcome<Verdict> {
  if (!Array.isArray(resultSet)) return failed("result_unknown", "its answer is not a result set");
  if (resultSet.length !== 1) return failed("result_undefined", "its entry point is undefined for this plan");
  const result = fieldsOf(resultSet[0])?.get("result");
  if (result === undefined) return failed("result_undefined", "its entry point is undefined for this plan");
  const fields = fieldsOf(result);
  if (!fields) return failed("result_unknown", `its entry point answered ${kindOf(result)} instead of a package`);
  const sets = [...fields].filter(([key]) => RULE_SET.test(key));
  const object = fields.has("decision");
  if (sets.length === 0 && !object)
    return failed(
      "result_unknown",
      "its answer has none of `deny`, `violation`, `warn`, `require_approval`, `decision`",
    );
  const lifted = parseExceptions(fields.get("exception"));
  if (!lifted) return failed("result_invalid", "its `exception` is not a set of lists of rule names");
  const findings: Finding[] = [];
  const excepted: Excepted[] = [];
  for (const [key, members] of sets) {
    const found: Finding[] = [];
    const refused = collect(found, key, members, decisionOfSet(key));
    if (refused) return { failure: refused };
    if (lifted.has(exceptionName(key))) excepted.push(...found.map((finding) => ({ ...finding, set: key })));
    else findings.push(...found);
  }
  const answer = object ? parseDecisionObject(fields, findings, most) : { value: verdict(findings, most) };
  return "failure" in answer ? answer : { value: { ...answer.value, ...liftedOf(excepted, excepted.length, most) } };
}

/** What is recorded of `count` lifted findings. */
export function liftedOf(
  excepted: readonly Excepted[],
  count = excepted.length,
  most = MAX_FINDINGS,
): Pick<Verdict, "excepted"> {
  return count === 0 ? {} : { excepted: { count, findings: [...excepted].sort(compareFindings).slice(0, most) } };
}

/** `{decision, reason?, violations?, warnings?}`; what it lists may tighten the word, never contradict it. */
function parseDecisionObject(
  fields: ReadonlyMap<string, unknown>,
  findings: Finding[],
  most: number,
): Outcome<Verdict> {
  const decision = decisionWord(fields.get("decision"));
  if (!decision)
    return failed("decision_unknown", `its decision is ${kindOf(fields.get("decision"))}, which is unknown`);
  const reason = fields.get("reason");
  if (reason !== undefined && typeof reason !== "string")
    return failed("result_invalid", "its `reason` is not a string");
  const refused =
    collect(
      findings,
      "violations",
      fields.get("violations") ?? [],
      decision === "require_approval" ? decision : "deny",
    ) ?? collect(findings, "warnings", fields.get("warnings") ?? [], "warn");
  if (refused) return { failure: refused };
  const listed = verdict(findings, most);
  const severest = [...SEVEREST_FIRST, "allow" as const].find((word) => word === decision || word === listed.decision);
  if (severest !== decision && fields.has("violations") && listed.decision !== "warn")
    return failed("result_invalid", `its decision is ${decision}, yet it lists violations`);
  return { value: { ...listed, decision: severest ?? "deny", ...(reason ? { reason } : {}) } };
}

/** Adds the members of one set; returns the failure when they cannot be understood. */
function collect(
  findings: Finding[],
  key: string,
  members: unknown,
  decision: Finding["decision"],
): Failure | undefined {
  if (!Array.isArray(members))
    return failed("result_invalid", `its \`${key}\` is ${kindOf(members)} instead of a set of messages`).failure;
  for (const member of members) {
    const finding = parseFinding(member, decision);
    if (!finding)
      return failed("result_invalid", `a member of its \`${key}\` is neither a message nor an object with \`msg\``)
        .failure;
    findings.push(finding);
  }
  return undefined;
}

/** One verdict of many documents: every finding gets the place of its document, and a failure is a finding that denies. */
export function combine(parts: readonly Part[], documents: number): Verdict {
  const counts = { deny: 0, require_approval: 0, warn: 0 };
  const findings: Finding[] = [];
  const excepted: Excepted[] = [];
  let lifted = 0;
  let severest: Decision = "allow";
  let reason: string | undefined;
  let failure: FailureCode | undefined;
  for (const { outcome, place } of parts) {
    const answer = "failure" in outcome ? denied(outcome.failure, place?.file) : outcome.value;
    if ("failure" in outcome) failure ??= outcome.failure.code;
    for (const word of SEVEREST_FIRST) counts[word] += answer.counts[word];
    for (const finding of answer.findings) findings.push({ ...finding, ...place });
    lifted += answer.excepted?.count ?? 0;
    for (const finding of answer.excepted?.findings ?? []) excepted.push({ ...finding, ...place });
    const severer = [...SEVEREST_FIRST, "allow" as const].find((word) => word === answer.decision || word === severest);
    if (severer !== severest) reason = answer.reason;
    severest = severer ?? "deny";
  }
  const { findings: kept } = verdict(findings);
  return {
    decision: severest,
    findings: kept,
    counts,
    ...liftedOf(excepted, lifted),
    documents,
    ...(reason === undefined ? {} : { reason }),
    ...(failure === undefined ? {} : { failure }),
  };
}

function denied({ sentence }: Failure, file = "a document"): Verdict {
  const finding: Finding = { decision: "deny", message: `${file} could not be judged: ${sentence}` };
  return { decision: "deny", findings: [finding], counts: { deny: 1, require_approval: 0, warn: 0 } };
}

/** The verdict that follows from findings alone. */
export function verdict(findings: readonly Finding[], most = MAX_FINDINGS): Verdict {
  const sorted = SEVEREST_FIRST.map((decision) =>
    findings.filter((finding) => finding.decision === decision).sort(compareFindings),
  );
  const roles = new Set<string>();
  const kept = sorted.flat().filter(({ role }, index) => {
    const unseen = role !== undefined && !roles.has(role);
    if (role !== undefined) roles.add(role);
    return index < most || unseen;
  });
  const [deny = 0, require_approval = 0, warn = 0] = sorted.map((list) => list.length);
  return { decision: kept[0]?.decision ?? "allow", findings: kept, counts: { deny, require_approval, warn } };
}

/** By place, then rule, then message: sets have no order of their own, and people read file by file. */
function compareFindings(a: Finding, b: Finding): number {
  return (
    compareText(a.file, b.file) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    compareText(a.rule, b.rule) ||
    compareText(a.message, b.message)
  );
}

function compareText(a = "", b = ""): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function decisionOfSet(key: string): Finding["decision"] {
  if (key.startsWith("warn")) return "warn";
  return key.startsWith("require_approval") ? "require_approval" : "deny";
}

function decisionWord(value: unknown): Decision | undefined {
  return ([...SEVEREST_FIRST, "allow"] as const).find((word) => word === value);
}

/** Own members only: a parsed document may well be asked for `constructor`. */
function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 80));
  return typeof value === "object" ? "an object" : `the ${typeof value} ${String(value)}`;
}
