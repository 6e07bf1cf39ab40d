/**
 * One ONNX session inside the model process. Made from verified bytes, one thread, fixed optimisation level, fixed batch
 * shape: the same lines give the same scores, whatever stands beside them.
 */
import type { InferenceSession, Tensor } from "onnxruntime-node";
import type { ModelInput, ModelOutput } from "../schema/index.ts";
import { failed, type Outcome } from "./failure.ts";
import { LineScores, type RunBatch } from "./line-scores.ts";
import type { WindowBatch } from "./windows.ts";

type Runtime = typeof import("onnxruntime-node");
const PRECISION = 1e6;

export interface Scorer {
  /** The highest score of each line's windows, rounded to six digits. */
  score(lines: readonly Buffer[]): Promise<Outcome<Float64Array>>;
}

/** Builds a session and checks that the graph has the tensors the manifest names. */
export async function openScorer(
  runtime: Runtime,
  model: Uint8Array,
  input: ModelInput,
  output: ModelOutput,
): Promise<Outcome<Scorer>> {
  let session: InferenceSession;
  try {
    session = await runtime.InferenceSession.create(model, {
      executionProviders: ["cpu"],
      executionMode: "sequential",
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      graphOptimizationLevel: "all",
      logSeverityLevel: 4,
    });
  } catch (error) {
    return failed("model_refused", `onnxruntime cannot load the model: ${messageOf(error)}`);
  }
  if (session.inputNames.length !== 1 || session.inputNames[0] !== input.tensor)
    return failed(
      "model_refused",
      `the model's inputs are ${session.inputNames.join(", ")}, the manifest names ${input.tensor}`,
    );
  if (!session.outputNames.includes(output.tensor))
    return failed(
      "model_refused",
      `the model's outputs are ${session.outputNames.join(", ")}, the manifest names ${output.tensor}`,
    );
  const run: RunBatch = (batch) => runBatch(runtime, session, input, output, batch);
  return { value: { score: (lines) => new LineScores(input, lines.length, run).score(lines) } };
}

async function runBatch(
  runtime: Runtime,
  session: InferenceSession,
  input: ModelInput,
  output: ModelOutput,
  batch: WindowBatch,
): Promise<Outcome<Float64Array>> {
  let tensor: Tensor | undefined;
  try {
    const feed = new runtime.Tensor(input.dtype, batch.data as Int32Array, [batch.rows, input.length]);
    tensor = (await session.run({ [input.tensor]: feed }, [output.tensor]))[output.tensor];
  } catch (error) {
    return failed("model_refused", `onnxruntime cannot run the model: ${messageOf(error)}`);
  }
  const shape = tensor?.dims.join("x") ?? "nothing";
  if (!(tensor?.data instanceof Float32Array) || (shape !== `${batch.rows}` && shape !== `${batch.rows}x1`))
    return failed(
      "output_invalid",
      `the model's output is ${tensor?.type ?? "no"} tensor ${shape}, not one float a line`,
    );
  const scores = new Float64Array(batch.rows);
  for (const [row, raw] of tensor.data.entries()) {
    const score = output.kind === "logit" ? 1 / (1 + Math.exp(-raw)) : raw;
    if (!Number.isFinite(raw) || score < 0 || score > 1)
      return failed("output_invalid", `the model gave the score ${raw}, which is no ${output.kind}`);
    scores[row] = Math.round(score * PRECISION) / PRECISION;
  }
  return { value: scores };
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
