import { defineConfig } from "vitest/config";

/** The tests that run the mutated modules in their own process; the others see built bundles, which carry no mutant. */
export default defineConfig({
  test: {
    root: new URL("../../..", import.meta.url).pathname,
    include: [
      "test/orchestrator/{authority,states,store}/*.test.ts",
      "test/orchestrator/drive/{approval,integrity,run}.test.ts",
      "test/orchestrator/integrity/verify.test.ts",
      "test/orchestrator/{approval,token,ledger,runs}/*.test.ts",
      "test/policies/decision.test.ts",
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { NO_COLOR: "1", NODE_EXTRA_CA_CERTS: "" },
  },
});
