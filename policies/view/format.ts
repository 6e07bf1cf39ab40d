/** The format that a file's name promises; `.tf.json` is JSON, what nothing is known of is text, and SQL is only read where a pack asks for it. */
export type Format = "json" | "yaml" | "toml" | "sql" | "text";

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ["json", "json"],
  ["yaml", "yaml"],
  ["yml", "yaml"],
  ["toml", "toml"],
]);

export function formatOf(path: string): Format {
  return FORMATS.get(/\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "") ?? "text";
}
