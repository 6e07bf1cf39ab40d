/**
 * Files known by what they hold rather than by their name. A guess to one side: what begins as such a file is shown to the pack
 * that asks for it, and what only speaks of one (documentation, a script with a here-document) is not.
 */
import type { PolicyPackInput, PreflightArtifact } from "../../schema/index.ts";
import type { Format } from "./format.ts";

export type Recognized = NonNullable<PolicyPackInput["recognize"]>[number];

/** What holds code, prose, pictures and the like, and is handed to nothing that reads manifests or plans. */
const OTHERS =
  /\.(?:adoc|astro|avif|bat|bmp|c|cc|cfg|cjs|class|clj|cmd|conf|cpp|cs|css|csv|cts|dart|diff|eot|erl|ex|exs|fish|gif|go|gradle|graphql|h|hbs|hcl|hpp|hs|html?|ico|ini|ipynb|jar|java|jpe?g|js|jsonl|jsx|kts?|less|lock|log|lua|m|map|md|mdx|mjs|ml|mod|mp[34]|mts|onnx|otf|patch|pdf|php|pl|png|proto|ps1|py|pyi|r|rb|rego|rs|rst|sass|scala|scss|sh|snap|sql|sum|svelte|svg|swift|tf|tofu|toml|ts|tsv|tsx|ttf|vue|wasm|webp|woff2?|xml|zig|zip|zsh)$/i;
/** JSON, or YAML in its form; two braces are a template. */
const FLOW = /^\s*(?:\{(?!\{)|\[)/;
const KEY =
  /^(?:\uFEFF)?(?:[ \t]*(?:#[^\n]*)?\r?\n|%[^\n]*\r?\n)*["']?(?:apiVersion|kind|metadata|spec|data|items)["']?[ \t]*:/;

/** Whether the name leaves it open what the file holds, and there may be a text to look at. */
export function mayBeAnything({ change, target, name, action }: PreflightArtifact): boolean {
  if (change ? change.op === "delete" || change.entry !== "file" || change.binary : action === "delete") return false;
  return !OTHERS.test(change?.path ?? target ?? name);
}

/** The format to read a text in, if it begins as one of these. */
export function formatIn(text: string, kinds: readonly Recognized[]): Format | undefined {
  if (kinds.includes("kubernetes") && isManifest(text)) return FLOW.test(text) && isJson(text) ? "json" : "yaml";
  return kinds.includes("terraform-plan") && isPlan(text) ? "json" : undefined;
}

/** Texts a manifest may hold beside its keys: JSON may write any of these with escapes. */
export function isManifest(text: string): boolean {
  const escaped = text.includes("\\u00");
  if (!escaped && !(text.includes("apiVersion") && text.includes("kind"))) return false;
  if (FLOW.test(text)) return true;
  return text
    .split(/^---.*$/m)
    .some(
      (part) => KEY.test(part) && /^["']?apiVersion["']?[ \t]*:/m.test(part) && /^["']?kind["']?[ \t]*:/m.test(part),
    );
}

function isPlan(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  const escaped = text.includes("\\u00");
  return (
    (escaped || text.includes('"format_version"')) &&
    (escaped || /"(?:resource_changes|planned_values)"/.test(text)) &&
    isJson(text)
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
