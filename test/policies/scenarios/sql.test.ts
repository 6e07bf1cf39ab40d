import { describe, expect, onTestFinished, test } from "vitest";
import { builtinPolicyPack } from "../../../policies/index.ts";
import { project, RUN } from "../../e2e/tools/recipe.ts";
import { has, Story } from "../../e2e/tools/story.ts";
import { adding, input } from "../input.ts";
import { startJudge } from "../packs.ts";
import { spoken } from "./spoken.ts";

const MIGRATION = `BEGIN;
CREATE TABLE audit (id bigserial PRIMARY KEY, note text);
CREATE INDEX audit_note ON audit (note);
-- DROP TABLE users; is what we do not want
INSERT INTO audit (note) VALUES ('DROP TABLE users; TRUNCATE users;');
DELETE FROM sessions
  WHERE expires_at < now();
DELETE FROM sessions; UPDATE users SET seen = false;
ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();
CREATE INDEX users_token ON users (token);
GRANT SELECT ON users TO PUBLIC;
DO $body$
BEGIN
  IF EXISTS (SELECT 1 FROM old_users) THEN
    DROP TABLE old_users;
  END IF;
END
$body$;
COMMIT;
`;

const ROUTINES = `CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE users SET seen_at = now() WHERE id = NEW.user_id;
  DELETE FROM sessions WHERE user_id = NEW.user_id;
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I', 'events', NEW.part);
  RETURN NEW;
END $$;
CREATE TRIGGER touched AFTER INSERT ON logins FOR EACH ROW EXECUTE FUNCTION touch();
CREATE FUNCTION tidy() RETURNS void AS '
  CREATE TABLE users (x int);
  TRUNCATE sessions;
' LANGUAGE sql;
DROP TABLE users;
CREATE RULE swallow AS ON INSERT TO audit DO INSTEAD DELETE FROM audit;
WITH gone AS (DELETE FROM carts RETURNING *) SELECT count(*) FROM gone;
MERGE INTO stock USING delivery ON true WHEN MATCHED THEN DELETE;
`;

describe("a migration for PostgreSQL", () => {
  test("is judged inside of functions, rules and common tables as well", () => {
    const story = begun();
    story.write({ "new.sql": ROUTINES });
    const { told } = story.json("plan", ".", "--", "sh", "-c", "mkdir db && cp new.sql db/003_routines.sql");
    expect(spoken(told, "sql")).toEqual([
      "require_approval truncate db/003_routines.sql:11",
      "require_approval drop-table db/003_routines.sql:13",
      "require_approval delete-without-where db/003_routines.sql:14",
      "require_approval delete-without-where db/003_routines.sql:15",
      "require_approval merge-deletes db/003_routines.sql:16",
    ]);
  });

  test("is judged statement by statement, wherever each stands", () => {
    const story = begun();
    story.write({ "new.sql": MIGRATION });
    const { told } = story.json("plan", ".", "--", "sh", "-c", "mkdir db && cp new.sql db/002_tokens.sql");
    expect(spoken(told, "sql")).toEqual([
      "deny grant-public db/002_tokens.sql:11",
      "require_approval delete-without-where db/002_tokens.sql:8",
      "require_approval update-without-where db/002_tokens.sql:8",
      "require_approval add-column-rewrite db/002_tokens.sql:9",
      "require_approval index-blocks-writes db/002_tokens.sql:10",
      "require_approval drop-table db/002_tokens.sql:15",
    ]);
  });

  test("is only warned about for what it held before", () => {
    const story = begun();
    story.write({ "db/001.sql": "CREATE TABLE a (x int);\nDROP TABLE b;\n" });
    const { told } = story.json("plan", ".", "--", "sh", "-c", "echo 'CREATE VIEW v AS SELECT 1;' >> db/001.sql");
    expect(spoken(told, "sql")).toEqual(["warn kept db/001.sql:2"]);
  });
});

describe.runIf(has("sqlite3"))("migrations that the SQLite recipe applies (needs sqlite3)", () => {
  const first = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);\n";

  test("need approval when rows would go, with the line in the plan that take-off runs", () => {
    const story = project(
      "sqlite-migration",
      {
        "migrations/001.sql": first,
        "migrations/002.sql": "DELETE FROM people;\n",
      },
      ["sql"],
    );
    story.tool(["sqlite3", "app.db", "CREATE TABLE old (x);"]);
    const { told, err } = story.json("plan", ...RUN);
    expect(told.decision, err).toBe("allow");
    story.write({ "migrations/003.sql": "DROP TABLE old;\n" });
    const dropped = story.json("plan", ...RUN).told;
    expect(dropped.decision).toBe("require_approval");
    expect(spoken(dropped, "sql")).toEqual([expect.stringMatching(/^require_approval drop-table plan\.sql:\d+$/)]);
  });

  test("are denied when they tell the client to start a program", () => {
    const story = project("sqlite-migration", { "migrations/001.sql": `${first}.shell id > stolen\n` }, ["sql"]);
    const { told, code } = story.json("plan", ...RUN);
    expect([code, told.reason]).toEqual([4, "policy_denied"]);
    expect(spoken(told, "sql")).toEqual([expect.stringMatching(/^deny runs-programs plan\.sql:\d+$/)]);
  });
});

describe("dumps", () => {
  test("of tens of thousands of rows are judged within the limits", async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => `INSERT INTO a VALUES (${index}, 'row');`);
    const plan = input([adding("dump.sql", ["DROP TABLE IF EXISTS a;", "CREATE TABLE a (x int, y text);", ...rows])]);
    const text = async () => plan.artifacts[0]?.change?.added.map((line) => line.text).join("\n");
    const judge = startJudge([{ directory: builtinPolicyPack("sql") }]);
    const [evaluation] = await judge.judge(plan, { text });
    expect(evaluation?.findings.map(({ rule, line }) => [rule, line])).toEqual([["sql/drop-table", 1]]);
  });
});

function begun(): Story {
  const story = new Story("sql", { judges: ["sql"] });
  onTestFinished(() => story.remove());
  return story;
}
