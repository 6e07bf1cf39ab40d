import { defineConfig } from "vitest/config";

/** Tests that run the mutated modules in their own process; the others see built bundles, which carry no mutant. */
export function mutationTests(include: string[]) {
  return defineConfig({
    test: { include, testTimeout: 60_000, hookTimeout: 60_000, env: { NO_COLOR: "1", NODE_EXTRA_CA_CERTS: "" } },
  });
}
