import { CabincrewError } from "../../schema/index.ts";

/** The refusal that `attempt` ends in; undefined when it succeeds. Anything else that is thrown stays thrown. */
export async function refusalOf(attempt: Promise<unknown>): Promise<CabincrewError | undefined> {
  try {
    await attempt;
    return undefined;
  } catch (error) {
    if (error instanceof CabincrewError) return error;
    throw error;
  }
}
