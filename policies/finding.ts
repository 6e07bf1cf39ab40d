/** One member of a rule set (`deny contains …`) as a finding: a string, or an object with `msg` as conftest's users write it. */
import type { Finding } from "../schema/index.ts";

/** Longer messages are cut: they are shown to people and recorded. */
const MAX_TEXT = 4096;
const TEXTS = ["rule", "severity", "artifact", "file", "fix", "role"] as const;

/** The finding, or undefined when the member has not this shape; keys not known here are the policy's own business. */
export function parseFinding(member: unknown, decision: Finding["decision"]): Finding | undefined {
  if (typeof member === "string") return member === "" ? undefined : { decision, message: cut(member) };
  if (typeof member !== "object" || member === null || Array.isArray(member)) return undefined;
  const fields = new Map<string, unknown>(Object.entries(member));
  const message = fields.get("msg");
  if (typeof message !== "string" || message === "") return undefined;
  const texts: { [Key in (typeof TEXTS)[number]]?: string } = {};
  for (const key of TEXTS) {
    const text = fields.get(key);
    if (text === undefined) continue;
    if (typeof text !== "string" || text === "") return undefined;
    texts[key] = key === "file" || key === "artifact" || key === "role" ? text : cut(text);
  }
  const line = fields.get("line");
  if (line === undefined) return { decision, message: cut(message), ...texts };
  if (typeof line !== "number" || !Number.isSafeInteger(line) || line < 1) return undefined;
  return { decision, message: cut(message), ...texts, line };
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}
