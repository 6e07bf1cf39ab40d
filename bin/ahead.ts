/**
 * What dist/ahead.cjs is made of: small, so that the process for models stands and starts while the rest of the command line
 * is still being loaded. Importing more into it makes every command start later.
 */
import { type BegunRun, beginRun } from "../orchestrator/index.ts";
import { ownWords } from "./own-words.ts";

/** Words that ask for a text, of whatever verb. */
const TEXTS = new Set(["help", "--help", "-h", "--get-yargs-completions"]);

/**
 * A run waits longest for its judges, so the slowest begins before the command line is even parsed. It is a guess from the
 * words alone; a wrong one costs a process that ends with the command.
 */
export function beginAhead(argv: readonly string[]): BegunRun | undefined {
  const own = ownWords(argv);
  if (!own.some((word) => word === "run" || word === "plan") || own.some((word) => TEXTS.has(word))) return undefined;
  const named = own.find((word) => word.startsWith("--sandbox="))?.slice("--sandbox=".length);
  const sandbox = named ?? (own.includes("--sandbox") ? own[own.indexOf("--sandbox") + 1] : "auto");
  if (sandbox !== "auto" && sandbox !== "required" && sandbox !== "off") return undefined;
  return beginRun(sandbox);
}
