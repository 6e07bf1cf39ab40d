import type { CabincrewError } from "../schema/index.ts";
import { usageError } from "./failure.ts";
import { nearest } from "./suggest.ts";
import { GLOBAL_OPTIONS, nameOf, type Verb } from "./verb.ts";

/** yargs' complaint as a usage error that says what was probably meant. */
export function explained(
  complaint: string,
  argv: readonly string[],
  verb: Verb | undefined,
  verbs: readonly Verb[],
): CabincrewError {
  const unknown = /^Unknown (?:arguments?|commands?): (.*)$/s.exec(complaint)?.[1]?.split(", ")[0];
  const name = verb ? pathOf(verb, verbs) : "";
  const where = verb ? `cabincrew ${name} --help` : "cabincrew --help";
  const see = `See \`${where}\`.`;
  if (unknown === undefined) return usageError(sentence(complaint, verb, name), see);
  const flag = argv.find(
    (word) => word === `--${unknown}` || word.startsWith(`--${unknown}=`) || word === `-${unknown}`,
  );
  if (flag !== undefined) {
    const known = Object.keys({ ...GLOBAL_OPTIONS, ...verb?.options });
    const meant = nearest(unknown, known);
    return usageError(
      `There is no flag ${flag.split("=", 1)[0]}${verb ? ` for \`cabincrew ${name}\`` : ""}.`,
      meant ? `Did you mean --${meant}? ${see}` : see,
    );
  }
  if (verb?.takesCommand) {
    return usageError(
      `"${unknown}" is one word too many: only the workspace stands before \`--\`.`,
      `Put the command after \`--\`: cabincrew ${name} . -- ${unknown} … ; flags that take several values are repeated.`,
    );
  }
  if (verb && verb.verbs.length === 0) return usageError(`"${unknown}" is one word too many.`, see);
  const candidates = verb ? verb.verbs : verbs;
  const meant = nearest(
    unknown,
    candidates.map((candidate) => nameOf(candidate.usage)),
  );
  return usageError(
    `There is no verb "${unknown}".`,
    meant ? `Did you mean \`cabincrew ${verb ? `${name} ` : ""}${meant}\`? ${see}` : see,
  );
}

/** The words that a verb is called with: `key generate` for a verb of a group. */
function pathOf(verb: Verb, verbs: readonly Verb[]): string {
  const group = verbs.find((outer) => outer.verbs.includes(verb));
  return `${group ? `${nameOf(group.usage)} ` : ""}${nameOf(verb.usage)}`;
}

function sentence(message: string, verb: Verb | undefined, name: string): string {
  const line = message.trim().replace(/\s*\n\s*/g, " ");
  const invalid = /^Invalid values: Argument: (.+?), Given: (.+), Choices: (.+)$/.exec(line);
  if (invalid?.[1])
    return `${invalid[1] in (verb?.options ?? {}) ? "--" : ""}${invalid[1]} cannot be ${invalid[2]}; it is one of ${invalid[3]}.`;
  if (verb && line.startsWith("Not enough non-option arguments"))
    return `Something is missing: cabincrew ${name}${verb.usage.slice(nameOf(verb.usage).length)}`;
  const valueless = /^Not enough arguments following: (.+)$/.exec(line);
  if (valueless) return `--${valueless[1]} needs a value.`;
  const missing = /^Missing required arguments?: (.+)$/.exec(line)?.[1]?.split(", ");
  if (missing) return `${missing.map((each) => `--${each}`).join(" and ")} must be given.`;
  return /[.:!?]$/.test(line) ? line : `${line}.`;
}
