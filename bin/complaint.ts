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
  const where = verb ? `cabincrew ${nameOf(verb.usage)} --help` : "cabincrew --help";
  const see = `See \`${where}\`.`;
  if (unknown === undefined) return usageError(sentence(complaint, verb), see);
  const flag = argv.find(
    (word) => word === `--${unknown}` || word.startsWith(`--${unknown}=`) || word === `-${unknown}`,
  );
  if (flag !== undefined) {
    const known = Object.keys({ ...GLOBAL_OPTIONS, ...verb?.options });
    const meant = nearest(unknown, known);
    const name = flag.split("=", 1)[0];
    return usageError(
      `There is no flag ${name}${verb ? ` for \`cabincrew ${nameOf(verb.usage)}\`` : ""}.`,
      meant ? `Did you mean --${meant}? ${see}` : see,
    );
  }
  if (verb?.takesCommand) {
    return usageError(
      `"${unknown}" is one word too many: only the workspace stands before \`--\`.`,
      `Put the command after \`--\`: cabincrew ${nameOf(verb.usage)} . -- ${unknown} … ; flags that take several values are repeated.`,
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
    meant ? `Did you mean \`cabincrew ${verb ? `${nameOf(verb.usage)} ` : ""}${meant}\`? ${see}` : see,
  );
}

function sentence(message: string, verb: Verb | undefined): string {
  const line = message.trim().replace(/\s*\n\s*/g, " ");
  const invalid = /^Invalid values: Argument: (.+?), Given: (.+), Choices: (.+)$/.exec(line);
  if (invalid) return `${invalid[1]} cannot be ${invalid[2]}; it is one of ${invalid[3]}.`;
  if (verb && line.startsWith("Not enough non-option arguments"))
    return `Something is missing: cabincrew ${verb.usage}`;
  const valueless = /^Not enough arguments following: (.+)$/.exec(line);
  if (valueless) return `--${valueless[1]} needs a value.`;
  return /[.:!?]$/.test(line) ? line : `${line}.`;
}
