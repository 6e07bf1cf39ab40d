/** Values of mapped secrets stay out of everything that is kept or shown; variables that were not mapped stay out of engines. */
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readyToTakeOff, recordOf } from "../approve.ts";
import type { Attack } from "../attack.ts";
import { startProgram } from "../driver.ts";
import { assumeThat, expectHeld } from "../outcome.ts";
import type { Place } from "../place.ts";
import { PROBE } from "../probe.ts";
import type { Scratch } from "../scratch.ts";

const VARIABLE = "GUARANTEE_CANARY";

/** Files below the directory that hold one of the texts, in their name or content. */
function filesHolding(directory: string, needles: readonly string[]): readonly string[] {
  const holds = (text: string) => needles.some((needle) => text.includes(needle));
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return holds(entry.name) || (entry.isFile() && holds(readFileSync(file, "latin1")));
    })
    .map((entry) => entry.name);
}

async function leaked(place: Place, leak: string, canary: string): Promise<readonly string[]> {
  const config = path.join(place.root, `${leak}.json`);
  writeFileSync(config, JSON.stringify({ target: "notes.txt", text: "a note\n", leak }));
  const argv = ["run", place.workspace, "--engine", PROBE, "--config", config, "--secret", `TOKEN=env:${VARIABLE}`];
  const { stdout, stderr } = await startProgram(place, argv, { [VARIABLE]: canary }).ended;
  const needles = [canary, Buffer.from(canary).toString("base64").replace(/=+$/, "")];
  const shown = needles.some((needle) => stdout.includes(needle) || stderr.includes(needle));
  return [...filesHolding(place.stateDir, needles), ...(shown ? ["the terminal"] : [])];
}

async function mapped(scratch: Scratch): Promise<string> {
  const place = scratch.place("secrets");
  const doors = ["log", "artifact", "receipt"];
  for (const door of doors) {
    const canary = `canary-${randomBytes(18).toString("hex")}`;
    const places = await leaked(place, door, canary);
    expectHeld(
      places.length === 0,
      `A mapped secret that an engine put into its ${door} was found in ${places.join(", ")}.`,
    );
  }
  const { length } = readdirSync(place.stateDir, { recursive: true });
  assumeThat(length > 0, "No run was recorded");
  return `An engine put a mapped secret into its ${doors.join(", ")}, plain and as base64: in none of ${length} files of the state directory, nor on the terminal.`;
}

async function environment(scratch: Scratch): Promise<string> {
  const place = scratch.place("environment", { environment: { [VARIABLE]: "canary" } });
  const { runId } = await readyToTakeOff(scratch, place, { ...(await scratch.harmless()), env: true });
  const receipt = (await recordOf(place, runId)).plan_receipt;
  const seen = (receipt as { readonly diagnostics?: { readonly env?: readonly string[] } } | null)?.diagnostics?.env;
  assumeThat(seen !== undefined, "The engine did not say what it was given");
  expectHeld(!seen.includes(VARIABLE), "An engine was given a variable that was not mapped.");
  return `An engine was given ${seen.length} variables, all of them the protocol's; one that was not mapped did not reach it.`;
}

export const SECRETS: readonly Attack[] = [
  {
    id: "secrets-not-kept",
    guarantee: "Mapped secrets reach no ledger, log, artifact or terminal",
    remedy: "Replace every secret that was mapped in runs of this state directory; report it.",
    run: mapped,
  },
  {
    id: "environment-from-nothing",
    guarantee: "Engines get no variable of yours that was not mapped",
    remedy: "Do not run engines of others with this version; report it.",
    run: environment,
  },
];
