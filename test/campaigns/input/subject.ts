import { CabincrewError, REASONS } from "../../../schema/index.ts";
import type { Random } from "./random.ts";

/** One thing that takes input from outside. */
export interface Subject {
  readonly name: string;
  /** Its part of a campaign, relative to the others: cheap ones see more inputs. */
  readonly share: number;
  /**
   * Makes one input and hands it in. Throws a CabincrewError for a refusal; any other error is a defect, and so is a
   * returned sentence: it says what was accepted and should not have been.
   */
  readonly once: (random: Random) => Promise<string | undefined> | string | undefined;
}

/** Of processor time: how long it takes by the clock depends on who else uses the machine. */
const LONGEST_MS = 1000;

/** Hands one input in. The sentence says what is wrong; undefined when it was accepted rightly or refused properly. */
export async function attempt(subject: Subject, random: Random): Promise<string | undefined> {
  const before = process.cpuUsage();
  try {
    const problem = await subject.once(random);
    if (problem !== undefined) return problem;
  } catch (error) {
    if (!(error instanceof CabincrewError)) return `threw ${error instanceof Error ? error.stack : String(error)}`;
    const problem = improper(error);
    if (problem) return problem;
  }
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000;
  return ms > LONGEST_MS ? `took ${Math.round(ms)} ms of processor time` : undefined;
}

/** What a refusal must be: of a known reason that is not a defect of ours, one sentence without a stack trace, with advice. */
function improper(error: CabincrewError): string | undefined {
  if (!(error.code in REASONS)) return `refused with the unknown reason ${error.code}`;
  if (error.code === "internal") return `refused as a defect of its own: ${error.message}`;
  if (/\n\s+at /.test(error.message)) return `shows a stack trace: ${error.message}`;
  if (error.message.length > 20_000) return `refuses with ${error.message.length} characters`;
  return error.next === "" ? `says nothing to do next: ${error.message}` : undefined;
}
