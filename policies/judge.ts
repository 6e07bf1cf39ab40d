/**
 * Judges a plan with every configured policy pack, in a worker thread, or two where a large plan is judged in parts. Every entry
 * point yields exactly one evaluation, in the order configured; a pack that cannot be read, loaded or evaluated yields a deny,
 * and the others are judged all the same.
 */
import path from "node:path";
import {
  CabincrewError,
  canonicalJson,
  type Evaluation,
  type JsonObject,
  type PolicyPackInput,
  type PreflightContents,
  type PreflightInput,
  sha256,
} from "../schema/index.ts";
import { mergeData } from "./data.ts";
import { evaluations, type Judged, unreadable } from "./evaluation.ts";
import { type FailureCode, failed, type Outcome } from "./failure.ts";
import { openPack } from "./inspect.ts";
import type { Answer, Load } from "./messages.ts";
import type { OpenPolicyPack } from "./pack-files.ts";
import { judgeInParts, type PlanInParts, splitPlan } from "./parts.ts";
import type { PackSource, PolicyJudge, PolicyLimits } from "./port.ts";
import type { Verdict } from "./result.ts";
import type { Done } from "./thread.ts";
import { PolicyThreads } from "./threads.ts";
import type { ViewRequest } from "./view/request.ts";

export interface ConfiguredPack extends PackSource {
  /** Overrides of the pack's data document. */
  readonly data?: JsonObject;
  /** Who brought it; recorded as evidence. Default `governance`. */
  readonly origin?: "builtin" | "governance" | "workspace";
}

/** A pack on its way: read and verified, then made ready in the thread. No promise rejects. */
interface Pack {
  readonly index: number;
  readonly configured: ConfiguredPack;
  readonly opened: Promise<Outcome<Opened>>;
  /** Makes it ready, once, however often it is asked; begun at once unless the pack is a specialist. */
  readonly load: () => Promise<Done>;
}

/** A pack with its data document in force, overrides included, as canonical JSON. */
interface Opened {
  readonly pack: OpenPolicyPack;
  readonly data: string;
}

/** The canonical input document and its SHA-256. */
interface CanonicalInput {
  readonly bytes: ArrayBuffer;
  readonly sha256: string;
}

/** What is handed to the thread, and what is recorded of it. */
interface Seen {
  readonly bytes: ArrayBuffer | ViewRequest;
  /** The plan, where it is handed over in parts instead. */
  readonly inParts?: PlanInParts;
  readonly shown: Pick<Judged, "view" | "parts">;
}

/** What is judged: the plan as every pack may see it, and the texts behind it. */
interface Plan {
  readonly canonical: Outcome<CanonicalInput>;
  readonly input: PreflightInput;
  readonly contents: PreflightContents | undefined;
}

const UNCONCERNED: Outcome<Verdict> = {
  value: {
    decision: "allow",
    reason: "nothing of its kind is in the plan",
    findings: [],
    counts: { deny: 0, require_approval: 0, warn: 0 },
  },
};

/** Starts the thread and begins loading at once, so that it overlaps with flight-plan. Never throws for what is in a pack. */
export function startPolicyJudge(packs: readonly ConfiguredPack[], limits: PolicyLimits): PolicyJudge {
  if (packs.length === 0) return { judge: async () => [], close: async () => undefined };
  const threads = new PolicyThreads(limits);
  const loading = packs.map((configured, index) => begin(threads, configured, index, limits));

  const judge = async (input: PreflightInput, contents?: PreflightContents): Promise<readonly Evaluation[]> => {
    threads.hold();
    try {
      const canonical = canonicalInput(input);
      const judged = loading.map((pack) => evaluate(threads, pack, { canonical, input, contents }, limits));
      return (await Promise.all(judged)).flat();
    } finally {
      threads.release();
    }
  };
  return { judge, close: () => threads.close() };
}

function begin(threads: PolicyThreads, configured: ConfiguredPack, index: number, limits: PolicyLimits): Pack {
  const opened = open(configured);
  let loaded: Promise<Done> | undefined;
  const load = () => {
    loaded ??= opened.then((outcome) => ("failure" in outcome ? { answer: outcome, ms: 0 } : send(outcome.value)));
    return loaded;
  };
  const send = ({ pack, data }: Opened): Promise<Done> => {
    const { memoryBytes, timeoutMs } = limits;
    const { entrypoints } = pack.manifest;
    const named = pack.manifest.input?.view === "file" && pack.wasm.includes("conftest");
    const load: Load = { wasm: pack.wasm, data, entrypoints, memoryBytes, named };
    return threads.load(index, load, timeoutMs);
  };
  void opened.then((outcome) =>
    "value" in outcome && isSpecialist(configured, outcome.value.pack) ? undefined : load(),
  );
  return { index, configured, opened, load };
}

