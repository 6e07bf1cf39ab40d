import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { packageRoot } from "../../../schema/index.ts";
import { fingerprint, type Launched, launch, makeScratch, picture, removeScratch } from "../exec/engine.ts";

let scratch: string;
let count = 0;
beforeAll(() => {
  scratch = makeScratch("recipes");
});
afterAll(() => removeScratch(scratch));

const has = (program: string) => spawnSync(program, ["--version"]).error === undefined;

const terraform = ["terraform", "tofu"].find(has);

/** A project with the recipe's scripts where its README says. */
function project(recipe: string, files: Record<string, string>) {
  const workspace = path.join(scratch, `${recipe}-${++count}`);
  const from = path.join(packageRoot(), "engines", "recipes", recipe);
  mkdirSync(path.join(workspace, ".cabincrew-recipe"), { recursive: true });
  for (const name of readdirSync(from))
    if (name.endsWith(".sh")) cpSync(path.join(from, name), path.join(workspace, ".cabincrew-recipe", name));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(workspace, name)), { recursive: true });
    writeFileSync(path.join(workspace, name), content);
  }
  const text = readFileSync(path.join(from, "cabincrew.yaml"), "utf8");
  const config = parse(terraform === "tofu" ? text.replaceAll("terraform ", "tofu ") : text);
  const go = (mode: "flight-plan" | "take-off" | "reconcile", artifacts?: string): Launched =>
    launch(mode, { program: "engines-command", scratch, workspace, config }, artifacts);
  return { workspace, go };
}

function planned(run: Launched): string {
  expect(run.receipt.error ?? run.code, run.log).toBe(0);
  return readFileSync(path.join(run.artifacts, "plan-output", "output.txt"), "utf8");
}

test.runIf(has("sqlite3"))(
  "sqlite-migration: exactly the listed statements run, in one transaction, once (needs sqlite3)",
  () => {
    const { workspace, go } = project("sqlite-migration", {
      "migrations/001.sql": "CREATE TABLE t (a);\n",
      "migrations/002.sql": "INSERT INTO t VALUES (1);\n",
    });
    const sql = (text: string) => execFileSync("sqlite3", ["app.db", text], { cwd: workspace }).toString().trim();
    sql("CREATE TABLE old (x);");
    const before = picture(workspace);
    const plan = go("flight-plan");
    expect(planned(plan)).toBe("pending: 001.sql\nCREATE TABLE t (a);\npending: 002.sql\nINSERT INTO t VALUES (1);\n");
    expect(picture(workspace)).toEqual(before);
    expect(fingerprint(go("flight-plan").artifacts)).toBe(fingerprint(plan.artifacts));
    expect(go("reconcile", plan.artifacts).receipt.diagnostics).toMatchObject({ outcome: "not_applied" });
    // What is in the workspace by then does not matter: the sealed SQL is what runs.
    writeFileSync(path.join(workspace, "migrations/002.sql"), "DROP TABLE old;\n");
    expect(go("take-off", plan.artifacts).receipt.error).toBeUndefined();
    expect(sql("SELECT a FROM t; SELECT count(*) FROM old;")).toBe("1\n0");
    expect(go("reconcile", plan.artifacts).receipt.diagnostics).toMatchObject({ outcome: "applied" });
    expect(go("take-off", plan.artifacts)).toMatchObject({ code: 1, receipt: { status: "failure" } });
    expect(sql("SELECT a FROM t;")).toBe("1");
    expect(go("flight-plan")).toMatchObject({ code: 1 });
  },
);

