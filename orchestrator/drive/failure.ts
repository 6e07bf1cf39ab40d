/** What people are told of a run that failed, so that they know whether anything can have taken effect. */
import type { CabincrewError, Receipt } from "../../schema/index.ts";

/** Message and next step of `error`, by how far take-off had come; `idle`: claimed, but its engine was never started. */
export function toldOf(error: CabincrewError, when: "planning" | "idle" | "under way", runId: string) {
  const sentence = error.message.replace(/\.$/, "");
  const forRun = (next: string) => next.replaceAll("<run>", runId);
  if (when === "idle")
    return {
      message: `${sentence}. The engine was not started, so nothing took effect.`,
      next: forRun("Once there is room, plan again: cabincrew retry <run>"),
    };
  if (when === "under way" && !saysWhatApplied(error))
    return {
      message: `${sentence}. Part of the plan may have taken effect.`,
      next: forRun(`Compare with \`cabincrew diff <run>\` what is there now. ${error.next}`),
    };
  return { message: error.message, next: forRun(error.next) };
}

/** Whether the error itself tells: the plan took effect and was looked at, or the engine's own receipt says that it applied nothing. */
function saysWhatApplied({ code, detail }: CabincrewError): boolean {
  if (code === "outcome_differs" || code === "postflight_denied") return true;
  const receipt = detail["receipt"] as Partial<Receipt> | undefined;
  return (receipt?.diagnostics as { outcome?: unknown } | null | undefined)?.outcome === "not_applied";
}
