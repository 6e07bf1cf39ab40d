import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasBubblewrap, hasOverlay, isRoot, NOBODY, picture } from "../../engines/exec/engine.ts";
import { Story } from "./story.ts";

const EDIT =
  "sed -i s/one/two/ src/*.txt && mkdir -p new/empty && echo '{}' > package-lock.json && rm src/gone.txt && chmod 0755 src/tool.txt";

function fill(story: Story): void {
  for (const name of ["a", "b c", "gone", "tool"]) story.write({ [`src/${name}.txt`]: "one\n" });
}

describe.runIf(isRoot)("an ordinary user without any rights (needs root to become nobody)", () => {
  let story: Story;
  beforeAll(() => {
    story = new Story("nobody", { asNobody: true });
    fill(story);
    story.tool(["chown", "-R", `${NOBODY}:${NOBODY}`, "."]);
  });
  afterAll(() => story.remove());

  test("plans, approves, applies, and owns everything that was made", () => {
    const { code, told, err } = story.json("run", ".", "--", "sh", "-c", EDIT);
    expect([code, told.state], err).toEqual([3, "AWAITING_APPROVAL"]);
    const approved = story.json("approve", told.run_id, "--comment", "fine", "--resume");
    expect([approved.code, approved.told.state], approved.err).toEqual([0, "COMPLETED"]);
    expect(story.read("src/b c.txt")).toBe("two\n");
    expect(story.tool(["find", ".", "!", "-user", "nobody"])).toBe("");
    expect(story.json("verify").told.ok).toBe(true);
  });

  test("in a tree that a group shares, too", () => {
    const shared = new Story("shared", { asNobody: true });
    fill(shared);
    shared.tool(["chown", "-R", `${NOBODY}:0`, "."]);
    const { code, told, err } = shared.json("run", ".", "--", "sh", "-c", "sed -i s/one/two/ src/a.txt");
    expect([code, told.state], err).toEqual([0, "COMPLETED"]);
    expect(shared.read("src/a.txt")).toBe("two\n");
    shared.remove();
  });

  test("whose ledger and keys nobody else can read", () => {
    const open = story.stateFiles().filter((file) => /keys\/.*\.pem$/.test(file) && !file.endsWith(".pub.pem"));
    expect(open.length).toBeGreaterThan(0);
    for (const file of open) expect(story.tool(["stat", "-c", "%a", file])).toBe("600\n");
  });
});

/** Every program of this machine's PATH but the named ones. */
function pathWithout(story: Story, ...missing: readonly string[]): string {
  const directory = path.join(story.root, `path-without-${missing.join("-")}`);
  mkdirSync(directory);
  for (const place of (process.env["PATH"] ?? "").split(":")) {
    for (const name of programsIn(place)) {
      if (missing.includes(name)) continue;
      try {
        symlinkSync(path.join(place, name), path.join(directory, name));
      } catch {
        // an earlier directory of PATH has it
      }
    }
  }
  return directory;
}

function programsIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

describe("a machine with less", () => {
  const machines = [
    { name: "as it is", missing: [], sandbox: "bubblewrap", copy: "overlay", possible: hasBubblewrap && hasOverlay },
    { name: "without bubblewrap", missing: ["bwrap"], sandbox: "none", copy: "overlay", possible: hasOverlay },
    {
      name: "without bubblewrap and overlay",
      missing: ["bwrap", "unshare"],
      sandbox: "none",
      copy: "copy",
      possible: true,
    },
  ].filter((machine) => machine.possible);

  test("makes the same plan, with the same token, and applies the same", () => {
    const tokens: string[] = [];
    const trees: object[] = [];
    // One story: the workspace's own path and state belong to the token.
    const story = new Story("less");
    const full = story.environment["PATH"];
    for (const machine of machines) {
      story.tool(["sh", "-c", "find . -mindepth 1 -delete"]);
      fill(story);
      story.environment["PATH"] = machine.missing.length === 0 ? full : pathWithout(story, ...machine.missing);
      const { code, told, err } = story.json("plan", ".", "--", "sh", "-c", EDIT);
      expect([code, told.state], `${machine.name}: ${err}`).toEqual([3, "AWAITING_APPROVAL"]);
      expect(receiptOf(story, told.run_id), machine.name).toEqual({
        sandbox: machine.sandbox,
        private_copy: machine.copy,
        exit_code: 0,
      });
      const approved = story.json("approve", told.run_id, "--comment", machine.name, "--resume");
      expect([approved.code, approved.told.state], approved.err).toEqual([0, "COMPLETED"]);
      tokens.push(told.plan_token ?? machine.name);
      trees.push(picture(story.workspace));
    }
    story.environment["PATH"] = full;
    expect(new Set(tokens).size).toBe(1);
    for (const tree of trees) expect(tree).toEqual(trees[0]);
    story.remove();
  });

  test("is refused where a sandbox is required, and the command never starts", () => {
    const story = new Story("required");
    story.environment["PATH"] = pathWithout(story, "bwrap");
    const { code, told } = story.json("run", ".", "--sandbox", "required", "--", "sh", "-c", "echo x > made");
    expect([code, told.error?.code ?? told.reason]).toEqual([expect.any(Number), "sandbox_unavailable"]);
    expect(code).not.toBe(0);
    expect(story.tool(["ls"])).toBe("");
    story.remove();
  });

  test("does not let the command reach the real workspace, nor keep what it wrote there", () => {
    const story = new Story("reach");
    fill(story);
    story.environment["PATH"] = pathWithout(story, "bwrap", "unshare");
    const real = path.join(story.workspace, "src/a.txt");
    const { code, told } = story.json("run", ".", "--", "sh", "-c", `echo reached > '${real}'`);
    // Without any namespace a command that names the real path can write it; that is detected and ends the run.
    expect([code, told.reason]).toEqual([expect.any(Number), "flight_plan_mutated_workspace"]);
    expect(readFileSync(real, "utf8")).toBe("reached\n");
    story.remove();
  });
});

/** How the command was run, from the ledger. */
function receiptOf(story: Story, run: string): unknown {
  const lines = story.cabincrew("audit", run, "--format", "ndjson").out.split("\n");
  const line = lines.find((each) => each.includes("flight_plan.completed")) ?? '{"body":"{}"}';
  return JSON.parse(JSON.parse(line).body).data?.receipt?.diagnostics;
}
