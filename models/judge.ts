/**
 * Judges a plan with every configured model, each in a process of its own, so that one that hangs, crashes or floods its memory
 * takes no other with it. Every pack yields exactly one evaluation, in the order configured; a pack that cannot be read, loaded
 * or scored yields a deny.
 */
import path from "node:path";
import {
  CabincrewError,
  type Evaluation,
  type PreflightContents,
  type PreflightInput,
  sha256,
} from "../schema/index.ts";
import { evaluate, evaluateFailure } from "./evaluation.ts";
import { type FailureCode, failed, type Outcome } from "./failure.ts";
import { type OpenModelPack, openModelPack } from "./inspect.ts";
import { outputPlans } from "./manifest.ts";
import { packUnits } from "./messages.ts";
import type { ModelJudge, ModelLimits } from "./port.ts";
import { takeProcess } from "./prepare.ts";
import type { ModelProcess } from "./process.ts";
import { type Selection, select, selectionName } from "./select/index.ts";

export interface ModelJudgeOptions {
  /** `required` denies where bubblewrap does not work; `auto` goes on without and says so in the evidence. */
  readonly sandbox: "auto" | "required" | "off";
  /** Directories the process must not see even below the system's own, for example the state directory. */
  readonly hide?: readonly string[];
}

/** A pack on its way: read and verified, then loaded as a session in its process. No promise rejects. */
interface Model {
  readonly name: string;
  readonly process: ModelProcess;
  readonly opened: Promise<Outcome<OpenModelPack>>;
  readonly loaded: Promise<Outcome<unknown>>;
  /** Milliseconds that loading took. */
  readonly spent: Promise<number>;
  readonly timeoutMs: number;
  readonly stop: () => void;
}

/** What some models are asked about, made once for all of them. */
interface Question {
  readonly selection: Selection;
  readonly packed: Buffer;
  readonly digest: string;
}
type Ask = (pack: OpenModelPack) => Promise<Outcome<Question>>;

/** Starts the processes and begins loading at once, so that it overlaps with flight-plan. Never throws. */
export function startModelJudge(
  packs: readonly { readonly directory: string }[],
  limits: ModelLimits,
  options: ModelJudgeOptions,
): ModelJudge {
  const models = packs.map(({ directory }) => startModel(directory, limits, options));
  return {
    async judge(input, contents) {
      const ask = questions(input, contents);
      return Promise.all(models.map((model) => judgeWith(model, ask)));
    },
    async close() {
      for (const { process, stop } of models) {
        stop();
        process.fail(failed("crashed", "the model process was closed").failure);
      }
    },
  };
}

function startModel(directory: string, limits: ModelLimits, options: ModelJudgeOptions): Model {
  const process = takeProcess(limits, options, options.hide ?? []);
  const started = performance.now();
  const stop = limitTime(process, limits.timeoutMs);
  const opened = openModelPack(directory).then(
    (pack): Outcome<OpenModelPack> => ({ value: pack }),
    (error: unknown) => failed(codeOf(error), error instanceof Error ? error.message : String(error)),
  );
  const loaded = load(process, opened);
  const spent = loaded.then(() => {
    stop();
    return performance.now() - started;
  });
  return { name: path.basename(directory), process, opened, loaded, spent, timeoutMs: limits.timeoutMs, stop };
}

async function load(process: ModelProcess, opened: Promise<Outcome<OpenModelPack>>): Promise<Outcome<unknown>> {
  const pack = await opened;
  if ("failure" in pack) return pack;
  const { manifest, bytes, tokenizer } = pack.value;
  if (tokenizer.length > 0) process.send({ type: "tokenizer" }, tokenizer);
  return process.request({ type: "load", input: manifest.input, outputs: outputPlans(manifest) }, bytes).answer;
}

/** Models that look at the same things share what was read and packed for them. */
function questions(input: PreflightInput, contents: PreflightContents | undefined): Ask {
  const asked = new Map<string, Promise<Outcome<Question>>>();
  return ({ manifest }) => {
    const name = selectionName(manifest);
    const known = asked.get(name) ?? select(manifest, input, contents).then(pack);
    asked.set(name, known);
    return known;
  };
}

function pack(selected: Outcome<Selection>): Outcome<Question> {
  if ("failure" in selected) return selected;
  const selection = selected.value;
  if (selection.units.length === 0) return { value: { selection, packed: Buffer.alloc(0), digest: sha256("") } };
  const packed = packUnits(selection.units, selection.bytes);
  return { value: { selection, packed, digest: sha256(packed) } };
}

async function judgeWith(model: Model, ask: Ask): Promise<Evaluation> {
  const opened = await model.opened;
  if ("failure" in opened) return evaluateFailure(model.name, opened.failure);
  const question = await ask(opened.value);
  if ("failure" in question) return evaluateFailure(opened.value, question.failure);
  const { selection, digest } = question.value;
  // Nothing to score needs no session, but a pack that cannot be read denies all the same.
  if (selection.units.length === 0)
    return evaluate(opened.value, {
      selection,
      scores: new Float64Array(0),
      sandbox: "not needed",
      inputDigest: digest,
    });
  const scores = await score(model, opened.value, question.value);
  if ("failure" in scores) return evaluateFailure(opened.value, scores.failure);
  const { sandbox } = model.process;
  return evaluate(opened.value, { selection, scores: scores.value, sandbox, inputDigest: digest });
}

async function score(
  { process, loaded, spent, timeoutMs }: Model,
  { manifest }: OpenModelPack,
  { packed, selection }: Question,
): Promise<Outcome<Float64Array>> {
  process.hold();
  try {
    const stop = limitTime(process, timeoutMs - (await spent));
    const session = await loaded;
    if ("failure" in session) return session;
    // In one go: the request is about the units sent last, and another judgement may be under way.
    process.send({ type: "units" }, packed);
    const answer = await process.request({ type: "score" }).answer;
    stop();
    const columns = outputPlans(manifest).reduce((sum, output) => sum + output.columns, 0);
    return parseScores(answer, selection.units.length * columns);
  } finally {
    process.release();
  }
}

/** The process has parsed a model that nobody vouches for, so its answer is checked like any other input. */
function parseScores(answer: Outcome<Buffer>, count: number): Outcome<Float64Array> {
  if ("failure" in answer) return answer;
  const payload = answer.value;
  if (!(payload instanceof Uint8Array) || payload.length !== 8 * count)
    return failed("output_invalid", "the model did not give one score a line");
  const scores = new Float64Array(Uint8Array.from(payload).buffer);
  if (!scores.every((value) => value >= 0 && value <= 1))
    return failed("output_invalid", "the model gave a score outside 0 to 1");
  return { value: scores };
}

/** Kills the process after `ms`; returns how to call that off. */
function limitTime(process: ModelProcess, ms: number): () => void {
  const expire = () => process.fail(failed("timeout", "loading and scoring took longer than the models may").failure);
  // An answer that is already here while this process was busy counts as in time: look at the pipe first.
  const timer = setTimeout(() => setImmediate(() => active && expire()), Math.max(1, ms));
  timer.unref();
  let active = true;
  return () => {
    active = false;
    clearTimeout(timer);
  };
}

function codeOf(error: unknown): FailureCode {
  const known = error instanceof CabincrewError ? error.detail["failure"] : undefined;
  return typeof known === "string" ? (known as FailureCode) : "pack_invalid";
}
