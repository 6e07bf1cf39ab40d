import { cpSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { commandLine, type Document } from "./command-line.ts";

const EXAMPLE = path.join(import.meta.dirname, "..", "..", "spec", "examples", "agent");
/** As a real key would be: in the environment of whoever starts the run, and nowhere else afterwards. */
const SECRET = `stand-in-${"k".repeat(24)}`;
const RECIPE = ["--network", "--secret", "ANTHROPIC_API_KEY=env:ANTHROPIC_API_KEY", "--read", "../agent.sh"];

/** A stand-in for a coding agent's command line, since a test has no network; everything around it is real. */
describe("a coding agent's command line on a repository", () => {
  const cli = commandLine({}, "shipped");
  cpSync(EXAMPLE, cli.root, { recursive: true });
  cli.environment["ANTHROPIC_API_KEY"] = SECRET;
  const file = (name: string) => readFileSync(path.join(cli.workspace, name), "utf8");
  let report: Document & { readonly evaluations: readonly { findings: readonly { file?: string; rule?: string }[] }[] };

  beforeAll(() => {
    const ran = cli.json("run", ".", ...RECIPE, "--", "../agent.sh", "-p", "Round prices to cents");
    report = ran.document as typeof report;
    expect([ran.code, report.state]).toEqual([3, "AWAITING_APPROVAL"]);
  });

  test("waits for a person, naming the instruction file and the workflow it wants to change", () => {
    const findings = report.evaluations.flatMap((evaluation) => evaluation.findings);
    expect(findings.map((finding) => finding.file)).toEqual(
      expect.arrayContaining(["CLAUDE.md", ".github/workflows/ci.yml"]),
    );
    expect(findings.map((finding) => finding.rule)).toContain("workspace/network-and-secrets");
  });

  test("has changed nothing so far, and its diff shows everything it wants", () => {
    for (const name of ["src/price.js", "CLAUDE.md", ".github/workflows/ci.yml"])
      expect(file(name)).toBe(readFileSync(path.join(EXAMPLE, "workspace", name), "utf8"));
    const { code, out } = cli.cabincrew("diff", report.run_id);
    expect(code).toBe(0);
    expect(out).toContain("+  return Math.round(quantity * each * 100) / 100;");
    expect(out).toContain("+      - run: npm run deploy");
    expect(out).toContain("+++ b/src/price.test.js");
  });

  test("is applied exactly as approved, and its key is nowhere in the state directory", () => {
    const token = report.plan_token.slice(0, 12);
    expect(cli.json("approve", token, "--comment", "read the diff", "--resume")).toMatchObject({
      code: 0,
      document: { state: "COMPLETED" },
    });
    expect(file("src/price.js")).toContain("Math.round");
    expect(file("src/price.test.js")).toContain("assert.equal(price(3, 0.1), 0.3)");
    expect(file("CLAUDE.md")).toMatch(/rounded to cents\.\n$/);
    expect(cli.json("verify")).toMatchObject({ code: 0, document: { ok: true } });
    expect(filesWith(path.join(cli.root, "state"), SECRET)).toEqual([]);
  });

  test("does not run without the key it was mapped", () => {
    const other = commandLine({}, "shipped");
    cpSync(EXAMPLE, other.root, { recursive: true });
    expect(other.json("run", ".", ...RECIPE, "--", "../agent.sh", "-p", "anything")).toMatchObject({
      code: 2,
      document: { error: { code: "secret_missing" } },
    });
  });
});

function filesWith(directory: string, text: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));
}
