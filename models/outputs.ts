/**
 * From a model's tensors to scores in 0..1: one row for each row of the batch, one column for each class. A shape, a type or a
 * number that was not announced is a failure; nothing is guessed and nothing is clipped.
 */
import type { Tensor } from "onnxruntime-node";
import { failed, type Outcome } from "./failure.ts";
import type { OutputPlan } from "./manifest.ts";

/** What is finer than this may differ between machines and means nothing. */
const PRECISION = 1e6;
type Numbers = Float32Array | Float64Array;

/** Writes an output's scores into `into` at `column`; `stride` is the number of columns of all outputs together. */
export function readOutput(
  plan: OutputPlan,
  tensor: Tensor | undefined,
  rows: number,
  into: Float64Array,
  column: number,
  stride: number,
): Outcome<void> {
  const shape = tensor?.dims.join("x") ?? "nothing";
  const isVector = shape === `${rows}` || shape === `${rows}x1`;
  if (plan.kind === "label") {
    const labels = isVector ? labelsOf(tensor) : undefined;
    return labels ? readLabels(plan, labels, into, column, stride) : wrongShape(tensor, "one label a row");
  }
  const numbers = numbersOf(tensor);
  if (plan.kind === "probability" || plan.kind === "logit") {
    if (!numbers || !isVector) return wrongShape(tensor, "one float a line");
  } else if (!numbers || shape !== `${rows}x${plan.columns}`) return wrongShape(tensor, `${plan.columns} floats a row`);
  const scores = plan.kind === "softmax" ? softmax(numbers, plan.columns) : numbers;
  for (const [index, value] of scores.entries()) {
    const raw = numbers[index] ?? Number.NaN;
    const score = round(plan.kind === "logit" || plan.kind === "sigmoid" ? 1 / (1 + Math.exp(-value)) : value);
    if (!Number.isFinite(raw) || !(score >= 0 && score <= 1))
      return failed("output_invalid", `the model gave the score ${raw}, which is no ${NAMES[plan.kind]}`);
    into[Math.floor(index / plan.columns) * stride + column + (index % plan.columns)] = score;
  }
  return { value: undefined };
}

const NAMES = {
  probability: "probability",
  probabilities: "probability",
  logit: "logit",
  sigmoid: "logit",
  softmax: "logit",
};

function readLabels(
  plan: OutputPlan,
  labels: readonly string[],
  into: Float64Array,
  column: number,
  stride: number,
): Outcome<void> {
  for (const [row, label] of labels.entries()) {
    const found = plan.labels?.indexOf(label) ?? -1;
    if (found < 0) return failed("output_invalid", "the model gave a label that its manifest does not list");
    for (let index = 0; index < plan.columns; index += 1) into[row * stride + column + index] = index === found ? 1 : 0;
  }
  return { value: undefined };
}

/** Numerically safe: the largest of a row is taken away before the exponential. */
function softmax(values: Numbers, columns: number): Float64Array {
  const scores = new Float64Array(values.length);
  for (let start = 0; start < values.length; start += columns) {
    const row = values.subarray(start, start + columns);
    const largest = Math.max(...row);
    let sum = 0;
    for (const value of row) sum += Math.exp(value - largest);
    for (const [index, value] of row.entries()) scores[start + index] = Math.exp(value - largest) / sum;
  }
  return scores;
}

function numbersOf(tensor: Tensor | undefined): Numbers | undefined {
  const data = tensor?.data;
  return data instanceof Float32Array || data instanceof Float64Array ? data : undefined;
}

function labelsOf(tensor: Tensor | undefined): string[] | undefined {
  if (tensor?.type !== "int64" && tensor?.type !== "int32" && tensor?.type !== "string") return undefined;
  return Array.from(tensor.data as ArrayLike<unknown>, String);
}

function round(score: number): number {
  return Math.round(score * PRECISION) / PRECISION;
}

function wrongShape(tensor: Tensor | undefined, wanted: string): Outcome<void> {
  const shape = tensor?.dims.join("x") ?? "nothing";
  return failed("output_invalid", `the model's output is ${tensor?.type ?? "no"} tensor ${shape}, not ${wanted}`);
}
