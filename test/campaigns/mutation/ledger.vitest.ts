import { mutationTests } from "./tests.ts";

export default mutationTests([
  "test/orchestrator/ledger/*.test.ts",
  "test/orchestrator/store/{high-water,load,sqlite}.test.ts",
  "test/orchestrator/integrity/{approvals,bindings,chain,entry-text,fold,noted-head,projections}.test.ts",
]);
