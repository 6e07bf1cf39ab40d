import { appendFile } from "node:fs/promises";
import { whyOf } from "../../schema/index.ts";
import { visibleJson } from "../render/escape.ts";
import type { Screen } from "../screen.ts";
import type { FINDING_FORMATS } from "../verb.ts";
import { version } from "../version.ts";
import type { FormatReport } from "./report.ts";

export type FindingFormat = (typeof FINDING_FORMATS)[number];

/**
 * Writes findings to stdout in one format. `github` also appends a job summary to the file that $GITHUB_STEP_SUMMARY names;
 * if that fails, it says so and goes on: the format never changes the exit code.
 */
export async function writeFormat(format: FindingFormat, report: FormatReport, screen: Screen): Promise<void> {
  screen.formatted(await textIn(format, report));
  const summary = process.env["GITHUB_STEP_SUMMARY"];
  if (format !== "github" || !summary) return;
  try {
    await appendFile(summary, await textIn("markdown", report));
  } catch (error) {
    screen.alarm(`The job summary could not be written: ${whyOf(error)}`);
  }
}

async function textIn(format: FindingFormat, report: FormatReport): Promise<string> {
  if (format === "sarif") return visibleJson((await import("./sarif.ts")).renderSarif(report, version()));
  if (format === "junit") return (await import("./junit.ts")).renderJunit(report);
  if (format === "github") return (await import("./github.ts")).renderGithub(report);
  if (format === "gitlab") return visibleJson((await import("./gitlab.ts")).renderGitlab(report));
  return (await import("./markdown.ts")).renderMarkdown(report);
}
