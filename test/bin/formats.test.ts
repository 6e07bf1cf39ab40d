import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderGithub } from "../../bin/formats/github.ts";
import { renderGitlab } from "../../bin/formats/gitlab.ts";
import { reportOfGuarantees } from "../../bin/formats/guarantees.ts";
import { renderJunit } from "../../bin/formats/junit.ts";
import { renderMarkdown } from "../../bin/formats/markdown.ts";
import { type FormatReport, reportOfRun, reportOfVerification } from "../../bin/formats/report.ts";
import { renderSarif } from "../../bin/formats/sarif.ts";
import { awaiting, denial, runReport } from "./reports.ts";

const report = reportOfRun(runReport());
const anything = fc.string({ unit: "binary", maxLength: 40 });

/** A report in which every text is hostile. */
const hostile = fc.tuple(anything, anything, anything, anything, fc.nat()).map(
  ([rule, message, file, fix, line]): FormatReport => ({
    title: message,
    outcome: rule,
    exitCode: 4,
    checks: [{ name: file, broken: false, problems: [{ rule, level: "error", message, file, fix, line }] }],
    facts: [[rule, message]],
  }),
);

describe("SARIF", () => {
  const validate = sarifValidator();

  test("is valid by the official schema of 2.1.0, whatever the findings say", () => {
    for (const known of [report, reportOfRun(awaiting), reportOfRun(runReport({ evaluations: [] }))])
      expectValid(known);
    fc.assert(
      fc.property(hostile, (made) => expectValid(made)),
      { numRuns: 30 },
    );
  });

  test("names rule, place, level and fix, and says which judge broke", () => {
    const [run] = JSON.parse(renderSarif(report, "1.2.3")).runs;
    expect(run.results[0]).toMatchObject({
      ruleId: "default/private-key",
      level: "error",
      message: { text: "private key, do not commit: 100% sure Fix: move it to the vault" },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "src/a%20b%3Ac%2Cd.pem", uriBaseId: "SRCROOT" },
            region: { startLine: 3 },
          },
        },
      ],
    });
    expect(run.results.map((result: { level: string }) => result.level)).toEqual(["error", "note", "error"]);
    expect(run.invocations[0]).toMatchObject({ executionSuccessful: false, exitCode: 4 });
  });

  test("names a file and a line for every result, as GitHub's code scanning demands of all", () => {
    const places = [{}, { file: "" }, { file: "a b" }, { file: "a b", line: 0 }].map((place) => ({
      decision: "warn" as const,
      message: "401 lines are changed",
      ...place,
    }));
    const made = reportOfRun(runReport({ evaluations: [{ ...denial, findings: places }] }));
    const { results } = JSON.parse(renderSarif(made, "1")).runs[0];
    const shown = results.map(({ locations: [{ physicalLocation: at }] }: { locations: [Place] }) => [
      at.artifactLocation.uri,
      at.region.startLine,
    ]);
    expect(shown).toEqual([...Array(2).fill(["no%20file", 1]), ...Array(2).fill(["a%20b", 1])]);
  });

  test("gives each rule its help: the fix, an address from the rule's metadata, and how severe it is", () => {
    const metadata = { url: "https://example.org/rules/r" };
    const finding = { decision: "deny", message: "m", rule: "r", fix: "do", severity: "high", metadata } as const;
    const made = reportOfRun(runReport({ evaluations: [{ ...denial, findings: [finding, finding] }] }));
    const { rules } = JSON.parse(renderSarif(made, "1")).runs[0].tool.driver;
    expect(rules).toEqual([
      {
        id: "default/r",
        help: { text: "do https://example.org/rules/r" },
        helpUri: "https://example.org/rules/r",
        properties: { tags: ["security"], "security-severity": "8.0" },
      },
    ]);
    expectValid(made);
    const script = { ...finding, metadata: { url: "javascript:alert(1)" } };
    const other = reportOfRun(runReport({ evaluations: [{ ...denial, findings: [script] }] }));
    expect(renderSarif(other, "1")).not.toContain("javascript");
  });

  function expectValid(made: FormatReport): void {
    const valid = validate(JSON.parse(renderSarif(made, "1.0.0")));
    expect(validate.errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  }
});

describe("GitHub annotations", () => {
  test("are escaped by GitHub's rules", () => {
    expect(renderGithub(report).split("\n")[0]).toBe(
      "::error file=src/a b%3Ac%2Cd.pem,line=3,title=default/private-key::private key, do not commit: 100%25 sure Fix: move it to the vault",
    );
  });

  test("stay one command a finding, whatever the finding says", () => {
    fc.assert(
      fc.property(hostile, (made) => {
        const lines = renderGithub(made).split("\n");
        expect(lines).toHaveLength(2);
        expect(lines[0]).toMatch(/^::error [^:]*::/);
      }),
    );
  });
});

