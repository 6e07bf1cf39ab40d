import { defineConfig, type UserWorkspaceConfig } from "vitest/config";
import { driverNeed, NAPI_DRIVER } from "../orchestrator/store/sqlite/driver.ts";
import { bundledProduct } from "./bundled.ts";
import { LongestFirst } from "./longest-first.ts";

/** Tests of what a process has but once: its first launch, its children, its descriptors and their limit. */
const ALONE = [
  "test/bin/ahead.test.ts",
  "test/engines/launch/descriptors.test.ts",
  "test/engines/launch/shortage.test.ts",
  "test/orchestrator/drive/judges.test.ts",
  "test/orchestrator/drive/shortage.test.ts",
  "test/orchestrator/ledger/high-water.test.ts",
];

export default defineConfig(async () => {
  const common: UserWorkspaceConfig = {
    // Whoever watches wants to see what changes meanwhile.
    plugins: process.argv.includes("run") ? [await bundledProduct()] : [],
    // Tests look into databases themselves, with the release of the library that this Node can use.
    resolve: { alias: driverNeed(process.versions) === "12" ? {} : { "better-sqlite3": NAPI_DRIVER } },
  };
  const files = {
    root: new URL("..", import.meta.url).pathname,
    setupFiles: ["test/afresh.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    env: { NO_COLOR: "1", NODE_EXTRA_CA_CERTS: "" },
  };
  const all = ["test/**/*.test.ts"];
  return {
    test: {
      root: new URL("..", import.meta.url).pathname,
      globalSetup: ["test/build.ts"],
      // One more than the processors of the machines that check changes: there is always a test that waits.
      maxWorkers: 3,
      sequence: { sequencer: LongestFirst },
      projects: [
        // Their files share processes; test/afresh.ts keeps them apart.
        { ...common, test: { ...files, name: "shared", include: all, exclude: ALONE, isolate: false } },
        { ...common, test: { ...files, name: "alone", include: ALONE, isolate: true } },
      ],
    },
  };
});
