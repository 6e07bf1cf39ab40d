import { GLOBAL_OPTIONS, type Verb } from "./verb.ts";

/** Top-level help, made of the same definitions as each verb's own, without loading the parser. */
export function overview(verbs: readonly Verb[]): string {
  const width = Math.max(
    ...verbs.map((verb) => verb.usage.length),
    ...Object.keys(GLOBAL_OPTIONS).map((name) => name.length + 2),
  );
  const row = (left: string, right: string) => `  ${left.padEnd(width)}  ${right}`;
  return [
    "cabincrew <verb> [flags]",
    "",
    "Runs any automation so that nothing takes effect before it was planned, hashed, judged, approved and re-verified.",
    "",
    "Verbs:",
    ...verbs.map((verb) => row(verb.usage, verb.summary)),
    "",
    "Everywhere:",
    ...Object.entries(GLOBAL_OPTIONS).map(([name, option]) => row(`--${name}`, option.describe)),
    row("--help", "Help; of a verb: cabincrew <verb> --help"),
    row("--version", "The version; without a verb"),
    "",
    "Examples:",
    ...verbs
      .slice(0, 4)
      .flatMap((verb) => verb.examples.slice(0, 1).map(([command, meaning]) => `  ${command}\n      ${meaning}`)),
    "",
    "Exit codes:",
    ...EXIT_MEANINGS.map(([code, meaning]) => `  ${code.padEnd(9)} ${meaning}`),
    "",
  ].join("\n");
}

/** DESIGN section 8. */
export const EXIT_MEANINGS = [
  ["0", "completed, or nothing to do"],
  ["1", "failed: engine or internal error"],
  ["2", "usage or configuration error; nothing was run"],
  ["3", "waiting for approval, or paused; nothing has taken effect"],
  ["4", "denied by policy or model"],
  ["5", "integrity: token, artifact, workspace, governance, approval or ledger does not match"],
  ["6", "rejected by a person, or the approval expired"],
  ["7", "engine time-out or limit"],
  ["8", "busy: another process drives this run"],
  ["9", "outcome unknown: take-off was interrupted and needs evidence"],
  ["130, 143", "interrupted; the run can be resumed"],
] as const;
