/**
 * The model process: a program of its own that sees models and text and nothing else. It ends when its input ends.
 * onnxruntime is loaded before the first request, so that this overlaps with flight-plan.
 */
import { type Failure, failed, type Outcome } from "./failure.ts";
import { encodeFrame, FrameReader } from "./frame.ts";
import { type Answer, type Request, unpackLines } from "./messages.ts";
import { openScorer, type Scorer } from "./session.ts";

type Runtime = typeof import("onnxruntime-node");
const MAX_PAYLOAD_BYTES = 2 ** 31;
const scorers = new Map<number, Scorer>();
let lines: Buffer[] = [];

function answer(head: Answer, payload?: Uint8Array): void {
  for (const piece of encodeFrame(head, payload)) process.stdout.write(piece);
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
  if (request.type === "text") {
    lines = unpackLines(payload);
    return;
  }
  if (request.type === "load") {
    // Copied, so that the frame's memory can go once the session stands.
    const opened = await openScorer(runtime, Uint8Array.from(payload), request.input, request.output);
    if ("failure" in opened) return refuse(request.id, opened.failure);
    scorers.set(request.id, opened.value);
    return answer({ id: request.id });
  }
  const result = await scorers.get(request.model)?.score(lines);
  if (!result) return refuse(request.id, failed("crashed", "the model was never loaded").failure);
  if ("failure" in result) return refuse(request.id, result.failure);
  answer({ id: request.id }, new Uint8Array(result.value.buffer));
}

async function main(): Promise<void> {
  const reader = new FrameReader(MAX_PAYLOAD_BYTES);
  const runtime = await loadRuntime();
  if ("failure" in runtime) return refuse(0, runtime.failure);
  answer({ id: 0 });
  for await (const chunk of process.stdin)
    for (const { head, payload } of reader.push(chunk as Buffer)) await handle(runtime.value, head as Request, payload);
}

main().then(
  () => process.exit(0),
  () => process.exit(1),
);
