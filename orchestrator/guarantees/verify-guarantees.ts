/** Plays every attack under the user's configuration in a scratch copy, a few at a time, and says what held. */
import { CabincrewError, whyOf } from "../../schema/index.ts";
import type { Attack, GuaranteeStatus } from "./attack.ts";
import { ATTACKS } from "./catalogue.ts";
import { Broken, NotApplicable } from "./outcome.ts";
import { type Scratch, type ScratchOptions, withScratch } from "./scratch.ts";

export interface GuaranteeResult {
  readonly id: string;
  readonly guarantee: string;
  readonly status: GuaranteeStatus;
  /** What was seen, or why the attack has no object here. */
  readonly evidence: string;
  /** What to do; only of a broken one. */
  readonly remedy?: string;
  readonly duration_ms: number;
}

export interface GuaranteeReport {
  /** True when nothing is broken. What is not applicable is no proof of anything. */
  readonly ok: boolean;
  readonly held: number;
  readonly broken: number;
  readonly not_applicable: number;
  readonly governance: { readonly source: string; readonly digest: string; readonly directory?: string };
  readonly sandbox: "bubblewrap" | "none";
  readonly guarantees: readonly GuaranteeResult[];
  readonly duration_ms: number;
}

export interface VerifyGuaranteesOptions extends ScratchOptions {
  /** Called as soon as an attack has ended, in no fixed order. */
  readonly observe?: (result: GuaranteeResult, done: number, of: number) => void;
  /** Ids of the guarantees to try; default: all. */
  readonly only?: readonly string[];
  /** Aborted with reason "SIGINT" or "SIGTERM": what runs ends, the scratch is removed. */
  readonly signal?: AbortSignal;
}

/** Attacks that are played at a time. */
const ABREAST = 3;
/** Longest time of all attacks together, in milliseconds; then what still runs is broken, not held. */
const LONGEST_MS = 180_000;

/** Throws usage for an unknown guarantee, what loading the user's governance throws, and `interrupted` or `terminated`; everything else is a result. */
export async function verifyGuarantees(options: VerifyGuaranteesOptions): Promise<GuaranteeReport> {
  const began = performance.now();
  const attacks = chosen(options.only);
  const controller = new AbortController();
  const stop = () => controller.abort(options.signal?.reason ?? "SIGTERM");
  const timer = setTimeout(stop, LONGEST_MS);
  options.signal?.addEventListener("abort", stop);
  try {
    return await withScratch(options, controller.signal, async (scratch) => {
      const guarantees = await playAll(scratch, attacks, options);
      assertNotInterrupted(options.signal);
      const count = (status: GuaranteeStatus) => guarantees.filter((each) => each.status === status).length;
      const { source, digest, directory } = scratch.governance;
      return {
        ok: count("broken") === 0,
        held: count("held"),
        broken: count("broken"),
        not_applicable: count("not_applicable"),
        governance: { source, digest, ...(directory === undefined ? {} : { directory }) },
        sandbox: scratch.bubblewrap ? "bubblewrap" : "none",
        guarantees,
        duration_ms: Math.round(performance.now() - began),
      };
    });
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", stop);
  }
}

function chosen(only: readonly string[] | undefined): readonly Attack[] {
  if (only === undefined) return ATTACKS;
  const unknown = only.find((id) => !ATTACKS.some((attack) => attack.id === id));
  if (unknown === undefined) return ATTACKS.filter(({ id }) => only.includes(id));
  throw new CabincrewError("usage", `There is no guarantee ${JSON.stringify(unknown)}.`, {
    next: `Name one of: ${ATTACKS.map(({ id }) => id).join(", ")}.`,
  });
}

/** Half a proof is none. */
function assertNotInterrupted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new CabincrewError(
    signal.reason === "SIGTERM" ? "terminated" : "interrupted",
    "The attacks were interrupted, so nothing is proven.",
    { next: "Run it again; nothing was left behind." },
  );
}

async function playAll(
  scratch: Scratch,
  attacks: readonly Attack[],
  options: VerifyGuaranteesOptions,
): Promise<readonly GuaranteeResult[]> {
  const results: GuaranteeResult[] = [];
  const waiting = attacks.map((attack, index) => ({ attack, index }));
  let done = 0;
  const player = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      if (options.signal?.aborted) return;
      const result = await play(scratch, next.attack);
      results[next.index] = result;
      done += 1;
      options.observe?.(result, done, attacks.length);
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, player));
  return results.filter((result) => result !== undefined);
}

async function play(scratch: Scratch, { id, guarantee, remedy, run }: Attack): Promise<GuaranteeResult> {
  const began = performance.now();
  const end = (status: GuaranteeStatus, evidence: string): GuaranteeResult => ({
    id,
    guarantee,
    status,
    evidence,
    ...(status === "broken" ? { remedy } : {}),
    duration_ms: Math.round(performance.now() - began),
  });
  try {
    return end("held", await run(scratch));
  } catch (error) {
    if (error instanceof NotApplicable) return end("not_applicable", error.message);
    if (error instanceof Broken) return end("broken", error.message);
    return end("broken", `The attack could not be played to its end: ${whyOf(error)}`);
  }
}
