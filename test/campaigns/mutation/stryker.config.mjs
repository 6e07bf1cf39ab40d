// Mutants of the code on which the guarantees rest: each must make a test fail (README.md of the campaigns tells of survivors).
export default {
  packageManager: "npm",
  plugins: ["@stryker-mutator/vitest-runner"],
  testRunner: "vitest",
  vitest: { configFile: "test/campaigns/mutation/vitest.config.ts", related: false },
  coverageAnalysis: "perTest",
  mutate: [
    "orchestrator/states/table.ts",
    "orchestrator/token/document.ts",
    "orchestrator/approval/*.ts",
    "orchestrator/authority/{gates,seats,tally,verify-vote,vote}.ts",
    "orchestrator/ledger/chain.ts",
    "orchestrator/runs/fold.ts",
    "policies/decision.ts",
  ],
  // What a sentence says is no guarantee; that it is said is.
  mutator: { excludedMutations: ["StringLiteral"] },
  inPlace: true,
  concurrency: 1,
  timeoutMS: 20_000,
  reporters: ["clear-text", "json"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: "dist/mutation.json" },
  tempDirName: "dist/stryker",
  allowConsoleColors: false,
};
