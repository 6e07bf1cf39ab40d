/**
 * The METADATA annotations of a pack's rules, read out of the Rego sources themselves: what documents a pack must be possible to
 * check without opa. A test compares it with what opa reads.
 */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { CabincrewError, isJsonObject, type JsonObject } from "../schema/index.ts";

/** One rule of a rule set with what its author wrote above it. */
export interface AnnotatedRule {
  readonly rule: string;
  readonly decision: "deny" | "require_approval" | "warn";
  readonly severity: string;
  readonly title: string;
  /** Continues the sentence that a file's name begins, or is a sentence. */
  readonly description: string;
  readonly fix: string;
  /** The file, relative to the pack. */
  readonly source: string;
}

const BLOCK = /^# METADATA\n((?:#.*\n)+)(deny|violation|require_approval|warn)\w*\b/gm;
const DECISIONS = ["deny", "require_approval", "warn"] as const;

/** Every annotated rule once, the most severe decision first, then by id. Throws `config_invalid` for one that lacks a text. */
export async function readAnnotatedRules(directory: string): Promise<readonly AnnotatedRule[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".rego") && !name.endsWith("_test.rego"));
  const rules = new Map<string, AnnotatedRule>();
  for (const source of names.sort()) {
    const text = await readFile(path.join(directory, source), "utf8");
    for (const [, comment = "", set = ""] of text.matchAll(BLOCK)) {
      const rule = ruleOf(comment, set, source);
      rules.set(`${rule.decision} ${rule.rule}`, rule);
    }
  }
  const order = ({ decision, rule }: AnnotatedRule) => `${DECISIONS.indexOf(decision)} ${rule}`;
  return [...rules.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function ruleOf(comment: string, set: string, source: string): AnnotatedRule {
  const annotation: unknown = parse(comment.replace(/^# ?/gm, ""));
  const head = isJsonObject(annotation) ? annotation : {};
  const custom = isJsonObject(head["custom"]) ? head["custom"] : {};
  const text = (of: JsonObject, key: string): string => {
    const value = of[key];
    if (typeof value === "string" && value !== "") return value.trim();
    throw new CabincrewError("config_invalid", `${source}: the annotation of a rule in ${set} has no ${key}`);
  };
  return {
    rule: text(custom, "rule"),
    decision: DECISIONS.find((word) => word === set) ?? "deny",
    severity: text(custom, "severity"),
    title: text(head, "title"),
    description: text(head, "description"),
    fix: text(custom, "fix"),
    source,
  };
}
