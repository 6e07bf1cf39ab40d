import { beforeAll, describe, expect, test } from "vitest";
import { builtinModelPack } from "../../models/index.ts";
import type { Evaluation } from "../../schema/index.ts";
import { harmlessPathLines, secretsBesidePaths } from "./drawn-paths.ts";
import { fileArtifact, judgeWith, preflightInput } from "./input.ts";

const LINES_A_KIND = 1_000;
const KINDS = harmlessPathLines(LINES_A_KIND, 20_260_101);
const SECRETS = secretsBesidePaths(100, 20_260_201);

describe("the credentials model, before names drawn at random in paths", () => {
  let evaluation: Evaluation;
  const found = (file: string) => evaluation.findings.filter((finding) => finding.file === file);

  beforeAll(async () => {
    const artifacts = [...KINDS, ["secrets", SECRETS] as const].map(([name, lines]) => fileArtifact(name, lines));
    const [judged] = await judgeWith([builtinModelPack("credentials")], preflightInput(...artifacts));
    if (!judged) throw new Error("no evaluation");
    evaluation = judged;
  });

  test("scores every line", () => {
    expect(evaluation.failure).toBeUndefined();
    expect(evaluation.evidence["lines_scored"]).toBe(KINDS.length * LINES_A_KIND + SECRETS.length);
  });

  test.each(KINDS.map(([kind]) => kind))("asks about at most two of a thousand lines of %s, and stops none", (kind) => {
    expect(
      found(kind)
        .map(({ line, score }) => `line ${line} (${score})`)
        .slice(2),
    ).toEqual([]);
    expect(found(kind).filter(({ decision }) => decision === "deny")).toEqual([]);
  });

  test("finds secrets beside such paths, 98 of 100 at least, and repeats none of them", () => {
    expect(new Set(found("secrets").map(({ line }) => line)).size).toBeGreaterThanOrEqual(98);
    const said = JSON.stringify(evaluation.findings);
    expect(SECRETS.filter((line) => said.includes(line.slice(-12)))).toEqual([]);
  });
});
