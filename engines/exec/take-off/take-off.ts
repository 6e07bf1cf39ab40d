/** take-off: all preconditions first, then the changes; what is done already is skipped, so it can be repeated. */
import { toCabincrewError } from "../../../schema/index.ts";
import type { Invocation } from "../protocol/invocation.ts";
import type { Answer } from "../protocol/serve.ts";
import { applyChanges, removeTemporaries } from "./apply.ts";
import { Directories } from "./directories.ts";
import { examine } from "./examine.ts";
import { loadPlan } from "./load.ts";
import { conflictsOf, outcomeOf } from "./outcome.ts";

export async function takeOff(invocation: Invocation): Promise<Answer> {
  const changes = loadPlan(invocation.artifactsDir);
  const directories = new Directories(invocation.workspace);
  try {
    const standings = examine(changes, directories);
    const conflicts = conflictsOf(changes, standings);
    if (conflicts.length > 0)
      return {
        error: `Take-off was refused before it wrote anything: ${conflicts.slice(0, 5).join(", ")} ${conflicts.length === 1 ? "is" : "are"} not as planned on. Plan again.`,
        diagnostics: { outcome: outcomeOf(standings), conflicts },
      };
    const open = changes.filter((_, at) => standings[at] !== "new");
    try {
      await applyChanges(open, directories);
    } catch (error) {
      const why = toCabincrewError(error, "takeoff_failed", "Take-off failed on the way");
      const sentence = directories.named(why.message);
      directories.closeAll();
      removeTemporaries(open, directories);
      return { error: sentence, diagnostics: { outcome: outcomeOf(examine(changes, directories)) } };
    }
    return { diagnostics: { outcome: "applied", changed: open.length, already: changes.length - open.length } };
  } finally {
    directories.closeAll();
  }
}