describe("GitLab code quality", () => {
  test("names rule, place and severity, and each problem by a fingerprint that outlives its line", () => {
    const problems = JSON.parse(renderGitlab(report));
    expect(problems.map((problem: { severity: string }) => problem.severity)).toEqual(["critical", "minor", "blocker"]);
    expect(problems[0]).toEqual({
      description: "private key, do not commit: 100% sure Fix: move it to the vault",
      check_name: "default/private-key",
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      severity: "critical",
      location: { path: "src/a b:c,d.pem", lines: { begin: 3 } },
    });
    expect(problems[2].location).toEqual({ path: ".", lines: { begin: 1 } });
    const moved = problemsOf([{ rule: "r", level: "error", message: "m", file: "./f", line: 9 }]);
    const before = problemsOf([{ rule: "r", level: "error", message: "m", file: "./f", line: 1 }]);
    expect(moved[0]?.fingerprint).toBe(before[0]?.fingerprint);
    expect(moved[0]?.location).toEqual({ path: "f", lines: { begin: 9 } });
    const twice = problemsOf([
      { rule: "r", level: "note", message: "m" },
      { rule: "r", level: "note", message: "m" },
    ]);
    expect(twice[0]?.fingerprint).not.toBe(twice[1]?.fingerprint);
  });

  test("is the documented shape, whatever the findings say", () => {
    fc.assert(
      fc.property(hostile, (made) => {
        const [problem, ...others] = JSON.parse(renderGitlab(made));
        expect(others).toEqual([]);
        expect(Object.keys(problem).sort()).toEqual([
          "check_name",
          "description",
          "fingerprint",
          "location",
          "severity",
        ]);
        expect(problem.location.path).not.toMatch(/^\.?\/|^$/);
        expect(problem.location.lines.begin).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  const problemsOf = (problems: FormatReport["checks"][number]["problems"]) =>
    JSON.parse(renderGitlab({ ...report, checks: [{ name: "x", broken: false, problems }] })) as {
      fingerprint: string;
      location: unknown;
    }[];
});

describe("a waived finding", () => {
  const waiver = {
    id: "W-1",
    owner: "ada",
    reason: "tests",
    expires: "2026-02-01T00:00:00Z",
    decision: "deny",
  } as const;
  const finding = { decision: "warn", message: "key", rule: "r", file: "f", line: 2, waived: waiver } as const;
  const made = reportOfRun(runReport({ evaluations: [{ ...denial, findings: [finding] }] }));

  test("is a suppressed result of its first level in SARIF, valid by the schema", () => {
    const [result] = JSON.parse(renderSarif(made, "1")).runs[0].results;
    expect(result).toMatchObject({
      level: "error",
      suppressions: [
        { kind: "external", status: "accepted", justification: "W-1 (ada, until 2026-02-01T00:00:00Z): tests" },
      ],
    });
    expect(sarifValidator()(JSON.parse(renderSarif(made, "1")))).toBe(true);
    expect(JSON.parse(renderSarif(report, "1")).runs[0].results[0].suppressions).toEqual([]);
  });

  test("fails nothing and says who set it aside everywhere else", () => {
    expect(renderJunit(made)).toContain('tests="1" failures="0" errors="0" skipped="1"');
    expect(renderJunit(made)).toContain('<skipped message="waived: W-1 (ada');
    expect(renderGithub(made)).toMatch(/^::notice .*Waived: W-1 \(ada/);
    expect(JSON.parse(renderGitlab(made))[0]).toMatchObject({ severity: "info" });
    expect(renderMarkdown(made)).toMatch(/\| waived \| f&#58;2 \| key<br>Waived: W-1/);
  });
});

test("a self-proof is valid SARIF, and what is not applicable looks like no proof in any format", () => {
  const result = (id: string, status: "held" | "broken" | "not_applicable") =>
    ({ id, guarantee: `G ${id}`, status, evidence: "E.", remedy: "R.", duration_ms: 1 }) as const;
  const guarantees = [result("a", "held"), result("b", "broken"), result("c", "not_applicable")];
  const counts = { ok: false, held: 1, broken: 1, not_applicable: 1, sandbox: "none", duration_ms: 1 } as const;
  const made = reportOfGuarantees({ ...counts, governance: { source: "default", digest: "0" }, guarantees }, 5);
  expect(sarifValidator()(JSON.parse(renderSarif(made, "1")))).toBe(true);
  expect(renderJunit(made)).toContain('tests="3" failures="1" errors="0"');
  expect(renderJunit(made)).toContain('skipped="1"');
  expect(renderMarkdown(made)).toMatch(/\| not applicable \|.*\| c \|/);
  expect(renderMarkdown(made)).toMatch(/\| \*\*broken\*\* \|.*\| b \|/);
});

describe("JUnit", () => {
  test("has a suite for each judge, a failure for each denial, an error for a judge that broke", () => {
    const xml = renderJunit(report);
    expect(xml).toContain('tests="4" failures="1" errors="1"');
    expect(xml).toContain('<testcase classname="opa: quiet" name="nothing found"/>');
    expect(xml).toContain(
      '<error type="leaks/load_failed" message="the model could not be loaded: its digest does not match">',
    );
    expect(xml).toContain("<system-out>more than 400 changed lines</system-out>");
  });

  test("stays well-formed, whatever the findings say", () => {
    fc.assert(
      fc.property(hostile, (made) => {
        const xml = renderJunit(made);
        expect(xml).not.toMatch(/[^\P{Cc}\n]|[\ufffe\uffff\ud800-\udfff](?![\udc00-\udfff])/u);
        const tags = xml.replace(/<\?xml[^>]*\?>/, "").match(/<[^<>]*>/g) ?? [];
        expect(tags.join("")).toMatch(/^(?:<\/?[a-z-]+(?: [a-z]+="[^"<>]*")*\/?>)+$/);
        expect(xml.replace(/<[^<>]*>/g, "")).not.toMatch(/[<>"']/);
        expect(xml).not.toMatch(/&(?!amp;|lt;|gt;|quot;|apos;)/);
      }),
    );
  });
});

describe("Markdown", () => {
  test("shows the outcome, the facts and a row for each finding", () => {
    const text = renderMarkdown(report);
    expect(text).toContain("### cabincrew run 01JD5X: FAILED");
    expect(text.split("\n").filter((line) => line.includes("**deny**"))).toHaveLength(2);
    expect(renderMarkdown(reportOfRun(awaiting))).toContain("cabincrew approve abababab");
  });

  test("lets no finding format, link, mention or break the table", () => {
    fc.assert(
      fc.property(hostile, (made) => {
        const rows = renderMarkdown(made)
          .split("\n")
          .filter((line) => line.includes("**deny**"));
        expect(rows).toHaveLength(1);
        expect(rows[0]?.split("|")).toHaveLength(6);
        expect(rows[0]?.replaceAll("**", "").replaceAll("<br>", "").replaceAll("<!-- -->", "")).not.toMatch(
          /[<>@`*_[\]\\]/,
        );
      }),
    );
  });

  test("fits into a comment on GitHub, folds what is long, and leaves out the mildest", () => {
    const level = (index: number) => (index % 2 === 0 ? ("note" as const) : ("error" as const));
    const problems = Array.from({ length: 150 }, (_, index) => ({
      rule: "r",
      level: level(index),
      message: "<".repeat(4096),
      fix: "@".repeat(4096),
    }));
    const facts = [["reason", "#".repeat(100_000)]] as const;
    const text = renderMarkdown({ ...report, facts, checks: [{ name: "x", broken: false, problems }] });
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/… and \d+ more\./);
    expect(text).not.toMatch(/\| warn \|/);
    const short = Array.from({ length: 15 }, () => ({ rule: "r", level: "error" as const, message: "m" }));
    const folded = renderMarkdown({ ...report, checks: [{ name: "x", broken: false, problems: short }] });
    expect(folded).toMatch(/<details>\n<summary>5 more<\/summary>\n\n\| /);
  });

  test("says how many findings it left out", () => {
    const problems = Array.from({ length: 5 }, () => ({ rule: "r", level: "error" as const, message: "m" }));
    const many = { ...report, checks: [{ name: "x", broken: false, problems }] };
    expect(renderMarkdown(many, 3)).toContain("… and 2 more.");
  });
});

describe("every format", () => {
  test("shows why a run stopped when no judge is the reason", () => {
    const stopped = reportOfRun(
      runReport({ reason: "workspace_changed", message: "x.txt changed", evaluations: [], exit_code: 5 }),
    );
    for (const text of [
      renderSarif(stopped, "1"),
      renderJunit(stopped),
      renderGithub(stopped),
      renderGitlab(stopped),
      renderMarkdown(stopped),
    ]) {
      expect(text).toContain("changed");
    }
  });

  test("shows the findings of a verification", () => {
    const verification = reportOfVerification(
      {
        ok: false,
        events: 3,
        runs: 1,
        head: null,
        findings: [{ code: "ledger_corrupt", where: "event 2", message: "the hash does not match" }],
        checked: ["chain"],
        duration_ms: 1,
      },
      5,
    );
    expect(renderJunit(verification)).toContain('failures="1"');
    expect(renderSarif(verification, "1")).toContain("ledger_corrupt");
  });
});

/** The schema is written for draft 4, where `id` names a schema. */
type Place = { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } };

function sarifValidator() {
  const file = new URL("../../node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json", import.meta.url);
  const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(file, "utf8"));
  return new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
}
