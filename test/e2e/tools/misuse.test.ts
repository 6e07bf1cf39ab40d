import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hasBubblewrap, isRoot, picture } from "../../engines/exec/engine.ts";
import { Story } from "./story.ts";

let story: Story;
beforeEach(() => {
  story = new Story("misuse", { judges: "shipped" });
  story.write({ "notes.txt": "one\n" });
});
afterEach(() => story.remove());

const append = ["--", "sh", "-c", "echo two >> notes.txt"];

describe("a command line that cannot work", () => {
  test("nothing after --: exit 2, an example, and no ledger made", () => {
    for (const argv of [
      ["run", "."],
      ["run", ".", "--"],
      ["plan", ".", "--", ""],
    ]) {
      const { code, told } = story.json(...argv);
      expect([code, told.error.code]).toEqual([2, "usage"]);
      expect(told.error.next).not.toBe("");
    }
    expect(existsSync(story.stateDir)).toBe(false);
  });

  test.each([
    ["no-such-program-here", "was not found on PATH"],
    ["./missing.sh", "does not exist"],
    ["./notes.txt", "is not executable"],
  ])("the command %s: it is named and nothing took effect", (program, why) => {
    const before = picture(story.workspace);
    const { code, told } = story.json("run", ".", "--", program, "argument");
    expect([code, told.error.code]).toEqual([2, "command_not_found"]);
    expect(told.error.message).toContain(`\`${program}\` ${why}`);
    expect(picture(story.workspace)).toEqual(before);
  });

  test("a command that fails: exit 1, its exit code, its log, and none of its changes", () => {
    const { code, told, err } = story.json("run", ".", "--", "sh", "-c", "rm notes.txt; echo broken >&2; exit 42");
    expect([code, told.state, told.reason]).toEqual([1, "FAILED", "engine_failed"]);
    expect([told.message, err]).toEqual([expect.stringContaining("exited with 42"), expect.stringContaining("broken")]);
    expect(story.cabincrew("logs", told.run_id).out).toBe("broken\n");
    expect(story.read("notes.txt")).toBe("one\n");
  });

  test("a command killed by a signal says which", () => {
    const { code, told } = story.json("run", ".", "--", "sh", "-c", "kill -SEGV $$");
    expect([code, told.message]).toEqual([1, expect.stringContaining("killed by signal 11")]);
  });
});

describe("Ctrl-C on a terminal, which signals the whole foreground group", () => {
  test("exits 130, leaves no process behind, and resume does the work", async () => {
    const flag = path.join(story.root, "flag");
    const command = `if test -e '${flag}'; then echo two >> notes.txt; else echo started >&2; sh -c 'sleep 300; :' ${story.root}; fi`;
    let sent = false;
    const argv = ["run", ".", "--json", "--read", story.root, "--", "sh", "-c", command];
    const { child, ended } = story.start(argv, (err) => {
      if (sent || !err.includes("| started") || child.pid === undefined) return;
      sent = process.kill(-child.pid, "SIGINT");
    });
    const { code, out } = await ended;
    expect([code, JSON.parse(out).exit_code]).toEqual([130, 130]);
    expect(commandLines().filter((line) => line.includes(story.root))).toEqual([]);
    expect(story.read("notes.txt")).toBe("one\n");
    writeFileSync(flag, "");
    expect(story.json("resume")).toMatchObject({ code: 0, told: { state: "COMPLETED" } });
    expect(story.read("notes.txt")).toBe("one\ntwo\n");
  });

  function commandLines(): string[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, "utf8");
        } catch {
          return ""; // it ended meanwhile
        }
      });
  }
});

