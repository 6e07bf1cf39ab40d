import { mutationTests } from "./tests.ts";

export default mutationTests(["test/orchestrator/{states,token}/*.test.ts", "test/policies/decision.test.ts"]);
