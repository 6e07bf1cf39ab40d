/** Rules as their Rego announces them: METADATA annotations (a comment block of YAML) that name a rule under `custom`. */

export interface RuleDescription {
  /** The id its findings carry. */
  readonly rule: string;
  readonly title?: string;
  readonly description?: string;
  readonly severity?: string;
  readonly fix?: string;
  /** File and line of the annotation. */
  readonly source: string;
}

/** The rules of one source. An annotation that is not YAML is passed over: it is documentation, nothing depends on it. */
export async function parseAnnotations(rego: string, file: string): Promise<RuleDescription[]> {
  const rules: RuleDescription[] = [];
  for (const { text, line } of blocksOf(rego)) {
    const { parseDocument } = await import("yaml");
    const document = parseDocument(text, { schema: "core", logLevel: "silent" });
    const value: unknown = document.errors.length > 0 ? null : document.toJS({ maxAliasCount: 0 });
    const { title, description, custom } = fieldsOf(value);
    const { rule, severity, fix } = fieldsOf(custom);
    if (typeof rule !== "string" || rule === "") continue;
    const texts = Object.entries({ title, description, severity, fix }).filter(([, each]) => typeof each === "string");
    rules.push({ rule, ...Object.fromEntries(texts), source: `${file}:${line}` });
  }
  return rules;
}

interface Fields {
  readonly [key: string]: unknown;
  readonly title?: unknown;
  readonly description?: unknown;
  readonly custom?: unknown;
  readonly rule?: unknown;
  readonly severity?: unknown;
  readonly fix?: unknown;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function* blocksOf(rego: string): Generator<{ readonly text: string; readonly line: number }> {
  const all = rego.split(/\r?\n/);
  for (let index = 0; index < all.length; index += 1) {
    if (!/^#\s*METADATA\s*$/.test(all[index] ?? "")) continue;
    const line = index + 1;
    const text: string[] = [];
    while (all[index + 1]?.startsWith("#")) {
      index += 1;
      text.push((all[index] ?? "").slice(1).replace(/^ /, ""));
    }
    yield { text: text.join("\n"), line };
  }
}
