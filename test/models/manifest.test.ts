import { describe, expect, test } from "vitest";
import { fillReason, manifestFault, outputPlans, scoreColumns } from "../../models/manifest.ts";
import { readOutput } from "../../models/outputs.ts";
import { type ModelManifest, type ModelScoredOutput, parseDocument } from "../../schema/index.ts";
import { fileArtifact, fixturePack, judgeWith, preflightInput } from "./input.ts";

const LINES = {
  select: "added-lines",
  encoding: "bytes",
  length: 8,
  pad: 0,
  tensor: "input",
  dtype: "int32",
} as const;
const FEATURES = { select: "artifacts", encoding: "features", feature_set: 1, tensor: "x", dtype: "float32" } as const;
const BASE: ModelManifest = {
  format: "cabincrew.model/1",
  id: "m",
  version: "1",
  license: "MIT",
  file: "m.onnx",
  sha256: "0".repeat(64),
  input: LINES,
};
const SCORE = { output: { tensor: "score", kind: "probability" }, thresholds: { deny: 0.5 } } as const;
const CLASSES: ModelScoredOutput = {
  tensor: "logits",
  kind: "softmax",
  classes: [{ name: "good" }, { name: "bad", thresholds: { warn: 0.2, deny: 0.9 } }],
};
const LABEL: ModelScoredOutput = { tensor: "label", kind: "label", labels: { "1": "deny", "0": "allow" } };

function faultOf(changes: object): string | undefined {
  return manifestFault(parseDocument("modelManifest", { ...BASE, ...changes }, "governance_invalid", "manifest.json"));
}

describe("a manifest that contradicts itself is refused when it is loaded", () => {
  test.each([
    ["thresholds out of order", { ...SCORE, thresholds: { warn: 0.9, deny: 0.5 } }, "out of order"],
    [
      "thresholds of a class out of order",
      { outputs: [{ ...CLASSES, classes: [{ name: "bad", thresholds: { require_approval: 0.9, deny: 0.8 } }] }] },
      "thresholds of bad are out of order",
    ],
    ["no output at all", {}, "either `output` and `thresholds`, or `outputs`"],
    ["an output without thresholds", { output: SCORE.output }, "either `output` and `thresholds`, or `outputs`"],
    ["both forms of outputs", { ...SCORE, outputs: [CLASSES] }, "either `output` and `thresholds`, or `outputs`"],
    ["two classes of one name", { outputs: [CLASSES, CLASSES] }, "same name"],
    ["no class that decides", { outputs: [{ ...CLASSES, classes: [{ name: "good" }] }] }, "leads to a decision"],
    ["labels that all allow", { outputs: [{ ...LABEL, labels: { "0": "allow" } }] }, "leads to a decision"],
    ["an unknown placeholder", { ...SCORE, reason: "found {text}" }, "unknown placeholder {text}"],
    ["chunks without their size", { ...SCORE, input: { ...LINES, select: "added-chunks" } }, "`chunk` is given"],
    ["a size without chunks", { ...SCORE, input: { ...LINES, chunk: { lines: 3 } } }, "`chunk` is given"],
    [
      "chunks that never move on",
      { ...SCORE, input: { ...LINES, select: "added-chunks", chunk: { lines: 3, overlap: 3 } } },
      "overlap by fewer lines",
    ],
    ["an unknown feature", { ...SCORE, input: { ...FEATURES, features: ["size", "sise"] } }, "no feature sise"],
    ["a feature of Object", { ...SCORE, input: { ...FEATURES, features: ["constructor"] } }, "no feature constructor"],
    ["an unknown value", { ...SCORE, input: { ...FEATURES, features: ["op:chmod"] } }, "no feature op:chmod"],
    ["a family without value", { ...SCORE, input: { ...FEATURES, features: ["extension:"] } }, "no feature extension:"],
  ])("%s", (_, changes, sentence) => {
    expect(faultOf(changes)).toContain(sentence);
  });

  test.each([
    ["a threshold above 1", { ...SCORE, thresholds: { deny: 1.5 } }, "thresholds.deny"],
    ["a threshold that is no number", { ...SCORE, thresholds: { deny: "0.5" } }, "thresholds.deny"],
    ["an unknown language", { ...SCORE, applies_to: { languages: ["klingon"] } }, "languages"],
    ["an unknown decision for a label", { outputs: [{ ...LABEL, labels: { "1": "block" } }] }, "labels"],
    ["an unknown kind of output", { outputs: [{ tensor: "x", kind: "score" }] }, "kind"],
    ["features of lines", { ...SCORE, input: { ...FEATURES, select: "files", features: ["size"] } }, "input.select"],
    [
      "a newer set of features",
      { ...SCORE, input: { ...FEATURES, feature_set: 2, features: ["size"] } },
      "feature_set",
    ],
    ["a misspelt key of an input", { ...SCORE, input: { ...LINES, lenght: 3 } }, "lenght"],
  ])("%s", (_, changes, sentence) => {
    expect(() => faultOf(changes)).toThrow(sentence);
  });

  test("what says what it means is accepted", () => {
    expect(faultOf(SCORE)).toBeUndefined();
    expect(faultOf({ outputs: [CLASSES, LABEL], reason: "{class} {score} {file} {line}" })).toBeUndefined();
    expect(faultOf({ ...SCORE, input: { ...FEATURES, features: ["entropy", "op:create", "extension:sh"] } })).toBe(
      undefined,
    );
  });
});

