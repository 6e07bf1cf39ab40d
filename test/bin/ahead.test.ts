import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { beginAhead } from "../../bin/ahead.ts";
import { main } from "../../bin/main.ts";
import { pipeNames } from "../../engines/launch/index.ts";
import { beginRun } from "../../orchestrator/index.ts";
import { JudgePool } from "../../orchestrator/preflight/judges.ts";
import { fixturePack } from "../models/input.ts";
import { captured } from "./reports.ts";

test.each([
  [["list"]],
  [["run", "--help"]],
  [["help", "run"]],
  [["--get-yargs-completions", "cabincrew", "run", ""]],
  [["approve", "3f", "--", "run"]],
  [["run", ".", "--sandbox", "perhaps"]],
  [["run", "--sandbox=perhaps"]],
])("nothing is begun for %j", (words) => {
  expect(beginAhead(words)).toBeUndefined();
});

test.each([
  [["run", ".", "--", "true"], "auto"],
  [["--quiet", "plan", "--sandbox", "off"], "off"],
  [["plan", "--sandbox=off"], "off"],
] as const)("for %j the model process is begun in the sandbox asked for: %s", (words, sandbox) => {
  const begun = beginAhead(words);
  const { process: models } = begun?.models ?? {};
  models?.fail({ code: "crashed", sentence: "the test is over" });
  expect([begun?.sandbox, models?.pid]).toEqual([sandbox, expect.any(Number)]);
});

test.each([
  ["is what a run with that sandbox uses", "off", "the model process was closed"],
  ["is ended unused where the run asks for another sandbox", "auto", "no model was asked for"],
] as const)("what was begun %s", async (_title, sandbox, end) => {
  const begun = beginRun("off");
  expect(await main(["run", "--no-such-flag"], captured().surface as never, begun)).toBe(2);
  const judges = new JudgePool(tmpdir());
  judges.start({ digest: "", policies: [], models: [{ directory: fixturePack("loudest") }] } as never, sandbox);
  await judges.close();
  expect(await begun.models.process.request({ type: "score" }).answer).toMatchObject({ failure: { sentence: end } });
  if (sandbox === "off") expect(pipeNames()).toBe(begun.pipes);
});
