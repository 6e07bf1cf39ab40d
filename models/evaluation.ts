/** From scores to an evaluation: thresholds, findings that never repeat what they found, evidence (DESIGN section 5). */
import { DECISIONS, type Decision, type Evaluation, type Finding, type ModelThresholds } from "../schema/index.ts";
import type { Failure } from "./failure.ts";
import type { OpenModelPack } from "./inspect.ts";
import type { SandboxKind } from "./launch.ts";
import { fillReason, type ScoreColumn, scoreColumns } from "./manifest.ts";
import type { Place, Selection } from "./select/index.ts";

/** More findings than anybody reads are counted, not listed; the most severe are kept. */
const MAX_FINDINGS = 200;
const MAX_MESSAGE = 1_000;
const SCORED = {
  "added-lines": "lines",
  "added-chunks": "chunks",
  files: "files",
  bodies: "bodies",
  artifacts: "artifacts",
} as const;
const NOUN = { ...SCORED, "added-lines": "added lines", "added-chunks": "added chunks" };
const UNSEEN_MESSAGE = {
  cut: "This text was cut because of its size, so the model did not see all of it.",
  whole: "This text could not be read as UTF-8 of at most 1 MiB, so the model did not see it.",
};

/** What was scored and where; `inputDigest` is the SHA-256 of the packed units. */
export interface Scored {
  readonly selection: Selection;
  /** For each unit one score in 0..1 for each column of the manifest. */
  readonly scores: Float64Array;
  readonly sandbox: SandboxKind | "not needed";
  readonly inputDigest: string;
}

/** The evaluation of one model that yielded scores. */
export function evaluate(pack: OpenModelPack, scored: Scored): Evaluation {
  const { manifest } = pack;
  const { selection } = scored;
  const columns = scoreColumns(manifest);
  const findings = [...scoreFindings(pack, columns, scored), ...selection.unseen.map((place) => unseen(pack, place))];
  findings.sort((a, b) => severity(b.decision) - severity(a.decision));
  const highest = columns.map((_, column) => highestOf(scored.scores, column, columns.length));
  // What decides nothing, an `ordinary` class for example, says nothing about how near the plan came to a finding.
  const max = Math.max(0, ...highest.filter((_, column) => Object.keys(columns[column]?.thresholds ?? {}).length > 0));
  return {
    ...head(pack),
    decision: findings[0]?.decision ?? "allow",
    reason: reasonOf(pack, findings, selection.units.length, max),
    findings: findings.slice(0, MAX_FINDINGS),
    evidence: {
      [`${SCORED[manifest.input.select]}_scored`]: selection.units.length,
      bytes_scored: selection.bytes,
      ...(columns.some(({ name }) => name !== undefined)
        ? { max_scores: Object.fromEntries(columns.map(({ name = "" }, index) => [name, highest[index]])) }
        : { max_score: max }),
      thresholds:
        manifest.thresholds ?? Object.fromEntries(columns.map(({ name = "", thresholds }) => [name, thresholds])),
      findings_total: findings.length,
      texts_cut: selection.unseen.length,
      binary_not_scored: selection.binary,
      sandbox: scored.sandbox,
      input_sha256: scored.inputDigest,
      pack_sha256: pack.digest,
    },
  };
}

/** The deny of a model that yielded nothing; `name` stands in for the id of a pack that could not be read. */
export function evaluateFailure(pack: OpenModelPack | string, failure: Failure): Evaluation {
  const known = typeof pack === "string" ? { source: "onnx" as const, policy_id: pack } : head(pack);
  return {
    ...known,
    decision: "deny",
    reason: `The model ${known.policy_id} could not judge this plan: ${failure.sentence}`,
    failure: failure.code,
    findings: [],
    evidence: {},
  };
}

function head(pack: OpenModelPack) {
  return { source: "onnx" as const, policy_id: pack.id, version: pack.version, digest: pack.manifest.sha256 };
}

function highestOf(scores: Float64Array, column: number, columns: number): number {
  let highest = 0;
  for (let at = column; at < scores.length; at += columns) highest = Math.max(highest, scores[at] ?? 0);
  return highest;
}

/** The decision a score stands for; undefined below every threshold. */
function decide({ deny, require_approval, warn }: ModelThresholds, score: number): Finding["decision"] | undefined {
  if (deny !== undefined && score >= deny) return "deny";
  if (require_approval !== undefined && score >= require_approval) return "require_approval";
  return warn !== undefined && score >= warn ? "warn" : undefined;
}

function* scoreFindings(
  { manifest }: OpenModelPack,
  columns: readonly ScoreColumn[],
  { selection, scores }: Scored,
): Generator<Finding> {
  const template = manifest.reason ?? defaultReason(manifest.input.select);
  const { fix } = manifest;
  for (const [index, { artifact, file, line }] of selection.units.entries()) {
    for (const [column, { name, thresholds }] of columns.entries()) {
      const score = scores[index * columns.length + column] ?? Number.NaN;
      const decision = decide(thresholds, score);
      if (decision === undefined) continue;
      yield {
        decision,
        message: fillReason(template, { class: name, score, file: file ?? artifact, line }).slice(0, MAX_MESSAGE),
        rule: name ?? manifest.id,
        artifact,
        ...(file ? { file } : {}),
        ...(line === undefined ? {} : { line }),
        score,
        ...(fix ? { fix } : {}),
      };
    }
  }
}

function defaultReason(select: keyof typeof SCORED): string {
  return select === "added-lines"
    ? "The model scores this added line above its threshold."
    : "The model scores this above its threshold.";
}

function unseen({ manifest: { input } }: OpenModelPack, place: Place): Finding {
  const message = input.select === "files" || input.select === "bodies" ? UNSEEN_MESSAGE.whole : UNSEEN_MESSAGE.cut;
  return { decision: input.unseen ?? "require_approval", message, rule: "text-cut", ...place };
}

function severity(decision: Decision): number {
  return DECISIONS.indexOf(decision);
}

function reasonOf({ manifest }: OpenModelPack, findings: readonly Finding[], units: number, max: number): string {
  const first = findings[0];
  const { select } = manifest.input;
  if (!first)
    return units === 0
      ? select === "added-lines"
        ? "no added text"
        : "nothing to score"
      : `${units} ${NOUN[select]} scored, the highest ${max}: below every threshold`;
  const where = [first.file ?? first.artifact, first.line].filter((part) => part !== undefined).join(":");
  const others = findings.length === 1 ? "" : ` and ${findings.length - 1} more`;
  return `${first.score === undefined || manifest.reason ? first.message : first.rule} (${where}${others})`;
}
