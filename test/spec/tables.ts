import { readFileSync } from "node:fs";
import { languageTable } from "../../models/select/languages.ts";
import { ATTACKS } from "../../orchestrator/guarantees/catalogue.ts";
import { RUN_STATES } from "../../orchestrator/states/states.ts";
import { TRANSITIONS } from "../../orchestrator/states/table.ts";
import { capabilitiesFile } from "../../policies/build.ts";
import { REASONS } from "../../schema/index.ts";

/** The table of spec/reasons.md, out of the registry. */
export function reasonTable(): string {
  const rows = Object.entries(REASONS).map(
    ([code, { exit, summary, next }]) => `| \`${code}\` | ${exit} | ${summary} | ${cell(next)} |`,
  );
  return ["| code | exit | what it means | what to do next |", "|---|---|---|---|", ...rows].join("\n");
}

/** The table of spec/states.md, out of the transition table. */
export function transitionTable(): string {
  const rows = Object.entries(TRANSITIONS).map(([type, { from, to }]) => {
    const target = to === "same" ? "(stays)" : to === "before_pause" ? "(the state before the pause)" : `\`${to}\``;
    return `| \`${type}\` | ${from.length === RUN_STATES.length - 3 ? "every state that has not ended" : from.map((state) => `\`${state}\``).join(", ")} | ${target} |`;
  });
  return [
    "| event | may happen in | leads to |",
    "|---|---|---|",
    "| `run.opened` | (no run yet) | `INIT` |",
    ...rows,
  ].join("\n");
}

/** The table of spec/models.md: languages by the ends of file names. */
export function languagesTable(): string {
  const rows = languageTable().map(([name, ends]) => `| \`${name}\` | ${ends.join(", ")} |`);
  return ["| language | the name ends in a dot and, or is |", "|---|---|", ...rows].join("\n");
}

/** The table of spec/guarantees.md, out of the catalogue of attacks. */
export function guaranteeTable(): string {
  const rows = ATTACKS.map(({ id, guarantee, remedy }) => `| \`${id}\` | ${guarantee} | ${cell(remedy)} |`);
  return ["| attack | what is guaranteed | what to do when it is broken |", "|---|---|---|", ...rows].join("\n");
}

/** The table of spec/policies.md: what policies may call, by family; operators are left out. */
export function builtinTable(): string {
  const { builtins } = JSON.parse(readFileSync(capabilitiesFile(), "utf8")) as {
    readonly builtins: readonly { readonly name: string; readonly infix?: string }[];
  };
  const families = new Map<string, string[]>();
  for (const { name, infix } of builtins) {
    if (infix !== undefined || name.startsWith("internal.")) continue;
    const family = name.includes(".") ? name.slice(0, name.indexOf(".")) : "";
    families.set(family, [...(families.get(family) ?? []), `\`${name}\``]);
  }
  const rows = [...families].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, names]) => `| ${names.sort().join(", ")} |`);
  return ["| builtins |", "|---|", ...rows].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
