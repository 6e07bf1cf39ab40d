import { expect, test } from "vitest";
import { beginAhead } from "../../bin/ahead.ts";

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
