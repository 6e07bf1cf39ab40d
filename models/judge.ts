/**
 * Judges a plan with every configured model, in one process of its own. Every pack yields exactly one evaluation, in the
 * order configured; a pack that cannot be read, loaded or scored yields a deny.
 */
import path from "node:path";
import { CabincrewError, type Evaluation, type PreflightInput, sha256 } from "../schema/index.ts";
import { evaluate, evaluateFailure } from "./evaluation.ts";
import { type FailureCode, failed, type Outcome } from "./failure.ts";
import { type OpenModelPack, openModelPack } from "./inspect.ts";
import { packLines } from "./messages.ts";
import type { ModelJudge, ModelLimits } from "./port.ts";
import { takeProcess } from "./prepare.ts";
import type { ModelProcess } from "./process.ts";
import { type AddedText, selectAddedText } from "./text.ts";

export interface ModelJudgeOptions {
  /** `required` denies where bubblewrap does not work; `auto` goes on without and says so in the evidence. */
  readonly sandbox: "auto" | "required" | "off";
  /** Directories the process must not see even below the system's own, for example the state directory. */
  readonly hide?: readonly string[];
}

/** A pack on its way: read and verified, then loaded as a session. Neither promise rejects. */
interface Model {
  readonly directory: string;
  readonly opened: Promise<Outcome<OpenModelPack>>;
  /** The load request's id. */
  readonly loaded: Promise<Outcome<number>>;
}

/** Starts the process and begins loading at once, so that it overlaps with flight-plan. Never throws. */
export function startModelJudge(
  packs: readonly { readonly directory: string }[],
  limits: ModelLimits,
  options: ModelJudgeOptions,
): ModelJudge {
  if (packs.length === 0) return { judge: async () => [], close: async () => undefined };
  const models = takeProcess(limits, options, options.hide ?? []);
  const started = performance.now();
  const stop = limitTime(models, limits.timeoutMs);
  const loading = packs.map(({ directory }) => load(models, directory));
  const spent = Promise.all(loading.map((model) => model.loaded)).then(() => {
    stop();
    return performance.now() - started;
  });

  const judge = async (input: PreflightInput): Promise<readonly Evaluation[]> => {
    const text = selectAddedText(input);
    if ("failure" in text || text.value.lines.length === 0)
      return Promise.all(loading.map((model) => unscored(model, text)));
    models.hold();
    try {
      const stopScoring = limitTime(models, limits.timeoutMs - (await spent));
      const evaluations = await scoreAll(models, loading, text.value);
      stopScoring();
      return evaluations;
    } finally {
      models.release();
    }
  };
  const close = async (): Promise<void> => {
    stop();
    models.fail(failed("crashed", "the model process was closed").failure);
  };
  return { judge, close };
}

function load(models: ModelProcess, directory: string): Model {
  const opened = openModelPack(directory).then(
    (pack): Outcome<OpenModelPack> => ({ value: pack }),
    (error: unknown) => failed(codeOf(error), error instanceof Error ? error.message : String(error)),
  );
  const loaded = (async (): Promise<Outcome<number>> => {
    const pack = await opened;
    if ("failure" in pack) return pack;
    const ready = await models.ready;
    if ("failure" in ready) return ready;
    const { input, output } = pack.value.manifest;
    const { id, answer } = models.request({ type: "load", input, output }, pack.value.bytes);
    const outcome = await answer;
    return "failure" in outcome ? outcome : { value: id };
  })();
  return { directory, opened, loaded };
}

/** A plan without text needs no session, but a pack that cannot be read denies all the same. */
async function unscored(model: Model, text: Outcome<AddedText>): Promise<Evaluation> {
  const pack = await model.opened;
  if ("failure" in pack) return evaluateFailure(path.basename(model.directory), pack.failure);
  if ("failure" in text) return evaluateFailure(pack.value, text.failure);
  const scores = new Float64Array(0);
  return evaluate(pack.value, { text: text.value, scores, sandbox: "not needed", inputDigest: sha256("") });
}

async function scoreAll(models: ModelProcess, loading: readonly Model[], text: AddedText): Promise<Evaluation[]> {
  const settled = await Promise.all(loading.map(async (model) => [await model.opened, await model.loaded] as const));
  const packed = packLines(text.lines, text.bytes);
  // In one go: the requests that follow are about the text sent last, and another judgement may be under way.
  models.send({ type: "text" }, packed);
  const answers = settled.map(([, loaded]) =>
    "failure" in loaded ? loaded : models.request({ type: "score", model: loaded.value }).answer,
  );
  const inputDigest = sha256(packed);
  return Promise.all(
    settled.map(async ([pack], index) => {
      if ("failure" in pack) return evaluateFailure(path.basename(loading[index]?.directory ?? ""), pack.failure);
      const scores = parseScores(await answers[index], text.lines.length);
      if ("failure" in scores) return evaluateFailure(pack.value, scores.failure);
      return evaluate(pack.value, { text, scores: scores.value, sandbox: models.sandbox, inputDigest });
    }),
  );
}

/** The process has parsed a model that nobody vouches for, so its answer is checked like any other input. */
function parseScores(answer: Outcome<unknown> | undefined, lines: number): Outcome<Float64Array> {
  if (answer && "failure" in answer) return answer;
  const payload = answer?.value;
  if (!(payload instanceof Uint8Array) || payload.length !== 8 * lines)
    return failed("output_invalid", "the model did not give one score a line");
  const scores = new Float64Array(Uint8Array.from(payload).buffer);
  if (!scores.every((value) => value >= 0 && value <= 1))
    return failed("output_invalid", "the model gave a score outside 0 to 1");
  return { value: scores };
}

/** Kills the process after `ms`; returns how to call that off. */
function limitTime(models: ModelProcess, ms: number): () => void {
  const expire = () => models.fail(failed("timeout", "loading and scoring took longer than the models may").failure);
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
