import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { picture } from "../../engines/exec/engine.ts";
import { type Answer, has, rules, Story } from "./story.ts";

const FILES = 2100;

describe("sed over two thousand files", () => {
  let story: Story;
  let direct: string;

  beforeAll(() => {
    story = new Story("sed");
    direct = path.join(story.root, "direct");
    for (const place of [story.workspace, direct]) fill(place);
  });
  afterAll(() => story.remove());

  test("a few lines pass without a question", () => {
    const { code, told } = governed("find d00 -type f -print0 | xargs -0 sed -i s/alpha/ALPHA/");
    expect([code, told.state, told.decision]).toEqual([0, "COMPLETED", "allow"]);
    expect(told.changes).toEqual({ files: 100, insertions: 100, deletions: 100 });
  });

  test("more than 400 changed lines warn", () => {
    const { code, told } = governed("find d0[1-3] -type f -print0 | xargs -0 sed -i s/alpha/ALPHA/");
    expect([code, told.state, told.decision]).toEqual([0, "COMPLETED", "warn"]);
    expect(rules(told)).toEqual(["workspace/many-lines"]);
  });

  test("more than 4,000 need approval, and are then exactly what sed does directly", () => {
    const script = "find . -type f -name '*.txt' -print0 | xargs -0 sed -i s/beta/BETA/";
    const { code, told } = governed(script);
    expect([code, told.state, told.decision]).toEqual([3, "AWAITING_APPROVAL", "require_approval"]);
    expect([rules(told), told.changes]).toEqual([
      ["workspace/too-many-lines"],
      { files: FILES, insertions: FILES, deletions: FILES },
    ]);
    const approved = story.json("approve", told.run_id, "--comment", "a rename", "--resume");
    expect([approved.code, approved.told.state], approved.err).toEqual([0, "COMPLETED"]);
    console.info(`plan of ${FILES} files: ${told.duration_ms} ms; take-off: ${approved.told.duration_ms} ms`);
    story.tool(["sh", "-c", script], direct);
    expect(picture(story.workspace)).toEqual(picture(direct));
  });

  /** Governed in the workspace, and directly in the other tree where it is not left waiting. */
  function governed(script: string): Answer {
    const answer = story.json("run", ".", "--", "sh", "-c", script);
    if (answer.code === 0) story.tool(["sh", "-c", script], direct);
    return answer;
  }

  function fill(place: string): void {
    for (let at = 0; at < FILES; at++) {
      const directory = path.join(place, `d${String(Math.floor(at / 100)).padStart(2, "0")}`);
      mkdirSync(directory, { recursive: true });
      writeFileSync(path.join(directory, `f ${at}.txt`), `number ${at}\nalpha\nbeta\n`);
    }
  }
});

describe.runIf(has("git"))("git grep and sed in a git repository (needs git)", () => {
  test("change the files that match and nothing of git's own", () => {
    const story = new Story("git-sed", { judges: "shipped" });
    for (let at = 0; at < 60; at++)
      story.write({ [`src/${at % 6}/module ${at}.c`]: at % 2 ? "old_name();\n" : "other();\n" });
    const git = (...argv: string[]) => story.tool(["git", "-c", "user.name=A", "-c", "user.email=a@b", ...argv]);
    git("init", "-q");
    git("add", ".");
    git("commit", "-q", "-m", "start");
    // An index with stale times makes git write a refreshed one while it only looks.
    story.tool(["sh", "-c", "find src -type f -exec touch -d '2001-01-01' {} +"]);
    const before = picture(path.join(story.workspace, ".git"));
    const script = "git status --porcelain && git grep -lz old_name | xargs -0 sed -i s/old_name/new_name/";
    const { code, told, err } = story.json("run", ".", "--", "sh", "-c", script);
    expect([code, told.state, told.decision], err).toEqual([0, "COMPLETED", "allow"]);
    expect(told.changes).toEqual({ files: 30, insertions: 30, deletions: 30 });
    const targets = story.json("show", told.run_id).told.artifacts.map((artifact) => artifact.target ?? "");
    expect(targets.filter((target) => target.startsWith(".git"))).toEqual([]);
    expect(picture(path.join(story.workspace, ".git"))).toEqual(before);
    expect(git("diff", "--stat").split("\n").at(-2)).toBe(" 30 files changed, 30 insertions(+), 30 deletions(-)");
    story.remove();
  });
});
