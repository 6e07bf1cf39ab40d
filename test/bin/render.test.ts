import { describe, expect, test } from "vitest";
import { renderDecided, renderPending } from "../../bin/render/approvals.ts";
import { findingsOf, ruleOf } from "../../bin/render/findings.ts";
import { createProgress } from "../../bin/render/progress.ts";
import { renderRun } from "../../bin/render/run.ts";
import { createInk } from "../../bin/render/shown.ts";
import { table } from "../../bin/render/table.ts";
import { bytes, count, duration } from "../../bin/render/units.ts";
import { renderVerification } from "../../bin/render/verification.ts";
import { awaiting, broken, captured, denial, passed, runReport } from "./reports.ts";

const ink = createInk(false);

describe("a run's summary", () => {
  test("says what was decided and why: place, rule, reason, fix, most severe first", () => {
    const text = renderRun(runReport(), ink).toString();
    expect(text).toContain("failed  run 01JD5X  in 412 ms");
    expect(text).toContain("src/a b:c,d.pem:3  private key, do not commit");
    expect(text).toContain("default/private-key");
    expect(text).toContain("fix: move it to the vault");
    expect(text.indexOf("private-key")).toBeLessThan(text.indexOf("large-change"));
    expect(text).toContain("2 files, +10 -1");
    expect(text).toContain("next      Change the plan.");
  });

  test("names a judge that broke although it found nothing", () => {
    expect(findingsOf([passed, broken])).toEqual([
      { source: "onnx", policy_id: "leaks", decision: "deny", message: broken.reason, rule: "load_failed" },
    ]);
    expect(findingsOf([denial]).map((finding) => finding.decision)).toEqual(["deny", "warn"]);
  });

  test("names a rule by its policy, once", () => {
    const finding = { source: "opa", policy_id: "agents", decision: "warn", message: "m" } as const;
    const named = ["agents/hook", "hook", "agents-hook"].map((rule) => ruleOf({ ...finding, rule }));
    expect([...named, ruleOf(finding)]).toEqual(["agents/hook", "agents/hook", "agents/agents-hook", "agents"]);
  });

  test("of a waiting run says who may approve, until when, and how", () => {
    const text = renderRun(awaiting, ink).toString();
    expect(text).toContain("2 people with role operator, until 2026-01-02T00:00:00Z");
    expect(text).toContain("so far: ada");
    expect(text).toContain("cabincrew approve abababab");
  });
});

describe("approvals", () => {
  const pending = {
    ...(awaiting.approval as NonNullable<typeof awaiting.approval>),
    run_id: "01JD5X",
    plan_token: "ab",
    title: "npm \x1b[31mtest",
    requester: { id: "eve", proven: false },
    reasons: ["1", "2", "3", "4", "5", "6", "7"].map((name) => `reason ${name}`),
  };

  test("are listed with reasons, a bound on them, and nothing that acts on the terminal", () => {
    const text = renderPending([pending, pending], ink).toString();
    expect(text).toContain("npm \\x1b[31mtest");
    expect(text).toContain("… and 2 more: cabincrew show 01JD5X");
  });

  test("say who is missing, or what to do next", () => {
    const decided = {
      run_id: "01JD5X",
      approval_id: "a",
      decision: "approve",
      approver: { id: "ada", proven: false },
      state: "AWAITING_APPROVAL",
      missing: [{ role: "lead", needed: 2, have: 1 }],
      plan_token: "ab",
      exit_code: 3,
    } as const;
    expect(renderDecided(decided, ink).toString()).toContain("1 more with role lead");
    expect(renderDecided({ ...decided, state: "APPROVED", missing: [] }, ink).toString()).toContain(
      "cabincrew resume 01JD5X",
    );
  });
});

describe("progress", () => {
  test("is plain lines without a terminal", () => {
    const { screen, written } = captured();
    const progress = createProgress(screen, () => 0);
    progress.observe({ kind: "state", run_id: "r", state: "PLAN_RUNNING", at: "" });
    progress.observe({ kind: "log", run_id: "r", line: "::error::\x1b[2Jx\ty" });
    progress.stop();
    expect(written.err).toBe(
      "    0 ms  planning: the engine runs, nothing takes effect\n          | ::error::\\x1b[2Jx\ty\n",
    );
  });

  test("shows a thousand log lines of a stage without a terminal, then where the rest is", () => {
    const { screen, written } = captured();
    const progress = createProgress(screen, () => 0);
    for (let line = 0; line < 3000; line += 1) progress.observe({ kind: "log", run_id: "r", line: `${line}` });
    const lines = written.err.trimEnd().split("\n");
    expect([lines.length, lines.at(-1)]).toEqual([1001, "          | (all of it: cabincrew logs r)"]);
  });

  test("is one line redrawn on a terminal, and cleared at the end", () => {
    const { screen, written } = captured({ noColor: true }, {}, true);
    const progress = createProgress(screen, () => 0);
    progress.observe({ kind: "log", run_id: "r", line: "last \x07line" });
    progress.observe({ kind: "state", run_id: "r", state: "TAKEOFF_RUNNING", at: "" });
    progress.stop();
    expect(written.err).toContain("taking off");
    expect(written.err).toContain("last \\x07line");
    expect(written.err).not.toContain("\n");
    expect(written.err.endsWith("\r\x1b[2K")).toBe(true);
  });

  test("is silent when quiet", () => {
    const { screen, written } = captured({ quiet: true }, {}, true);
    createProgress(screen, () => 0).observe({ kind: "log", run_id: "r", line: "x" });
    expect(written.err).toBe("");
  });
});

describe("other views", () => {
  test("of a verification show findings and the head to note down", () => {
    const text = renderVerification(
      {
        ok: false,
        events: 2,
        runs: 1,
        head: { seq: 2, hash: "cafe", signature: "s", key_id: "k" },
        findings: [{ code: "ledger_corrupt", where: "event 1", message: "hash" }],
        checked: ["chain", "signatures"],
        duration_ms: 3,
      },
      ink,
    ).toString();
    for (const part of [
      "not intact  2 events of 1 run",
      "chain, signatures",
      "ledger_corrupt  event 1  hash",
      "#2 cafe",
    ]) {
      expect(text).toContain(part);
    }
  });

  test("align columns by what is seen, colours apart", () => {
    const colours = createInk(true);
    const rows = table(
      ["A", "B"],
      [
        [colours.red("xx"), "1"],
        ["yyy", "2"],
      ],
    )
      .toString()
      .replace(/\x1b\[\d+m/g, "");
    expect(rows).toBe("A    B\nxx   1\nyyy  2");
    expect(table(["A"], []).toString()).toBe("A");
  });

  test("write durations, counts and sizes for people", () => {
    expect([duration(12.4), duration(1_500), duration(61_000)]).toEqual(["12 ms", "1.5 s", "1 min 1 s"]);
    expect([count(1, "file"), count(2, "person", "people")]).toEqual(["1 file", "2 people"]);
    expect([bytes(12), bytes(2_048), bytes(3 * 1024 ** 3)]).toEqual(["12 B", "2.0 KiB", "3.0 GiB"]);
  });
});