describe("outputs in one form", () => {
  test("scores, classes and labels are columns with thresholds", () => {
    expect(scoreColumns({ ...BASE, ...SCORE })).toEqual([{ thresholds: { deny: 0.5 } }]);
    expect(scoreColumns({ ...BASE, outputs: [CLASSES, LABEL] })).toEqual([
      { name: "good", thresholds: {} },
      { name: "bad", thresholds: { warn: 0.2, deny: 0.9 } },
      { name: "0", thresholds: {} },
      { name: "1", thresholds: { deny: 1 } },
    ]);
  });

  test("a placeholder is filled once: what fills it is not read again", () => {
    expect(fillReason("{file}: {class}", { file: "{class}", class: "bad" })).toBe("{class}: bad");
  });

  test("two outputs of one model decide together", async () => {
    const plan = preflightInput(fileArtifact("a", ["!", "z", "é"]));
    const [evaluation] = await judgeWith([fixturePack("labelled")], plan);
    // A highest byte of 195 is a score of 0.76, which denies, and the label 1, which warns.
    expect(evaluation?.findings.map(({ line, decision, rule }) => [line, decision, rule])).toEqual([
      [3, "deny", "labelled"],
      [2, "warn", "1"],
      [3, "warn", "1"],
    ]);
  });

  test("a label that the manifest does not list is a failure, not an absence of findings", async () => {
    const [evaluation] = await judgeWith([fixturePack("labelled")], preflightInput(fileArtifact("a", ["ÿ€😀"])));
    expect(evaluation).toMatchObject({ decision: "deny", failure: "output_invalid" });
  });
});

describe("numbers out of a model", () => {
  function read(output: ModelScoredOutput, type: string, data: unknown, dims: readonly number[]) {
    const [plan] = outputPlans({ ...BASE, outputs: [output] });
    if (!plan) throw new Error("no plan");
    const into = new Float64Array(2 * plan.columns);
    const outcome = readOutput(plan, { type, data, dims } as never, 2, into, 0, plan.columns);
    return "failure" in outcome ? outcome.failure.code : [...into];
  }
  const probabilities: ModelScoredOutput = { ...CLASSES, kind: "probabilities" };
  const single: ModelScoredOutput = { tensor: "p", kind: "probability", thresholds: { deny: 0.5 } };

  test("softmax takes a row together, however large its logits, sigmoid each number alone", () => {
    expect(read(CLASSES, "float32", Float32Array.of(1000, 1000, -1000, 1000), [2, 2])).toEqual([0.5, 0.5, 0, 1]);
    expect(read({ ...CLASSES, kind: "sigmoid" }, "float32", Float32Array.of(0, 100, -100, 0), [2, 2])).toEqual([
      0.5, 1, 0, 0.5,
    ]);
  });

  test("labels are int64, int32 or texts", () => {
    expect(read(LABEL, "int64", BigInt64Array.of(0n, 1n), [2])).toEqual([1, 0, 0, 1]);
    expect(read(LABEL, "string", ["1", "1"], [2, 1])).toEqual([0, 1, 0, 1]);
  });

  test.each([
    ["NaN", probabilities, "float32", Float32Array.of(0, 1, Number.NaN, 1), [2, 2]],
    ["infinity", CLASSES, "float32", Float32Array.of(0, 1, Number.POSITIVE_INFINITY, 1), [2, 2]],
    ["below 0", probabilities, "float32", Float32Array.of(0, 1, -0.01, 1), [2, 2]],
    ["above 1", single, "float64", Float64Array.of(0.5, 1.01), [2]],
    ["another shape", probabilities, "float32", Float32Array.of(0, 1, 0, 1), [4]],
    ["more columns", probabilities, "float32", new Float32Array(6), [2, 3]],
    ["another type", probabilities, "int64", BigInt64Array.of(0n, 1n, 0n, 1n), [2, 2]],
    ["a label that is a float", LABEL, "float32", Float32Array.of(0, 1), [2]],
    ["an unknown label", LABEL, "int64", BigInt64Array.of(0n, 2n), [2]],
    ["no output", single, "float32", undefined, []],
  ] satisfies [string, ModelScoredOutput, string, unknown, number[]][])(
    "%s is refused",
    (_, output, type, data, dims) => {
      expect(read(output, type, data, dims)).toBe("output_invalid");
    },
  );
});
