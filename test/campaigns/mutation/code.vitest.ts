import { mutationTests } from "./tests.ts";

export default mutationTests([
  "test/orchestrator/{authority,approval,ledger,runs,states,store}/*.test.ts",
  "test/orchestrator/drive/approval.test.ts",
  "test/orchestrator/integrity/verify.test.ts",
]);
