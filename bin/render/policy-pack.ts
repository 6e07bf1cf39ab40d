import type { PolicyPackManifest, RegoTest } from "../../orchestrator/index.ts";
import { type Ink, lines, type Shown, safe } from "./shown.ts";
import { table } from "./table.ts";

/** What was built, and what a pack made of a folder was taken for. */
export function renderBuiltPack(directory: string, manifest: PolicyPackManifest, ink: Ink): Shown {
  const { id, version, entrypoints, input, data, wasm_sha256, opa_version } = manifest;
  const view = input?.view ?? "plan";
  const meaning = view === "file" ? "each document of each changed file, as conftest does" : `the ${view} view`;
  return lines(
    safe`${ink.bold(id)} ${version}  ${ink.dim(wasm_sha256.slice(0, 12))}  ${directory}`,
    table(
      ["", ""],
      [
        ["entry points", entrypoints.join(", ")],
        ["sees", `${view === "plan" ? "the plan" : meaning}${input?.include ? `: ${input.include.join(", ")}` : ""}`],
        ["data", data ?? "none"],
        ["opa", opa_version ?? ""],
      ],
    ),
  );
}

/** Every test that failed or was skipped, and how many passed. */
export function renderRegoTests(
  tests: readonly RegoTest[],
  counts: { readonly passed: number; readonly failed: number; readonly skipped: number },
  ink: Ink,
): Shown {
  const word = { passed: ink.green("passed"), failed: ink.red("FAILED"), skipped: ink.dim("skipped") };
  const rows = tests.map(({ outcome, name, file, line }) => [word[outcome], name, `${file}:${line}`]);
  const total = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
  return lines(table(["", "", ""], rows), total);
}