/**
 * A shipped pack that sees documents of one kind says nothing about a plan without any, which a test holds each of them to. So
 * it need not even be loaded for most plans. Not so with data of others: whether that is well formed, only the pack knows.
 */
function isSpecialist({ origin, data }: ConfiguredPack, { manifest }: OpenPolicyPack): boolean {
  return origin === "builtin" && data === undefined && manifest.input?.view === "documents";
}

async function open({ data, ...source }: ConfiguredPack): Promise<Outcome<Opened>> {
  try {
    const pack = await openPack(source);
    return { value: { pack, data: canonicalData(mergeData(pack.data, data ?? {})) } };
  } catch (error) {
    return failed(codeOf(error), textOf(error));
  }
}

function canonicalData(data: JsonObject): string {
  try {
    return canonicalJson(data);
  } catch (error) {
    const detail = { failure: "data_invalid" satisfies FailureCode };
    throw new CabincrewError("governance_invalid", `Its data cannot be written as JSON: ${textOf(error)}`, { detail });
  }
}

async function evaluate(
  threads: PolicyThreads,
  pack: Pack,
  plan: Plan,
  limits: PolicyLimits,
): Promise<readonly Evaluation[]> {
  const { configured } = pack;
  const known = await pack.opened;
  const judged: Judged = {
    origin: configured.origin ?? "governance",
    ...("value" in plan.canonical ? { input_sha256: plan.canonical.value.sha256 } : {}),
    ...("value" in known ? { data_sha256: sha256(known.value.data) } : {}),
  };
  if ("failure" in known) return [unreadable(path.basename(configured.directory), known.failure, judged)];
  const { manifest } = known.value.pack;
  const seen = await show(manifest.input ?? { view: "plan" }, plan);
  const shown = "value" in seen ? seen.value.shown : {};
  const unconcerned = shown.view?.artifacts === 0 && isSpecialist(configured, known.value.pack);
  const verdicts = unconcerned
    ? { value: manifest.entrypoints.map(() => UNCONCERNED) }
    : await answer(threads, pack, seen, limits);
  const each = "failure" in verdicts ? manifest.entrypoints.map(() => verdicts) : verdicts.value;
  return evaluations(known.value.pack, each, { ...judged, ...shown });
}

/** Waits until the pack is loaded, and asks it. */
async function answer(
  threads: PolicyThreads,
  { index, load }: Pack,
  seen: Outcome<Seen>,
  limits: PolicyLimits,
): Promise<Answer> {
  const loaded = await load();
  if ("failure" in loaded.answer) return loaded.answer;
  if ("failure" in seen) return seen;
  const { bytes, inParts } = seen.value;
  const timeoutMs = limits.timeoutMs - loaded.ms;
  if (inParts) return judgeInParts(threads.widened(), index, inParts, timeoutMs);
  return (await threads.evaluate(index, bytes, timeoutMs)).answer;
}

/** What a pack is shown. Nothing is shown of a plan that cannot be written. */
async function show(asked: PolicyPackInput, { canonical, input, contents }: Plan): Promise<Outcome<Seen>> {
  if ("failure" in canonical) return canonical;
  const { view } = asked;
  if (view === "documents" || view === "file") return look({ ...asked, view }, input, contents);
  const { bytes } = canonical.value;
  if (view === "plan") return { value: { bytes, shown: {} } };
  try {
    const inParts = await splitPlan(input, asked);
    return { value: { bytes, ...(inParts ? { inParts, shown: { parts: inParts.parts.length } } : { shown: {} }) } };
  } catch (error) {
    return failed("input_invalid", `the plan cannot be divided as it asks: ${textOf(error)}`);
  }
}

/** What a pack with a view of its own is shown; the modules for it are loaded only then. */
async function look(
  asked: PolicyPackInput & { readonly view: "documents" | "file" },
  input: PreflightInput,
  contents: PreflightContents | undefined,
): Promise<Outcome<Seen>> {
  try {
    const { selectView } = await import("./view/select.ts");
    const { request, texts_sha256 } = await selectView(asked, input, contents);
    const view = { view: asked.view, artifacts: request.files.length, texts_sha256 };
    return { value: { bytes: request, shown: { view } } };
  } catch (error) {
    return failed("input_invalid", `what it asks to see cannot be shown: ${textOf(error)}`);
  }
}

function canonicalInput(input: PreflightInput): Outcome<CanonicalInput> {
  try {
    const bytes = new TextEncoder().encode(canonicalJson(input));
    const exact = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    return { value: { bytes: exact, sha256: sha256(bytes) } };
  } catch (error) {
    return failed("input_invalid", `the plan cannot be written as JSON: ${textOf(error)}`);
  }
}

function codeOf(error: unknown): FailureCode {
  const known = error instanceof CabincrewError ? error.detail["failure"] : undefined;
  return typeof known === "string" ? (known as FailureCode) : "pack_invalid";
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
