// What appends to the ledger, loads from it and verifies it.
import { settings } from "./settings.mjs";

export default settings("ledger", {
  mutate: [
    "orchestrator/store/sqlite/store.ts",
    "orchestrator/ledger/high-water.ts",
    "orchestrator/integrity/{approvals,bindings,chain,entry-text,fold,noted-head,projections}.ts",
  ],
  ignoreStatic: true,
});
