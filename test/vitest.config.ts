import { defineConfig } from "vitest/config";
import { driverNeed, NAPI_DRIVER } from "../orchestrator/store/sqlite/driver.ts";
import { bundledProduct } from "./bundled.ts";
import { LongestFirst } from "./longest-first.ts";

export default defineConfig(async () => ({
  // Whoever watches wants to see what changes meanwhile.
  plugins: process.argv.includes("run") ? [await bundledProduct()] : [],
  // Tests look into databases themselves, with the release of the library that this Node can use.
  resolve: { alias: driverNeed(process.versions) === "12" ? {} : { "better-sqlite3": NAPI_DRIVER } },
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/build.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    // One more than the processors of the machines that check changes: there is always a test that waits.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    env: { NO_COLOR: "1", NODE_EXTRA_CA_CERTS: "" },
  },
}));
