import { readFileSync } from "node:fs";
import path from "node:path";

export const ROOT = path.join(import.meta.dirname, "..", "..");
/** Documents for people whose commands, links and transcripts are tested. */
export const DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];

export function document(name: string): string {
  return readFileSync(path.join(ROOT, name), "utf8");
}

/** What stands between `<!-- name -->` and `<!-- /name -->`, without the fence around it. */
export function blockOf(file: string, name: string): string {
  const [, block] = new RegExp(`<!-- ${name} -->\\n([\\s\\S]*?)<!-- /${name} -->`).exec(document(file)) ?? [];
  if (block === undefined) throw new Error(`${file} has no block ${name}.`);
  return block.replace(/^```\w*\n/, "").replace(/```\n$/, "");
}

/** Command lines of cabincrew in the shell blocks of a document, continued lines joined, as words. */
export function commandsIn(file: string): readonly (readonly string[])[] {
  const blocks = [...document(file).matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block);
  return blocks
    .flatMap((block) => block.replaceAll("\\\\\n", " ").split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").replace(/^\s*(npx )?/, ""))
    .filter((line) => line.startsWith("cabincrew "))
    .map((line) => [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? ""));
}
