/** The Rego tests of a pack, run by `opa test` with the pack's data. */
import { CabincrewError } from "../schema/index.ts";
import { noOpa, readOpaVersion, regoFlags, runOpa } from "./opa.ts";
import { listRego } from "./rego-files.ts";
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

/**
 * By file and line, at least one of which ran: a check without tests could not fail. Throws `config_invalid` where none ran, without
 * `opa`, and for what does not compile.
 */
export async function runRegoTests(directory: string, opa: string): Promise<readonly RegoTest[]> {
  const rego = await listRego(directory);
  if ((await readOpaVersion(opa)) === undefined) throw noOpa(`Testing the policies in ${directory}`, opa);
  if (rego.length === 0) throw noneRan(directory, "there is no Rego");
  const { manifest, data } = await writtenHead(directory);
  const documents = data ?? (typeof manifest["data"] === "string" ? [manifest["data"]] : []);
  const flags = ["--format", "json", ...regoFlags(manifest["rego_version"] === "v0")];
  const reports = await reported(opa, ["test", ...flags, ...rego, ...documents], directory);
  if (!reports.some(({ skip }) => !skip))
    throw noneRan(directory, reports.length === 0 ? "it has none" : "all of them are skipped (`todo_`)");
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

function noneRan(directory: string, why: string): CabincrewError {
  return new CabincrewError("config_invalid", `No Rego test of ${directory} ran: ${why}.`, {
    next: "Write rules named test_… in files named …_test.rego, or leave this check out.",
  });
}

function outcomeOf({ fail, error, skip }: Report): RegoTest["outcome"] {
  if (fail || error !== undefined) return "failed";
  return skip ? "skipped" : "passed";
}
