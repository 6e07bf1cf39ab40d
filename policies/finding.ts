/** One member of a rule set (`deny contains …`) as a finding: a string, or an object with `msg` as conftest's users write it. */
import type { Finding, JsonObject } from "../schema/index.ts";

/** Longer messages are cut: they are shown to people and recorded. */
const MAX_TEXT = 4096;
/** Metadata of one finding, as JSON in UTF-16 units; more is not recorded, and its keys say so. */
const MAX_METADATA = 16 * 1024;
const TEXTS = ["rule", "severity", "artifact", "file", "fix", "role"] as const;

/** The finding, or undefined when the member has not this shape; keys not known here are kept as metadata. */
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
  const known = { decision, message: cut(message), ...texts };
  const line = fields.get("line");
  if (line !== undefined && (typeof line !== "number" || !Number.isSafeInteger(line) || line < 1)) return undefined;
  for (const key of ["msg", "line", ...TEXTS]) fields.delete(key);
  return {
    ...known,
    ...(line === undefined ? {} : { line }),
    ...(fields.size === 0 ? {} : { metadata: boundedMetadata(fields) }),
  };
}

/** What was parsed from JSON is JSON. */
function boundedMetadata(fields: ReadonlyMap<string, unknown>): JsonObject {
  const metadata = Object.fromEntries(fields) as JsonObject;
  if (JSON.stringify(metadata).length <= MAX_METADATA) return metadata;
  return { omitted: [...fields.keys()].slice(0, 100).map((key) => key.slice(0, 100)) };
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}
