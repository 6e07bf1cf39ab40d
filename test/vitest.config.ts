import { defineConfig } from "vitest/config";
import { bundledProduct } from "./bundled.ts";

export default defineConfig(async () => ({
  plugins: [await bundledProduct()],
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/build.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    env: { NO_COLOR: "1", NODE_EXTRA_CA_CERTS: "" },
  },
}));
