import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { picture } from "../../engines/exec/engine.ts";
import { REPOSITORY, Story } from "./story.ts";

const modules = path.join(REPOSITORY, "node_modules");
const biome = path.join(modules, ".bin", "biome");
const isClone = existsSync(path.join(REPOSITORY, ".git"));

/** The formatter's sources in one room: import lines pushed to the right and the file's end torn apart. */
const misformat = [
  "sh",
  "-c",
  "git ls-files -z 'engines/exec/*.ts' 'bin/*.ts' | head -z -n 40 | xargs -0 sed -i -e 's/^import /    import   /' -e '$s/$/\\n\\n\\n/'",
];

describe.runIf(isClone)("a formatter over a clone of this repository (needs the repository's .git)", () => {
  let story: Story;
  let direct: string;
  const format = ["--read", modules, "--", biome, "format", "--write", "bin", "engines"];

  beforeAll(() => {
    story = new Story("formatter", { judges: "shipped" });
    direct = path.join(story.root, "direct");
    story.tool(["git", "clone", "-q", REPOSITORY, story.workspace], story.root);
    story.tool(["git", "clone", "-q", story.workspace, direct], story.root);
    for (const place of [story.workspace, direct]) {
      story.tool(misformat, place);
    }
  });
  afterAll(() => story.remove());

  test("makes of it what the formatter makes of it directly, and leaves git's own files alone", () => {
    const git = picture(path.join(story.workspace, ".git"));
    expect(trackedChanges()).toHaveLength(40);
    const { code, told, err } = story.json("run", ".", ...format);
    expect([code, told.state], err).toEqual([0, "COMPLETED"]);
    expect(told.changes?.files).toBeGreaterThanOrEqual(40);
    story.tool([biome, "format", "--write", "bin", "engines"], direct);
    expect(treeOf(story.workspace)).toEqual(treeOf(direct));
    expect(picture(path.join(story.workspace, ".git"))).toEqual(git);
  });

  test("the second time there is nothing to do", () => {
    const before = treeOf(story.workspace);
    const { code, told } = story.json("run", ".", ...format);
    expect([code, told.state, told.changes]).toEqual([0, "COMPLETED", { files: 0, insertions: 0, deletions: 0 }]);
    expect(treeOf(story.workspace)).toEqual(before);
  });

  test("the clone and the tool are all it was given", () => {
    const { told } = story.json("list");
    const [run] = (told as unknown as { runs: { run_id: string }[] }).runs;
    expect(story.json("show", run?.run_id ?? "").told.permissions).toEqual({
      network: false,
      env: [],
      secrets: [],
      read: [modules],
      write: [],
    });
  });

  function trackedChanges(): string[] {
    // Asked in the other clone: git refreshes its index while it looks.
    return story
      .tool(["git", "status", "--porcelain"], direct)
      .split("\n")
      .filter((line) => line !== "");
  }

  function treeOf(place: string): Record<string, string> {
    const seen = Object.entries(picture(place)).filter(([name]) => !name.startsWith(".git/"));
    return Object.fromEntries(seen);
  }
});
