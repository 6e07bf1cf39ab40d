// What both mutation runs share. Each mutant must make a test fail; what a sentence says is no guarantee, that it is said is.
export const settings = (name, { mutate, ignoreStatic }) => ({
  packageManager: "npm",
  plugins: ["@stryker-mutator/vitest-runner"],
  testRunner: "vitest",
  vitest: { configFile: `test/campaigns/mutation/${name}.vitest.ts`, related: false },
  // None: it is read with an interface that this project's TypeScript no longer has, and nothing here depends on it.
  tsconfigFile: "no-tsconfig.json",
  coverageAnalysis: "perTest",
  ignoreStatic,
  mutate,
  mutator: { excludedMutations: ["StringLiteral"] },
  // The campaign runs this in a clone; Stryker's own copies lose the execute bits that test engines need.
  inPlace: true,
  // Types are stripped, not checked; and files that are not mutated keep their execute bits.
  disableTypeChecks: false,
  concurrency: 1,
  timeoutMS: 20_000,
  reporters: ["clear-text", "json"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: `dist/mutation-${name}.json` },
  tempDirName: "dist/mutation-backup",
  allowConsoleColors: false,
});
