// The transition table and the aggregation of decisions: data, read once when a program starts, judged by fast tests.
import { settings } from "./settings.mjs";

export default settings("data", {
  mutate: ["orchestrator/states/*.ts", "policies/decision.ts", "orchestrator/token/document.ts"],
  ignoreStatic: false,
});
