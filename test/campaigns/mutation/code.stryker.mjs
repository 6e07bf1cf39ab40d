// Approval, authority, the seal of an entry and the fold: code, judged by tests of these modules alone.
import { settings } from "./settings.mjs";

export default settings("code", {
  mutate: [
    "orchestrator/approval/*.ts",
    "orchestrator/authority/{gates,seats,tally,verify-vote,vote}.ts",
    "orchestrator/ledger/chain.ts",
    "orchestrator/runs/fold.ts",
  ],
  ignoreStatic: true,
});