describe("two runs on one workspace", () => {
  // Where no sandbox held the command, the change is found when planning ends: it could have been the command's own.
  const refusals = [...(hasBubblewrap ? [] : ["flight_plan_mutated_workspace"]), "workspace_changed"];

  test("the one whose plan was made on what the other changed is refused", async () => {
    const gate = path.join(story.root, "gate");
    story.tool(["mkfifo", gate]);
    const script = `echo waiting >&2; cat '${gate}'; echo slow >> notes.txt`;
    const argv = ["run", ".", "--json", "--read", gate, "--", "sh", "-c", script];
    let slow: ReturnType<Story["start"]> | undefined;
    await new Promise<void>((resolve) => {
      slow = story.start(argv, (err) => err.includes("| waiting") && resolve());
      slow.ended.then(() => resolve());
    });
    expect((await story.meanwhile("run", ".", ...append)).code).toBe(0);
    await (await open(gate, "w")).close();
    const { code, out } = (await slow?.ended) ?? { code: null, out: "{}" };
    expect([code, JSON.parse(out).reason]).toEqual([5, refusals[0]]);
    expect(story.read("notes.txt")).toBe("one\ntwo\n");
  });

  test("started at the same moment, on a state directory that is not there yet: one takes off, the others are refused", async () => {
    const names = ["a", "b", "c", "d"];
    const ended = await Promise.all(
      names.map((name) => story.meanwhile("run", ".", "--", "sh", "-c", `echo ${name} > ${name}`)),
    );
    for (const [at, name] of names.entries()) {
      const made = existsSync(path.join(story.workspace, name));
      expect([ended[at]?.code, ended[at]?.told.reason, made]).toBeOneOf([
        [0, null, true],
        ...refusals.map((reason) => [5, reason, false]),
      ]);
    }
    expect(ended.map((each) => each.code)).toContain(0);
    const verified = story.json("verify").told;
    expect([verified.ok, verified.error]).toEqual([true, undefined]);
  });
});

describe("a workspace that is not what it was", () => {
  test("deleted between plan and resume: refused, and never made anew", () => {
    const planned = story.json("plan", ".", ...append);
    renameSync(story.workspace, path.join(story.root, "away"));
    const { code, told } = elsewhere("resume", planned.told.run_id);
    expect([code, told.error?.message ?? told.message]).toEqual([
      expect.toBeOneOf([2, 5]),
      expect.stringContaining(story.workspace),
    ]);
    expect(existsSync(story.workspace)).toBe(false);
  });

  test("replaced by a file: refused, and the file is left alone", () => {
    const planned = story.json("plan", ".", ...append);
    rmSync(story.workspace, { recursive: true });
    writeFileSync(story.workspace, "a file\n");
    const { code } = elsewhere("resume", planned.told.run_id);
    expect([2, 5]).toContain(code);
    expect(readFileSync(story.workspace, "utf8")).toBe("a file\n");
  });

  /** From a directory that is still there. */
  function elsewhere(...argv: readonly string[]) {
    story.directory = story.home;
    return story.json(...argv);
  }
});

describe.runIf(isRoot)("a workspace that its user may not write (needs root to become nobody)", () => {
  test("can be planned on; take-off fails, says why and leaves no trace", () => {
    const ordinary = new Story("readonly", { asNobody: true });
    ordinary.write({ "notes.txt": "one\n" });
    for (const place of [ordinary.workspace, path.join(ordinary.workspace, "notes.txt")]) chownSync(place, 0, 0);
    chmodSync(ordinary.workspace, 0o755);
    const before = picture(ordinary.workspace);
    const { code, told, err } = ordinary.json("run", ".", "--", "sh", "-c", "echo new > made");
    expect([code, told.state, told.reason], err).toEqual([1, "FAILED", "engine_failed"]);
    expect(told.message).toMatch(/take-off.*permission denied/is);
    expect(picture(ordinary.workspace)).toEqual(before);
    ordinary.remove();
  });
});

describe("in a GitHub workflow", () => {
  test("a denied run annotates the line, writes the job summary, and exits 4", () => {
    const summary = path.join(story.root, "summary.md");
    Object.assign(story.environment, { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary });
    const leak = "printf -- '-----BEGIN RSA PRIVATE KEY-----\\nMIIEowIBAAKCAQEA\\n' > id_rsa";
    const { code, out } = story.cabincrew("run", ".", "--format", "github", "--", "sh", "-c", leak);
    expect([code, out]).toEqual([4, expect.stringMatching(/^::error .*file=id_rsa/m)]);
    expect(
      out
        .trimEnd()
        .split("\n")
        .filter((line) => !line.startsWith("::")),
    ).toEqual([]);
    expect(readFileSync(summary, "utf8")).toContain("id&#95;rsa");
    expect(existsSync(path.join(story.workspace, "id_rsa"))).toBe(false);
  });

  test("a summary that cannot be written does not change how the run ends", () => {
    Object.assign(story.environment, { GITHUB_STEP_SUMMARY: path.join(story.root, "no", "such", "summary.md") });
    const { code } = story.cabincrew("run", ".", "--format", "github", ...append);
    expect([code, story.read("notes.txt")]).toEqual([0, "one\ntwo\n"]);
  });
});
