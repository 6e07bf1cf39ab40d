/** Evaluates a view in the worker thread and makes one verdict an entry point of all its documents. */
import { failed, type Outcome } from "../failure.ts";
import type { Answer } from "../messages.ts";
import { combine, type Part, type Verdict } from "../result.ts";
import { type ViewInput, viewInputs } from "./inputs.ts";
import type { Unread, ViewRequest } from "./request.ts";

/** A pack that is loaded: one outcome an entry point. `conftest` is what conftest tells a policy of the file. */
export interface Evaluator {
  readonly entrypoints: readonly string[];
  evaluate(
    input: ArrayBuffer,
    options: { readonly conftest?: { readonly dir: string; readonly name: string } },
  ): Answer;
}

/** A policy that fails on file after file is not asked about all of them: each failure costs a fresh instance. */
const MAX_FAILURES = 20;

export async function evaluateView(policy: Evaluator, request: ViewRequest): Promise<Answer> {
  const { inputs, unread } = await viewInputs(request);
  const parts: Part[][] = policy.entrypoints.map(() => unread.map(unreadPart));
  let failures = 0;
  for (const input of inputs) {
    if (failures >= MAX_FAILURES) {
      for (const list of parts)
        list.push(part(input, failed("evaluation_failed", "it failed on too many files before")));
      break;
    }
    const answer = policy.evaluate(bytesOf(input.json), input.from ? { conftest: placeOf(input.from.file) } : {});
    const outcomes = "failure" in answer ? policy.entrypoints.map(() => answer) : answer.value;
    if (outcomes.some((outcome) => "failure" in outcome)) failures += 1;
    for (const [index, outcome] of outcomes.entries()) parts[index]?.push(part(input, outcome));
  }
  // The plan as a whole is one input, and its verdict needs no place.
  if (request.view === "documents") return { value: parts.map((list) => list[0]?.outcome ?? nothing()) };
  return { value: parts.map((list) => ({ value: combine(list, inputs.length) })) };
}

function part({ from }: ViewInput, outcome: Outcome<Verdict>): Part {
  return { outcome, ...(from ? { place: from } : {}) };
}

function unreadPart({ artifact, file, sentence }: Unread): Part {
  const finding = { decision: "deny" as const, message: `${file} cannot be judged: ${sentence}`, artifact, file };
  const counts = { deny: 1, require_approval: 0, warn: 0 };
  return { outcome: { value: { decision: "deny", findings: [finding], counts } }, place: { artifact, file } };
}

function nothing(): Outcome<Verdict> {
  return failed("crashed", "it gave no answer");
}

function placeOf(file: string): { readonly dir: string; readonly name: string } {
  const slash = file.lastIndexOf("/");
  return { dir: slash < 0 ? "." : file.slice(0, slash), name: file.slice(slash + 1) };
}

/** UTF-8 in a buffer of exactly its size, which is what opa-wasm takes for JSON text. */
function bytesOf(text: string): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = new TextEncoder().encode(text);
  return buffer.slice(byteOffset, byteOffset + byteLength);
}
