import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { has, rules, Story } from "./story.ts";

const manifest = { name: "app", version: "1.0.0", private: true };
const dependency = { name: "tiny-dependency", version: "2.1.0", main: "index.js", scripts: { install: "touch ran" } };

describe.runIf(has("npm"))("npm installing a package from a tarball, without a network (needs npm)", () => {
  let story: Story;
  /** The same install made directly, in the same place relative to the tarball. */
  let direct: string;
  const install = ["npm", "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "./vendor/tiny.tgz"];

  beforeAll(() => {
    story = new Story("npm", { judges: "shipped" });
    const source = path.join(story.root, "tiny-dependency");
    mkdirSync(source);
    writeFileSync(path.join(source, "package.json"), JSON.stringify(dependency));
    writeFileSync(path.join(source, "index.js"), "module.exports = 42;\n");
    story.tool(["npm", "pack", "--silent", source], story.root);
    story.write({ "package.json": `${JSON.stringify(manifest, null, 2)}\n`, ".gitignore": "node_modules/\n" });
    mkdirSync(path.join(story.workspace, "vendor"));
    story.tool(["cp", path.join(story.root, "tiny-dependency-2.1.0.tgz"), "vendor/tiny.tgz"]);
    direct = path.join(story.root, "direct");
    story.tool(["cp", "-a", story.workspace, direct]);
    story.tool(install, direct);
  });
  afterAll(() => story.remove());

  test("its lock file needs a person, and with --exclude-ignored only manifest and lock file are applied", () => {
    const { code, told, err } = story.json("run", ".", "--exclude-ignored", "--", ...install);
    expect([code, told.state, told.decision], err).toEqual([3, "AWAITING_APPROVAL", "require_approval"]);
    expect(rules(told)).toContain("supply-chain/lock-file");
    expect(story.json("diff", told.run_id).told.diff).toContain('+    "tiny-dependency": "file:vendor/tiny.tgz"');
    expect(existsSync(path.join(story.workspace, "package-lock.json"))).toBe(false);

    const approved = story.json(
      "approve",
      told.plan_token?.slice(0, 12) ?? "",
      "--comment",
      "looked at it",
      "--resume",
    );
    expect([approved.code, approved.told.state], approved.err).toEqual([0, "COMPLETED"]);
    for (const name of ["package.json", "package-lock.json"])
      expect(story.read(name)).toBe(story.tool(["cat", path.join(direct, name)]));
    expect(existsSync(path.join(story.workspace, "node_modules"))).toBe(false);
  });

  test("without --exclude-ignored the installed packages come too, and what one of them runs by itself needs a person", () => {
    const { code, told } = story.json("run", ".", "--", ...install);
    // Manifest and lock file are as they were; the package brings an install script.
    expect([code, told.state, rules(told)]).toEqual([3, "AWAITING_APPROVAL", ["supply-chain/install-script"]]);
    expect(story.json("approve", told.run_id, "--comment", "read it", "--resume").told.state).toBe("COMPLETED");
    expect(story.tool(["node", "-p", "require('tiny-dependency')"]).trim()).toBe("42");
    expect(story.tool(["diff", "-r", "node_modules", path.join(direct, "node_modules")])).toBe("");
  });
});
