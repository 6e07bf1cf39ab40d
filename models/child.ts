/**
 * The model process: a program of its own that sees one model and its input and nothing else. It ends when its input ends.
 * onnxruntime is loaded before the first request, so that this overlaps with flight-plan.
 */
import { heard, say } from "./child-pipes.ts";
import { type Failure, failed, type Outcome } from "./failure.ts";
import { encodeFrame, FrameReader } from "./frame.ts";
import { type Answer, type Request, unpackUnits } from "./messages.ts";
import { openScorer, type Scorer } from "./session.ts";

type Runtime = typeof import("onnxruntime-node");
const MAX_PAYLOAD_BYTES = 2 ** 31;
let scorer: Scorer | undefined;
let tokenizer = Buffer.alloc(0);
let units: Buffer[] = [];

function answer(head: Answer, payload?: Uint8Array): void {
  for (const piece of encodeFrame(head, payload)) say(piece);
}

function refuse(id: number, failure: Failure): void {
  answer({ id, failure });
}

async function loadRuntime(): Promise<Outcome<Runtime>> {
  try {
    return { value: await import("onnxruntime-node") };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failed("runtime_missing", why.slice(0, 500));
  }
}

async function handle(runtime: Runtime, request: Request, payload: Buffer): Promise<void> {
  if (request.type === "units") units = unpackUnits(payload);
  else if (request.type === "tokenizer") tokenizer = Buffer.from(payload);
  else if (request.type === "load") {
    // Copied, so that the frame's memory can go once the session stands.
    const model = Uint8Array.from(payload);
    const opened = await openScorer(runtime, { model, tokenizer, input: request.input, outputs: request.outputs });
    if ("failure" in opened) return refuse(request.id, opened.failure);
    scorer = opened.value;
    answer({ id: request.id });
  } else {
    const result = (await scorer?.score(units)) ?? failed("crashed", "the model was never loaded");
    if ("failure" in result) refuse(request.id, result.failure);
    else answer({ id: request.id }, new Uint8Array(result.value.buffer));
  }
}

async function main(): Promise<void> {
  const reader = new FrameReader(MAX_PAYLOAD_BYTES);
  const runtime = await loadRuntime();
  if ("failure" in runtime) return refuse(0, runtime.failure);
  answer({ id: 0 });
  for (const chunk of heard())
    for (const { head, payload } of reader.push(chunk)) await handle(runtime.value, head as Request, payload);
}

main().then(
  () => process.exit(0),
  () => process.exit(1),
);
