import type { GovernanceReport, ModelEntry, PolicyEntry } from "../../orchestrator/index.ts";
import { nameOfRule } from "../../schema/index.ts";
import { type Ink, indented, lines, type Showable, type Shown, safe } from "./shown.ts";
import { table } from "./table.ts";
import { count } from "./units.ts";
import { valueText } from "./values.ts";

/** The governance in force and each of its packs; one that does not load is shown with its reason. `all`: with their rules. */
export function renderPolicies(listed: GovernanceReport, ink: Ink, all = false): Shown {
  const rows = [
    ...listed.policies.map((pack) => row("policy", pack, policyFacts(pack), ink)),
    ...listed.models.map((pack) => row("model", pack, modelFacts(pack), ink)),
  ];
  const header = ["KIND", "ID", "VERSION", "FROM", "DIGEST", "SEES"].map((name) => ink.dim(name));
  return lines(
    safe`${ink.bold("governance")}  ${listed.directory ?? listed.source}  ${ink.dim(listed.digest)}`,
    table(header, rows),
    ...(all ? listed.policies.flatMap((pack) => policyDetail(pack, ink)) : []),
    ...listed.waivers.map(
      (waiver) =>
        safe`${ink.bold("waiver")}  ${waiver.id}  ${waiver.rule} becomes ${waiver.to}, ${waiver.expired ? ink.red("expired") : "until"} ${waiver.expires}, by ${waiver.owner}: ${waiver.reason}`,
    ),
  );
}

function row(kind: string, pack: PolicyEntry | ModelEntry, facts: string, ink: Ink): Showable[] {
  if (pack.error !== null)
    return [kind, pack.id, pack.version, pack.origin, "", ink.red(`denies everything: ${pack.error}`)];
  return [kind, pack.id, pack.version, pack.origin, pack.digest.slice(0, 12), facts];
}

function policyFacts({ input, entrypoints = [], rules = [] }: PolicyEntry): string {
  const known = rules.length === 0 ? "" : `, ${count(rules.length, "rule")}`;
  const globs = input?.include
    ? ` of ${input.include.slice(0, 3).join(" ")}${input.include.length > 3 ? " …" : ""}`
    : "";
  return `${input?.view ?? "plan"}${globs}: ${entrypoints.join(", ")}${known}`;
}

function modelFacts({ select, thresholds = {} }: ModelEntry): string {
  const shown = Object.entries(thresholds).map(([decision, score]) => `${decision} at ${score}`);
  return `${select ?? ""}: ${shown.join(", ")}`;
}

function policyDetail({ id, rules = [], data = [] }: PolicyEntry, ink: Ink): Showable[] {
  if (rules.length === 0 && data.length === 0) return [];
  const ruleRows = rules.map((rule) => [nameOfRule(id, rule.rule), rule.severity ?? "", rule.title ?? ""]);
  const dataRows = data.map((value) => [value.name, valueText(value.value), ink.dim(value.set_by)]);
  return [
    "",
    ink.bold(id),
    indented(table(["", "", ""], ruleRows), "  "),
    ...(dataRows.length > 0 ? [indented(table(["", "", ""], dataRows), "  ")] : []),
  ];
}
