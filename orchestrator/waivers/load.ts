/** Reads waiver files as strictly as authority files; anything doubtful in one of them refuses the whole governance. */
import { CabincrewError, parseDocument, type WaiverEntry } from "../../schema/index.ts";
import { readDocument } from "../authority/index.ts";
import { scopeProblem } from "./scope.ts";
import type { Waiver } from "./waiver.ts";

const LONGEST_DAYS = 366;
const DAY_MS = 86_400_000;

/** The waivers of all files, in their order. `now` in milliseconds bounds how far ahead they may expire. Throws governance_invalid. */
export async function loadWaivers(files: readonly string[], now: number): Promise<readonly Waiver[]> {
  const loaded = (await Promise.all(files.map((file) => loadFile(file, now)))).flat();
  const ids = loaded.map((waiver) => waiver.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice === undefined) return loaded;
  throw new CabincrewError("governance_invalid", `Two waivers have the id ${twice}`, {
    next: "Give each waiver an id of its own, so that a record of its use names one.",
  });
}

async function loadFile(file: string, now: number): Promise<Waiver[]> {
  const what = "The waiver file";
  const document = await readDocument(file, "governance_invalid", what);
  const { waivers } = parseDocument("waivers", document, "governance_invalid", `${what} ${file}`);
  return Promise.all(waivers.map((entry) => checked(entry, file, now)));
}

async function checked(entry: WaiverEntry, file: string, now: number): Promise<Waiver> {
  const problem = (await scopeProblem(entry.scope)) ?? timeProblem(entry.expires, now);
  if (problem === undefined) return { ...entry, to: entry.to ?? "warn" };
  throw new CabincrewError("governance_invalid", `The waiver ${entry.id} in ${file} ${problem}.`, {
    next: "Narrow or correct the waiver; nothing is judged before that.",
    detail: { file, waiver: entry.id },
  });
}

function timeProblem(expires: string, now: number): string | undefined {
  const end = Date.parse(expires);
  // Date.parse takes the 31st of February for the 3rd of March.
  const day = Number(expires.slice(8, 10));
  const real = day <= new Date(Date.UTC(Number(expires.slice(0, 4)), Number(expires.slice(5, 7)), 0)).getUTCDate();
  if (Number.isNaN(end) || !real) return `expires at ${expires}, which is no time`;
  if (end - now > LONGEST_DAYS * DAY_MS)
    return `expires at ${expires}; a waiver holds for ${LONGEST_DAYS} days at the most`;
  return undefined;
}
