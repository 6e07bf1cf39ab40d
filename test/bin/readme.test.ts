import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { EXIT_MEANINGS } from "../../bin/overview.ts";
import { parseCommandLine } from "../../bin/parse.ts";
import { VERBS } from "../../bin/verbs.ts";
import { EXIT, REASONS } from "../../schema/index.ts";
import { blockOf, commandsIn, DOCUMENTS, document, ROOT } from "./documents.ts";

/** Ids, digests, people, times and durations differ from run to run, events with the packs that are shipped; nothing else may. */
const steady = (text: string) =>
  text
    .replace(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, "RUN")
    .replace(/\b[0-9a-f]{12,64}\b/g, "TOKEN")
    .replace(/by \S+ \(identity/g, "by PERSON (identity")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replace(/ *\d+(\.\d+)? m?s\b/g, " DURATION")
    .replace(/\b\d+ events\b/g, "EVENTS")
    .replace(/#\d+ TOKEN/g, "#N TOKEN");

describe("what the documents show", () => {
  test("is in the output of the shipped example, line by line and in order", () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [path.join(ROOT, "spec", "examples", "agent", "example.mjs")],
      {
        encoding: "utf8",
      },
    );
    expect(status, stderr).toBe(0);
    const printed = steady(stderr).split("\n");
    let from = 0;
    for (const line of steady(blockOf("README.md", "example")).trimEnd().split("\n")) {
      if (line === "…" || line === "$ npm run example") continue;
      const at = printed.indexOf(line, from);
      expect(at, `the example no longer prints: ${line}`).toBeGreaterThanOrEqual(0);
      from = at + 1;
    }
  });

  test("lists the exit codes and, for each, the reasons of the registry", () => {
    const reasons = (code: string) =>
      Object.entries(REASONS)
        .filter(([, { exit }]) => code.split(", ").map(Number).includes(exit))
        .map(([name]) => `\`${name}\``)
        .join(", ");
    const rows = EXIT_MEANINGS.map(([code, meaning]) => `| ${code} | ${meaning} | ${reasons(code)} |`);
    expect(blockOf("README.md", "exit codes").trim().split("\n").slice(2)).toEqual(rows);
    const meant = EXIT_MEANINGS.flatMap(([code]) => code.split(", ").map(Number)).sort((a, b) => a - b);
    expect(meant).toEqual(Object.values(EXIT).sort((a, b) => a - b));
  });

  test.each(DOCUMENTS)("%s names only commands and flags that exist", async (file) => {
    for (const [, ...words] of commandsIn(file))
      await expect(parseCommandLine(words, VERBS), words.join(" ")).resolves.toMatchObject({
        kind: expect.any(String),
      });
  });

  test.each(DOCUMENTS)("%s links only to files that exist", (file) => {
    const links = [...document(file).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(path.join(ROOT, link)))).toEqual([]);
  });
});
