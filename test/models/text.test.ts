import { describe, expect, test } from "vitest";
import { selectAddedText } from "../../models/text.ts";
import type { PreflightArtifact } from "../../schema/index.ts";
import { bodyArtifact, fileArtifact, preflightInput } from "./input.ts";

function select(...artifacts: readonly PreflightArtifact[]) {
  const outcome = selectAddedText(preflightInput(...artifacts));
  if ("failure" in outcome) throw new Error(outcome.failure.code);
  return outcome.value;
}

describe("the text a plan adds", () => {
  test("added lines keep their artifact, file and number; empty ones have nothing to score", () => {
    const text = select(fileArtifact("a.env", ["A=1", "", "B=é"]));
    expect(text.lines).toEqual([
      { artifact: "change-a.env", file: "a.env", line: 1, text: "A=1" },
      { artifact: "change-a.env", file: "a.env", line: 3, text: "B=é" },
    ]);
    expect(text.bytes).toBe(7);
  });

  test("an artifact that is no file change is scored by the lines of its body", () => {
    const text = select(bodyArtifact({ body: "one\r\n\ntwo", target: "plan.txt" }));
    expect(text.lines.map(({ file, line, text }) => ({ file, line, text }))).toEqual([
      { file: "plan.txt", line: 1, text: "one" },
      { file: "plan.txt", line: 3, text: "two" },
    ]);
  });

  test("a binary change is counted, not scored", () => {
    const text = select(fileArtifact("a.png", ["noise"], { binary: true, truncated: true }));
    expect(text).toMatchObject({ lines: [], binary: 1, unseen: [] });
  });

  test("a change that was cut because of its size is listed as unseen, and what is left of it is scored", () => {
    const text = select(fileArtifact("big.txt", ["start"], { truncated: true }));
    expect(text.lines).toHaveLength(1);
    expect(text.unseen).toEqual([{ artifact: "change-big.txt", file: "big.txt" }]);
  });

  test("a text body too large to be handed to judges is unseen, an image or an empty artifact is not", () => {
    const sha256 = "0".repeat(64);
    const text = select(
      bodyArtifact({ name: "log", mime: "text/plain", sha256, size: 2 ** 21 }),
      bodyArtifact({ name: "plan", mime: "application/vnd.plan+json", sha256, size: 10 }),
      bodyArtifact({ name: "photo", mime: "image/png", sha256, size: 2 ** 21 }),
      bodyArtifact({ name: "note" }),
    );
    expect(text.unseen.map(({ artifact }) => artifact)).toEqual(["log", "plan"]);
  });

  test("more than 64 MiB of added text is a failure, not a sample", () => {
    const line = "x".repeat(1024 * 1024);
    const outcome = selectAddedText(preflightInput(fileArtifact("huge", new Array<string>(65).fill(line))));
    expect(outcome).toMatchObject({ failure: { code: "too_much_text" } });
  });

  test("a line that only got other spaces is not new text, and columns padded to a width are one space wide", () => {
    const removed = [{ line: 1, text: "| a | b |" }];
    const text = select(fileArtifact("t.md", ["| a    | b   |", "  | c      | d |", "|a|b|"], { removed }));
    expect(text.lines.map(({ text }) => text)).toEqual(["  | c | d |", "|a|b|"]);
  });
});
