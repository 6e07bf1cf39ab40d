import type { ApprovalSummary, ChangeSummary, RunReport, VerifyReport } from "../../orchestrator/index.ts";
import { type Evaluation, type Finding, type FindingWaiver, REASONS } from "../../schema/index.ts";
import { findingsOf, ruleOf } from "../render/findings.ts";
import { count } from "../render/units.ts";

/** Findings in the one shape that every output format is made from. Texts are raw: each format escapes by its own rules. */
export interface FormatReport {
  readonly title: string;
  readonly outcome: string;
  readonly exitCode: number;
  /** What was looked at; each holds what was found there, nothing when it passed. */
  readonly checks: readonly FormatCheck[];
  readonly facts: readonly (readonly [name: string, value: string])[];
}

export interface FormatCheck {
  readonly name: string;
  /** The check itself broke, so that its denial is not about the plan. */
  readonly broken: boolean;
  readonly problems: readonly FormatProblem[];
  /** What has been shown where there is no problem. */
  readonly claim?: string;
}

export interface FormatProblem {
  readonly rule: string;
  readonly level: "error" | "warning" | "note";
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly fix?: string;
  /** How bad the rule says it is, in its own word. */
  readonly severity?: string;
  /** Where more is said about the rule: an http or https address. */
  readonly help?: string;
  /** What people read for the level, where it is no decision of a judge. */
  readonly word?: string;
  /** The check has no object here: neither passed nor failed. */
  readonly inapplicable?: true;
  /** Set aside by a waiver: `level` is what it became, `was` what the judge had decided. */
  readonly waived?: { readonly was: FormatProblem["level"]; readonly why: string };
}

const LEVELS = { deny: "error", require_approval: "warning", warn: "note" } as const;

/** A run: one check for each policy and model, and one for what stopped the run besides them. */
export function reportOfRun(report: RunReport): FormatReport {
  const checks = report.evaluations.map(checkOf);
  const judged = report.reason === null || ["policy_denied", "awaiting_approval"].includes(report.reason);
  return {
    title: `cabincrew run ${report.run_id}`,
    outcome: report.state,
    exitCode: report.exit_code,
    checks: judged ? checks : [...checks, stopOf(report)],
    facts: [
      ["state", report.state],
      ...(report.decision ? [["decision", report.decision] as const] : []),
      ...(report.reason
        ? [["reason", `${report.reason}: ${report.message ?? REASONS[report.reason].summary}`] as const]
        : []),
      ...(report.changes ? [["changes", changesOf(report.changes)] as const] : []),
      ...(report.plan_token ? [["plan-token", report.plan_token] as const] : []),
      ...(report.approval ? approvalFacts(report.approval) : []),
      ...(report.next ? [["next", report.next] as const] : []),
    ],
  };
}

/** A verification of the ledger: one check for each thing looked at. */
export function reportOfVerification(report: VerifyReport, exitCode: number): FormatReport {
  const problems = report.findings.map((finding) => ({
    rule: finding.code,
    level: "error" as const,
    message: `${finding.where}: ${finding.message}`,
  }));
  return {
    title: "cabincrew verify",
    outcome: report.ok ? "intact" : "not intact",
    exitCode,
    checks: [
      ...report.checked.map((name) => ({ name, broken: false, problems: [] })),
      ...(problems.length > 0 ? [{ name: "findings", broken: false, problems }] : []),
    ],
    facts: [
      ["events", String(report.events)],
      ["runs", String(report.runs)],
    ],
  };
}

/** Evaluations alone, as `policy eval` makes them. */
export function reportOfEvaluations(title: string, evaluations: readonly Evaluation[], exitCode: number): FormatReport {
  return {
    title,
    outcome: exitCode === 0 ? "allowed" : "not allowed",
    exitCode,
    checks: evaluations.map(checkOf),
    facts: [],
  };
}

function checkOf(evaluation: Evaluation): FormatCheck {
  const problems = findingsOf([evaluation]).map((finding) => ({
    rule: ruleOf(finding),
    level: LEVELS[finding.decision],
    message: finding.message,
    ...(finding.file === undefined ? {} : { file: finding.file }),
    ...(finding.line === undefined ? {} : { line: finding.line }),
    ...(finding.fix === undefined ? {} : { fix: finding.fix }),
    ...(finding.severity === undefined ? {} : { severity: finding.severity }),
    ...helpOf(finding),
    ...(finding.waived ? { waived: { was: LEVELS[finding.waived.decision], why: whyWaived(finding.waived) } } : {}),
  }));
  return { name: `${evaluation.source}: ${evaluation.policy_id}`, broken: evaluation.failure !== undefined, problems };
}

/** What people write into the metadata of their rules under one of the usual names. */
function helpOf({ metadata }: Finding): { readonly help?: string } {
  const address = ["url", "help_uri", "helpUri", "link"]
    .map((key) => metadata?.[key])
    .find((each) => each !== undefined);
  return typeof address === "string" && /^https?:\/\/[^\s"<>]+$/.test(address) ? { help: address } : {};
}

function whyWaived({ id, owner, reason, expires }: FindingWaiver): string {
  return `${id} (${owner}, until ${expires}): ${reason}`;
}

function stopOf(report: RunReport): FormatCheck {
  const rule = report.reason ?? "internal";
  return {
    name: "run",
    broken: false,
    problems: [
      {
        rule,
        level: "error",
        message: report.message ?? REASONS[rule].summary,
        fix: report.next ?? REASONS[rule].next,
      },
    ],
  };
}

function changesOf(changes: ChangeSummary): string {
  return `${count(changes.files, "file")}, +${changes.insertions} -${changes.deletions}`;
}

function approvalFacts(approval: ApprovalSummary): [string, string][] {
  return [
    ["approval", `${approval.needed} with role ${approval.required_role}, until ${approval.expires_at}`],
    ["to approve", approval.command],
  ];
}
