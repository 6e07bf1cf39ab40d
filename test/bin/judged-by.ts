import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Which of the shipped packs judge a test's plans: policies by name, without models, or everything that is shipped. To load all costs
 * each run a fifth of its time, and a large plan is judged by each; a test that is about something else needs only one that decides.
 */
export type Judges = readonly string[] | "shipped";

/** The pack whose rules ask for approval and deny where tests of the command line want that. */
export const DEFAULT_PACK: Judges = ["default"];

/** Configures this for the user whose $XDG_CONFIG_HOME this is. */
export function judgedBy(judges: Judges, configHome: string): void {
  if (judges === "shipped") return;
  const directory = path.join(configHome, "cabincrew");
  mkdirSync(directory, { recursive: true });
  const governance = { version: 1, policies: judges.map((name) => `builtin:${name}`), models: [] };
  writeFileSync(path.join(directory, "governance.json"), JSON.stringify(governance));
}
