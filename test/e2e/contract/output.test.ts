import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { commandLine } from "../../bin/command-line.ts";

const PROGRAM = path.join(import.meta.dirname, "../../../bin/cabincrew.cjs");

/** A shell line in which `cabincrew` is the program. */
function inShell(cli: ReturnType<typeof commandLine>, line: string) {
  const script = `cabincrew() { "${process.execPath}" "${PROGRAM}" "$@"; }\n${line}`;
  return spawnSync("bash", ["-c", script], { cwd: cli.workspace, env: cli.environment, encoding: "utf8" });
}

const CHANGE = "-- sh -c 'echo more >> a.txt'";

describe("a command whose output goes nowhere", () => {
  it.each([
    ["a reader of its progress that goes away", `cabincrew run . ${CHANGE} 2>&1 | head -1 > /dev/null`],
    ["a reader of its events that goes away", `cabincrew run . --events ${CHANGE} | head -1 > /dev/null`],
    ["a closed standard error", `cabincrew run . ${CHANGE} 2>&-`],
  ])("drives a run to its end with %s", (_, line) => {
    const cli = commandLine({ "a.txt": "hello\n" });
    expect(inShell(cli, `${line}; exit "$PIPESTATUS"`).status).toBe(0);
    expect(cli.json("list").document.runs.map((run) => run.state)).toEqual(["COMPLETED"]);
    expect(readFileSync(path.join(cli.workspace, "a.txt"), "utf8")).toBe("hello\nmore\n");
  });

  it("exits with the code of the run, not with success, when a reader goes away", () => {
    const cli = commandLine();
    const line = "cabincrew run . -- sh -c 'echo FROM x > Dockerfile' 2>&1 | head -1 > /dev/null";
    expect(inShell(cli, `${line}; exit "$PIPESTATUS"`).status).toBe(3);
  });

  it.runIf(existsSync("/dev/full"))(
    "says so when a result cannot be written, and loses no run over its progress",
    () => {
      const cli = commandLine({ "a.txt": "hello\n" });
      expect(inShell(cli, `cabincrew run . ${CHANGE} 2> /dev/full`).status).toBe(0);
      const full = inShell(cli, "cabincrew list --json > /dev/full");
      expect(full.status).toBe(1);
      expect(full.stderr).toMatch(/result could not be written to standard output: ENOSPC/);
    },
  );

  it("ends quietly when a reader wants no more of a listing", () => {
    const cli = commandLine({ "a.txt": "hello\n" });
    cli.json("run", ".", "--", "true");
    const { status, stdout, stderr } = inShell(cli, 'cabincrew audit | head -1; exit "$PIPESTATUS"');
    expect([status, stdout.trim().split("\n").length, stderr]).toEqual([0, 1, ""]);
  });
});

describe("the example of a governance directory", () => {
  it("lets the bundled engines run", () => {
    const cli = commandLine({ "a.txt": "hello\n" });
    const example = path.join(import.meta.dirname, "../../../spec/examples/governance");
    expect(cli.json("run", ".", "--governance", example, "--", "true").document.state).toBe("COMPLETED");
  });
});
