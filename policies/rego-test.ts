/** The Rego tests of a pack, run by `opa test` with the pack's data. */
import { CabincrewError } from "../schema/index.ts";
import { noOpa, readOpaVersion, regoFlags, runOpa } from "./opa.ts";
import { isRegoTest, listRego } from "./rego-files.ts";
import { writtenHead } from "./scaffold.ts";

export interface RegoTest {
  /** `data.main_test.test_limits`. */
  readonly name: string;
  /** Relative to the pack. */
  readonly file: string;
  readonly line: number;
  readonly outcome: "passed" | "failed" | "skipped";
}

interface Report {
  readonly location: { readonly file: string; readonly row: number };
  readonly package: string;
  readonly name: string;
  readonly fail?: boolean;
  readonly error?: unknown;
  readonly skip?: boolean;
}

/** By file and line; none when the pack has no tests. Throws `config_invalid` without `opa` and for what does not compile. */
export async function runRegoTests(directory: string, opa: string): Promise<readonly RegoTest[]> {
  const rego = await listRego(directory);
  if ((await readOpaVersion(opa)) === undefined) throw noOpa(`Testing the policies in ${directory}`, opa);
  if (!rego.some(isRegoTest)) return [];
  const { manifest, data } = await writtenHead(directory);
  const documents = data ?? (typeof manifest["data"] === "string" ? [manifest["data"]] : []);
  const flags = ["--format", "json", ...regoFlags(manifest["rego_version"] === "v0")];
  const reports = await reported(opa, ["test", ...flags, ...rego, ...documents], directory);
  return reports
    .map((report) => ({
      name: `${report.package}.${report.name}`,
      file: report.location.file,
      line: report.location.row,
      outcome: outcomeOf(report),
    }))
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

/** `opa` ends with 2 where a test fails, and says so on stdout; whatever else it says is an error. */
async function reported(opa: string, args: readonly string[], directory: string): Promise<readonly Report[]> {
  try {
    return JSON.parse(await runOpa(opa, args, directory)) as readonly Report[];
  } catch (error) {
    const said = error instanceof CabincrewError ? error.detail["stdout"] : undefined;
    if (typeof said === "string" && said.trimStart().startsWith("[")) return JSON.parse(said) as readonly Report[];
    throw error;
  }
}

function outcomeOf({ fail, error, skip }: Report): RegoTest["outcome"] {
  if (fail || error !== undefined) return "failed";
  return skip ? "skipped" : "passed";
}
