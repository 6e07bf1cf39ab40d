import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { picture } from "../../engines/exec/engine.ts";
import { project, RUN, terraform } from "./recipe.ts";
import { has, type Story } from "./story.ts";

describe.runIf(has("sqlite3"))("sqlite-migration (needs sqlite3)", () => {
  const migrations = {
    "migrations/001_people.sql": "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);\n",
    "migrations/002_ada.sql": "INSERT INTO people (name) VALUES ('Ada');\n",
  };
  const sql = (story: Story, text: string) => story.tool(["sqlite3", "app.db", text]).trim();

  test("what a person read in the plan is what the database got", () => {
    const story = project("sqlite-migration", migrations);
    sql(story, "CREATE TABLE old (x);");
    const planned = story.json("plan", ...RUN);
    expect([planned.code, planned.told.decision], planned.err).toEqual([0, "allow"]);
    expect(story.cabincrew("show", planned.told.run_id).out).toContain("plan-output");
    expect(sql(story, ".tables")).toBe("old");
    const { code, told, err } = story.json("resume", planned.told.run_id);
    expect([code, told.state], err).toEqual([0, "COMPLETED"]);
    expect(sql(story, "SELECT name FROM people;")).toBe("Ada");
  });

  test("a database that changed between plan and take-off is refused and left alone", () => {
    const story = project("sqlite-migration", migrations);
    sql(story, "CREATE TABLE old (x);");
    const planned = story.json("plan", ...RUN);
    sql(story, "INSERT INTO old VALUES (1);");
    const { code, told } = story.json("resume", planned.told.run_id);
    expect([code, told.reason]).toEqual([5, "workspace_changed"]);
    expect(sql(story, ".tables")).toBe("old");
  });

  test("a second run finds nothing pending and changes nothing", () => {
    const story = project("sqlite-migration", migrations);
    expect(story.json("run", ...RUN).code).toBe(0);
    const before = sql(story, ".dump");
    expect(story.json("run", ...RUN)).toMatchObject({ code: 0, told: { state: "COMPLETED" } });
    expect(sql(story, ".dump")).toBe(before);
  });

  test("a migration that fails leaves the database as it was, and the run says what happened", () => {
    const story = project("sqlite-migration", {
      ...migrations,
      "migrations/003_wrong.sql": "INSERT INTO nobody VALUES (1);\n",
    });
    const { code, told } = story.json("run", ...RUN);
    expect([code, told.state, told.reason]).toEqual([1, "FAILED", "engine_failed"]);
    expect(story.cabincrew("logs", told.run_id).out).toContain("no such table: nobody");
    expect(sql(story, ".tables")).toBe("");
  });
});

