/** The format that a file's name promises; `.tf.json` is JSON, and what nothing is known of is text. */
export type Format = "json" | "yaml" | "toml" | "text";

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ["json", "json"],
  ["yaml", "yaml"],
  ["yml", "yaml"],
  ["toml", "toml"],
]);

export function formatOf(path: string): Format {
  return FORMATS.get(/\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "") ?? "text";
}