test.runIf(has("rsync"))(
  "rsync: the real run follows the dry run, and only while both sides are as planned (needs rsync)",
  () => {
    const { workspace, go } = project("rsync", {
      "source/a": "new\n",
      "source/d/b": "b\n",
      "target/a": "old\n",
      "target/gone": "x\n",
    });
    const plan = go("flight-plan");
    expect(planned(plan)).toMatch(/\*deleting +gone\n/);
    expect(existsSync(path.join(workspace, "target/gone"))).toBe(true);
    writeFileSync(path.join(workspace, "target/late"), "");
    expect(go("take-off", plan.artifacts)).toMatchObject({ code: 1, receipt: { status: "failure" } });
    expect(existsSync(path.join(workspace, "target/gone"))).toBe(true);
    rmSync(path.join(workspace, "target/late"));
    const again = go("flight-plan");
    const flown = go("take-off", again.artifacts);
    expect(flown.receipt.error ?? flown.code, flown.log).toBe(0);
    expect(picture(path.join(workspace, "target"))).toEqual(picture(path.join(workspace, "source")));
  },
);

test.runIf(terraform)("terraform: the sealed plan file is applied, and it was shown (needs terraform or tofu)", () => {
  const { workspace, go } = project("terraform", {
    "main.tf": 'resource "terraform_data" "one" {\n  input = "hello"\n}\n',
  });
  const plan = go("flight-plan");
  expect(planned(plan)).toContain("terraform_data.one will be created");
  expect(existsSync(path.join(workspace, "terraform.tfstate"))).toBe(false);
  const flown = go("take-off", plan.artifacts);
  expect(flown.receipt.error ?? flown.code, flown.log).toBe(0);
  expect(readFileSync(path.join(workspace, "terraform.tfstate"), "utf8")).toContain("hello");
});

test("release-script: what was decided when planning is what is published", () => {
  const { workspace, go } = project("release-script", { VERSION: "1.4.2\n", "changes/one.md": "- faster\n" });
  const plan = go("flight-plan");
  expect(planned(plan)).toContain("release 1.4.2 -> 1.5.0");
  expect(go("reconcile", plan.artifacts).receipt.diagnostics).toMatchObject({ outcome: "not_applied" });
  expect(go("take-off", plan.artifacts).code).toBe(0);
  expect(readFileSync(path.join(workspace, "VERSION"), "utf8")).toBe("1.5.0\n");
  expect(readFileSync(path.join(workspace, "releases/1.5.0.md"), "utf8")).toBe("## 1.5.0\n\n- faster\n");
  expect(go("reconcile", plan.artifacts).receipt.diagnostics).toMatchObject({ outcome: "applied" });
});

test("release-script: a release that died half-way is planned again with the very notes it began with", () => {
  const begun = "## 1.5.0\n\n- faster\n- smaller\n";
  const half = { VERSION: "1.4.2\n", "changes/two.md": "- smaller\n", "releases/1.5.0.md": begun };
  const { workspace, go } = project("release-script", half);
  const plan = go("flight-plan");
  expect(planned(plan)).toBe(`release 1.4.2 -> 1.5.0\n${begun}`);
  expect(go("take-off", plan.artifacts).code).toBe(0);
  expect(readFileSync(path.join(workspace, "VERSION"), "utf8")).toBe("1.5.0\n");
  expect(readdirSync(path.join(workspace, "changes"))).toEqual([]);
  const released = picture(workspace);
  const again = go("flight-plan");
  expect(planned(again)).toBe(`release 1.5.0 -> 1.5.0\n${begun}`);
  expect(go("take-off", again.artifacts).code).toBe(0);
  expect(picture(workspace)).toEqual(released);
});

test("release-script: a change that came after the notes were published is refused, and not removed with those in them", () => {
  const { workspace, go } = project("release-script", {
    VERSION: "1.4.2\n",
    "changes/late.md": "- late\n",
    "releases/1.5.0.md": "## 1.5.0\n\n- faster\n",
  });
  const refused = go("flight-plan");
  expect(refused).toMatchObject({ code: 1, receipt: { status: "failure" } });
  expect(refused.log).toContain("changes/late.md is not in releases/1.5.0.md");
  expect(existsSync(path.join(workspace, "changes/late.md"))).toBe(true);
});
