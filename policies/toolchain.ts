/** Building and testing packs, for the library: what needs `opa` is loaded only when it is asked for. */
import type { PolicyPackManifest } from "../schema/index.ts";
import type { BuildOptions } from "./build.ts";
import type { RegoTest } from "./rego-test.ts";

/** Builds the pack in a folder, making one of a folder with Rego alone. Throws `config_invalid` with what opa says. */
export async function buildPolicyPack(directory: string, options: BuildOptions): Promise<PolicyPackManifest> {
  return (await import("./build.ts")).buildPolicyPack(directory, options);
}

/** Runs the Rego tests of a folder. Throws `config_invalid` without `opa`, for tests that do not compile, and where none ran. */
export async function testPolicyPack(
  directory: string,
  options: { readonly opa: string },
): Promise<readonly RegoTest[]> {
  return (await import("./rego-test.ts")).runRegoTests(directory, options.opa);
}