describe.runIf(has("rsync"))("rsync (needs rsync)", () => {
  const files = { "source/a": "new\n", "source/d/b": "b\n", "target/a": "old\n", "target/gone": "x\n" };

  test("the dry run is shown, the real one does it", () => {
    const story = project("rsync", files);
    const planned = story.json("plan", ...RUN);
    expect([planned.code, planned.told.state], planned.err).toEqual([0, "PREFLIGHT_COMPLETE"]);
    expect(story.read("target/gone")).toBe("x\n");
    const { code, told, err } = story.json("resume", planned.told.run_id);
    expect([code, told.state], err).toEqual([0, "COMPLETED"]);
    expect(picture(path.join(story.workspace, "target"))).toEqual(picture(path.join(story.workspace, "source")));
  });

  test("a source that changed since is refused before rsync starts", () => {
    const story = project("rsync", files);
    const planned = story.json("plan", ...RUN);
    story.write({ "source/late": "late\n" });
    expect(story.json("resume", planned.told.run_id)).toMatchObject({ code: 5, told: { reason: "workspace_changed" } });
    expect(existsSync(path.join(story.workspace, "target/gone"))).toBe(true);
    expect(existsSync(path.join(story.workspace, "target/late"))).toBe(false);
  });

  test("a target outside of the workspace needs a person, and is checked by the recipe itself", () => {
    const story = project("rsync", files);
    const outside = path.join(story.root, "outside");
    mkdirSync(outside);
    writeFileSync(path.join(outside, "gone"), "x\n");
    const config = story.read("cabincrew.yaml").replaceAll("TARGET=target", `TARGET=${outside}`);
    story.write({ "cabincrew.yaml": config });
    const changed = story.json("run", ...RUN, "--write", outside);
    expect([changed.code, changed.told.decision], changed.err).toEqual([3, "require_approval"]);
    writeFileSync(path.join(outside, "late"), "late\n");
    const refused = story.json("approve", changed.told.run_id, "--comment", "fine", "--resume");
    expect([refused.code, existsSync(path.join(outside, "late"))]).toEqual([1, true]);
    expect(story.cabincrew("logs", changed.told.run_id).out).toContain("changed after the plan was made");

    const again = story.json("run", ...RUN, "--write", outside);
    const approved = story.json("approve", again.told.run_id, "--comment", "fine", "--resume");
    expect([approved.code, approved.told.state], approved.err).toEqual([0, "COMPLETED"]);
    expect(picture(outside)).toEqual(picture(path.join(story.workspace, "source")));
  });
});

describe.runIf(terraform)("terraform (needs terraform or tofu)", () => {
  const main = 'resource "terraform_data" "one" {\n  input = "hello"\n}\n';

  test("the sealed plan is applied, and only once", () => {
    const story = project("terraform", { "main.tf": main });
    const planned = story.json("plan", ...RUN);
    // The plan as JSON holds digests and times, about which the credentials model may ask a person.
    expect([0, 3], planned.err).toContain(planned.code);
    expect(existsSync(path.join(story.workspace, "terraform.tfstate"))).toBe(false);
    const { run_id: run } = planned.told;
    const { code, told, err } =
      planned.code === 0 ? story.json("resume", run) : story.json("approve", run, "--comment", "read", "--resume");
    expect([code, told.state], err).toEqual([0, "COMPLETED"]);
    expect(story.read("terraform.tfstate")).toContain("hello");
    expect(story.json("resume", planned.told.run_id)).toMatchObject({ code: 0, told: { state: "COMPLETED" } });
  });

  test("a configuration that changed since the plan is refused", () => {
    const story = project("terraform", { "main.tf": main });
    const planned = story.json("plan", ...RUN);
    story.write({ "main.tf": main.replace("hello", "goodbye") });
    const { run_id: run } = planned.told;
    if (planned.code === 3) story.json("approve", run, "--comment", "read");
    expect(story.json("resume", run)).toMatchObject({ code: 5, told: { reason: "workspace_changed" } });
    expect(existsSync(path.join(story.workspace, "terraform.tfstate"))).toBe(false);
  });
});

describe("release-script", () => {
  const files = { VERSION: "1.4.2\n", "changes/one.md": "- faster\n" };

  test("publishes what was decided when planning", () => {
    const story = project("release-script", files);
    const planned = story.json("plan", ...RUN);
    expect([planned.code, story.read("VERSION")], planned.err).toEqual([0, "1.4.2\n"]);
    const { code, err } = story.json("resume", planned.told.run_id);
    expect([code, story.read("VERSION"), story.read("releases/1.5.0.md")], err).toEqual([
      0,
      "1.5.0\n",
      "## 1.5.0\n\n- faster\n",
    ]);
  });

  test("cannot be planned where its scripts are missing, and says so", () => {
    const story = project("release-script", files);
    rmSync(path.join(story.workspace, ".cabincrew-recipe"), { recursive: true });
    const { code, told } = story.json("run", ...RUN);
    expect([code, told.reason]).toEqual([1, "engine_failed"]);
    expect(told.message).toContain(".cabincrew-recipe/plan.sh");
  });
});
