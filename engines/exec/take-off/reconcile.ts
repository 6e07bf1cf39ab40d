/** reconcile: compares the workspace with both sides of the plan and changes nothing. */
import type { Invocation } from "../protocol/invocation.ts";
import type { Answer } from "../protocol/serve.ts";
import { Directories } from "./directories.ts";
import { examine } from "./examine.ts";
import { loadPlan } from "./load.ts";
import { conflictsOf, outcomeOf } from "./outcome.ts";

export async function reconcile(invocation: Invocation): Promise<Answer> {
  const changes = loadPlan(invocation.artifactsDir);
  const directories = new Directories(invocation.workspace);
  try {
    const standings = examine(changes, directories);
    return { diagnostics: { outcome: outcomeOf(standings), conflicts: conflictsOf(changes, standings) } };
  } finally {
    directories.closeAll();
  }
}
