import { mutationTests } from "./tests.ts";

export default mutationTests(["test/orchestrator/{authority,approval,ledger,runs,states}/*.test.ts"]);
