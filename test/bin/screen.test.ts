import { describe, expect, test } from "vitest";
import { gravest } from "../../bin/exit-codes.ts";
import { presentFailure, usageError } from "../../bin/failure.ts";
import { main } from "../../bin/main.ts";
import { EXIT_MEANINGS } from "../../bin/overview.ts";
import { safe } from "../../bin/render/shown.ts";
import { CabincrewError, EXIT, REASONS, type ReasonCode } from "../../schema/index.ts";
import { captured } from "./reports.ts";

const codes = Object.keys(REASONS) as ReasonCode[];

describe("exit codes", () => {
  test.each(codes)("of %s is the registry's, and the sentence, advice and code are shown", (code) => {
    const { screen, written } = captured();
    expect(presentFailure(new CabincrewError(code, "Opening x: it is broken."), screen, false)).toBe(
      REASONS[code].exit,
    );
    expect(written.err).toContain("Opening x: it is broken.");
    expect(written.err).toContain(`[${code}]`);
    expect(written.err).toContain(REASONS[code].next);
    expect(written.out).toBe("");
  });

  test("are all in the help", () => {
    const told = EXIT_MEANINGS.flatMap(([code]) => code.split(", ").map(Number));
    expect(told).toEqual(Object.values(EXIT));
  });

  test("of several runs are the gravest one's", () => {
    expect(gravest([0, 3, 9, 4])).toBe(9);
    expect(gravest([])).toBe(0);
    for (const code of Object.values(EXIT)) expect(gravest([0, code])).toBe(code);
  });
});

describe("a failure", () => {
  test("is one JSON document on stdout with --json, and text on stderr", () => {
    const { screen, written } = captured({ json: true });
    presentFailure(usageError("No \x1b[31mred\u202e.", "Do this."), screen, false);
    expect(JSON.parse(written.out)).toEqual({
      error: { code: "usage", message: "No \x1b[31mred\u202e.", next: "Do this.", detail: {} },
      exit_code: 2,
    });
    expect(written.out + written.err).not.toMatch(/[\x1b\u202e]/);
  });

  test("that nobody expected is internal, exits 1, and shows its stack only when asked", () => {
    const silent = captured();
    expect(presentFailure(new TypeError("x is not a function"), silent.screen, false)).toBe(1);
    expect(silent.written.err).toContain("x is not a function [internal]");
    expect(silent.written.err).not.toContain("    at ");
    const debug = captured();
    presentFailure(new TypeError("x"), debug.screen, true);
    expect(debug.written.err).toContain("    at ");
  });

  test("before the command line is understood obeys --json too, but not after --", async () => {
    const json = captured();
    expect(await main(["lst", "--json"], json.surface as never)).toBe(2);
    expect(JSON.parse(json.written.out).error.code).toBe("usage");
    const text = captured();
    expect(await main(["lst", "--", "--json"], text.surface as never)).toBe(2);
    expect(text.written.out).toBe("");
  });
});

describe("a screen", () => {
  test("colours only a terminal, unless told otherwise", () => {
    const red = (env: Record<string, string>, tty: boolean, noColor = false) =>
      captured({ noColor }, env, tty).screen.out.red("x").toString() !== "x";
    expect(red({}, true)).toBe(true);
    expect(red({}, false)).toBe(false);
    expect(red({ FORCE_COLOR: "1" }, false)).toBe(true);
    expect(red({ FORCE_COLOR: "0" }, true)).toBe(false);
    expect(red({ NO_COLOR: "1", FORCE_COLOR: "1" }, true)).toBe(false);
    expect(red({ TERM: "dumb" }, true)).toBe(false);
    expect(red({ FORCE_COLOR: "1" }, true, true)).toBe(false);
  });

  test("sends people's text to stderr, drops it when quiet, never drops an error", () => {
    const { screen, written } = captured({ quiet: true });
    screen.tell("hello");
    screen.alarm("trouble");
    screen.result(safe`result`);
    expect(written).toEqual({ out: "result\n", err: "trouble\n" });
  });

  test("prints the document on one line behind events", () => {
    const { screen, written } = captured({ json: true, events: true });
    screen.event({ kind: "log", line: "a\nb" });
    screen.document({ run_id: "r" });
    expect(
      written.out
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    ).toEqual([{ kind: "log", line: "a\nb" }, { run_id: "r" }]);
  });

  test("lets no text from outside act as a workflow command inside an action", () => {
    const { screen, written } = captured({}, { GITHUB_ACTIONS: "true" });
    screen.tell("::add-mask::x");
    expect(written.err).toBe("\\x3a:add-mask::x\n");
  });

  test("nor in the runners of Azure Pipelines and TeamCity", () => {
    for (const name of ["TF_BUILD", "TEAMCITY_VERSION"]) {
      const { screen, written } = captured({}, { [name]: "True" });
      screen.tell("##vso[task.setvariable variable=A]b");
      expect(written.err).toBe("#\\x23vso[task.setvariable variable=A]b\n");
    }
  });
});
