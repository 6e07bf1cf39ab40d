/** From scores to an evaluation: thresholds, findings that never repeat what they found, evidence (DESIGN section 5). */
import { DECISIONS, type Decision, type Evaluation, type Finding, type ModelManifest } from "../schema/index.ts";
import type { Failure } from "./failure.ts";
import type { OpenModelPack } from "./inspect.ts";
import type { SandboxKind } from "./launch.ts";
import type { AddedLine, AddedText, Unseen } from "./text.ts";

/** More findings than anybody reads are counted, not listed; the most severe are kept. */
const MAX_FINDINGS = 200;
const UNSEEN_MESSAGE = "This text was cut because of its size, so the model did not see all of it.";

/** What was scored and where; `inputDigest` is the SHA-256 of the packed lines. */
export interface Scored {
  readonly text: AddedText;
  /** One score in 0..1 for each line of `text`. */
  readonly scores: Float64Array;
  readonly sandbox: SandboxKind | "not needed";
  readonly inputDigest: string;
}

/** The evaluation of one model that yielded scores. */
export function evaluate(pack: OpenModelPack, scored: Scored): Evaluation {
  const { manifest } = pack;
  const { text, scores } = scored;
  const findings = [...lineFindings(manifest, text.lines, scores), ...text.unseen.map((place) => unseenFinding(place))];
  findings.sort((a, b) => severity(b.decision) - severity(a.decision));
  const max = scores.reduce((highest, score) => Math.max(highest, score), 0);
  return {
    ...head(pack),
    decision: findings[0]?.decision ?? "allow",
    reason: reasonOf(manifest, findings, text.lines.length, max),
    findings: findings.slice(0, MAX_FINDINGS),
    evidence: {
      lines_scored: text.lines.length,
      bytes_scored: text.bytes,
      max_score: max,
      thresholds: manifest.thresholds,
      findings_total: findings.length,
      texts_cut: text.unseen.length,
      binary_not_scored: text.binary,
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

/** The decision a score stands for; undefined below every threshold. */
function decide(manifest: ModelManifest, score: number): Finding["decision"] | undefined {
  const { deny, require_approval, warn } = manifest.thresholds;
  if (deny !== undefined && score >= deny) return "deny";
  if (require_approval !== undefined && score >= require_approval) return "require_approval";
  return warn !== undefined && score >= warn ? "warn" : undefined;
}

function* lineFindings(manifest: ModelManifest, lines: readonly AddedLine[], scores: Float64Array): Generator<Finding> {
  const message = manifest.reason ?? "The model scores this added line above its threshold.";
  for (const [index, { artifact, file, line }] of lines.entries()) {
    const score = scores[index] ?? Number.NaN;
    const decision = decide(manifest, score);
    if (decision === undefined) continue;
    const { fix } = manifest;
    yield {
      decision,
      message,
      rule: manifest.id,
      artifact,
      ...(file ? { file } : {}),
      line,
      score,
      ...(fix ? { fix } : {}),
    };
  }
}

function unseenFinding(place: Unseen): Finding {
  return { decision: "require_approval", message: UNSEEN_MESSAGE, rule: "text-cut", ...place };
}

function severity(decision: Decision): number {
  return DECISIONS.indexOf(decision);
}

function reasonOf(manifest: ModelManifest, findings: readonly Finding[], lines: number, max: number): string {
  const first = findings[0];
  if (!first)
    return lines === 0 ? "no added text" : `${lines} added lines scored, the highest ${max}: below every threshold`;
  const where = [first.file ?? first.artifact, first.line].filter((part) => part !== undefined).join(":");
  const others = findings.length === 1 ? "" : ` and ${findings.length - 1} more`;
  return `${first.rule === manifest.id ? (manifest.reason ?? manifest.id) : first.message} (${where}${others})`;
}
