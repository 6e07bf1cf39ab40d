/**
 * One ONNX session inside the model process. Made from verified bytes, one thread, fixed optimisation level, fixed batch
 * shape: the same units give the same scores, whatever stands beside them.
 */
import type { InferenceSession, Tensor } from "onnxruntime-node";
import type { ModelInput } from "../schema/index.ts";
import { type Encoder, openEncoder, tensorsOf } from "./encode/index.ts";
import { type FailureCode, failed, type Outcome } from "./failure.ts";
import type { OutputPlan } from "./manifest.ts";
import { outsideReference } from "./onnx-file.ts";
import { readOutput } from "./outputs.ts";
import { type RunBatch, UnitScores } from "./unit-scores.ts";

type Runtime = typeof import("onnxruntime-node");
type Metadata = InferenceSession.ValueMetadata;
/** Scores of one request, all columns: more is no judgement any more but a flood. */
const MAX_SCORES = 8_000_000;

/** What a pack brings: the verified model, and its tokenizer's file or nothing. */
export interface SessionSource {
  readonly model: Uint8Array;
  readonly tokenizer: Buffer;
  readonly input: ModelInput;
  readonly outputs: readonly OutputPlan[];
}

export interface Scorer {
  /** The highest score of each unit's windows, column by column, rounded to six digits. */
  score(units: readonly Buffer[]): Promise<Outcome<Float64Array>>;
}

/** Builds a session and checks that the graph has the tensors the manifest names and that the tokenizer fits it. */
export async function openScorer(runtime: Runtime, source: SessionSource): Promise<Outcome<Scorer>> {
  const outside = outsideReference(source.model);
  if (outside) return failed("model_refused", outside);
  const encoder = await openEncoder(source.input, source.tokenizer);
  if ("failure" in encoder) return encoder;
  let session: InferenceSession;
  try {
    session = await runtime.InferenceSession.create(source.model, {
      executionProviders: ["cpu"],
      executionMode: "sequential",
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      graphOptimizationLevel: "all",
      logSeverityLevel: 4,
      extra: { session: { load_model_format: "ONNX" } },
    });
  } catch (error) {
    return refused("onnxruntime cannot load the model", error);
  }
  const wrong = tensorFault(session, source);
  if (wrong) return failed("model_refused", wrong);
  const columns = source.outputs.reduce((sum, output) => sum + output.columns, 0);
  const run: RunBatch = () => runBatch(runtime, session, encoder.value, source.outputs, columns);
  const unfit = await probe(encoder.value, run);
  if (unfit) return unfit;
  return {
    value: {
      score: async (units) =>
        units.length * columns > MAX_SCORES
          ? failed("too_much_text", `the plan asks for more than ${MAX_SCORES} scores; split it`)
          : new UnitScores(encoder.value, columns, units.length, run).score(units),
    },
  };
}

/** A tokenizer that knows more tokens than the model's embedding has rows would fail only at the text that has such a token. */
async function probe(
  encoder: Encoder,
  run: RunBatch,
): Promise<{ failure: { code: FailureCode; sentence: string } } | undefined> {
  if (!encoder.probe) return undefined;
  for (let row = 0; row < encoder.rows; row += 1) encoder.write(row, encoder.probe);
  const outcome = await run();
  if (!("failure" in outcome)) return undefined;
  return failed(outcome.failure.code, `the model does not take what its tokenizer gives: ${outcome.failure.sentence}`);
}

function tensorFault(
  { inputNames, inputMetadata, outputNames, outputMetadata }: InferenceSession,
  { input, outputs }: SessionSource,
): string | undefined {
  const wanted = tensorsOf(input);
  if (inputNames.length !== wanted.length || !wanted.every((name) => inputNames.includes(name)))
    return `the model's inputs are ${listed(inputNames)}, the manifest names ${wanted.join(", ")}`;
  for (const { tensor } of outputs) {
    if (!outputNames.includes(tensor))
      return `the model's outputs are ${listed(outputNames)}, the manifest names ${tensor}`;
    if (!metadataOf(outputMetadata, tensor)?.isTensor)
      return `the model's output ${tensor} is a sequence or a map; export it as a tensor (skl2onnx: options={"zipmap": False})`;
  }
  return wanted.map((name) => shapeFault(metadataOf(inputMetadata, name), input)).find((fault) => fault !== undefined);
}

/** A batch or a length the graph has fixed must be the manifest's. */
function shapeFault(metadata: Metadata | undefined, input: ModelInput): string | undefined {
  if (!metadata?.isTensor) return undefined;
  const columns = input.encoding === "features" ? input.features.length : input.length;
  const asked = [input.batch ?? 32, columns];
  const { shape } = metadata;
  if (shape.length === 0 || (shape.length === 2 && shape.every((size, axis) => fits(size, asked[axis] ?? 0))))
    return undefined;
  return `the model's input ${metadata.name} has the shape ${shape.join("x")}, the manifest fills ${asked.join("x")}`;
}

function fits(size: number | string, asked: number): boolean {
  return typeof size === "string" || size < 0 || size === asked;
}

function metadataOf(metadata: readonly Metadata[], name: string): Metadata | undefined {
  return metadata.find((entry) => entry.name === name);
}

async function runBatch(
  runtime: Runtime,
  session: InferenceSession,
  encoder: Encoder,
  outputs: readonly OutputPlan[],
  columns: number,
): Promise<Outcome<Float64Array>> {
  const feeds: Record<string, Tensor> = {};
  let results: InferenceSession.OnnxValueMapType;
  try {
    for (const { tensor, dtype, data, dims } of encoder.feeds())
      feeds[tensor] = new runtime.Tensor(dtype, data as Int32Array, dims);
    results = await session.run(feeds, [...new Set(outputs.map(({ tensor }) => tensor))]);
  } catch (error) {
    return refused("onnxruntime cannot run the model", error);
  }
  const scores = new Float64Array(encoder.rows * columns);
  let column = 0;
  for (const output of outputs) {
    const read = readOutput(
      output,
      results[output.tensor] as Tensor | undefined,
      encoder.rows,
      scores,
      column,
      columns,
    );
    if ("failure" in read) return read;
    column += output.columns;
  }
  return { value: scores };
}

/** onnxruntime tells a refused allocation from a bad model by its message alone. */
function refused(what: string, error: unknown): ReturnType<typeof failed> {
  const message = error instanceof Error ? error.message : String(error);
  if (/bad_alloc|allocate memory|allocation failed|AllocateRaw/i.test(message))
    return failed("memory_limit", `${what}: it wants more memory than it may have`);
  return failed("model_refused", `${what}: ${message.split("\n")[0]?.slice(0, 300)}`);
}

function listed(names: readonly string[]): string {
  return names
    .slice(0, 10)
    .map((name) => name.slice(0, 100))
    .join(", ");
}
