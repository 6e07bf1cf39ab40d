/** Nothing takes effect before take-off: engines that write while they are only asked to plan. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { startRun } from "../../operations/run.ts";
import type { Attack } from "../attack.ts";
import { assumeThat, expectHeld } from "../outcome.ts";
import { effects, endingOf, fingerprint, type Place, plan, probeRequest } from "../place.ts";
import type { Scratch } from "../scratch.ts";

const REMEDY =
  "Do not run engines on this machine with this version; report it with the output of `cabincrew doctor --json`.";

async function commandWrites(scratch: Scratch): Promise<string> {
  const place = scratch.place("command-writes");
  const before = fingerprint(place.workspace);
  const script = "echo changed > README.md; echo new > new.txt; rm -rf .cabincrew";
  const request = probeRequest(place, {}, { engine: { command: ["sh", "-c", script] } });
  const { code, reported } = await endingOf(startRun(await place.crew(), request, { signal: place.signal }));
  assumeThat(reported, `No command was run (${code})`);
  const denied = code === "policy_denied" ? ", and the configuration denied the plan" : "";
  expectHeld(fingerprint(place.workspace) === before, "A command that was only planned changed the workspace.");
  return `A command that changes two files was planned; the workspace is as it was${denied}.`;
}

async function planted(
  scratch: Scratch,
  sandbox: "auto" | "off",
): Promise<{ place: Place; file: string; code: string }> {
  const place = scratch.place(`plan-writes-${sandbox}`);
  const file = path.join(place.workspace, "planted");
  const config = { ...(await scratch.harmless()), plant: [file] };
  const { code, reported } = await endingOf(plan(place, config, { sandbox, planOnly: false }));
  assumeThat(reported, `No run was opened (${code})`);
  expectHeld(effects(place) === 0 || code === null, "A refused plan took effect.");
  return { place, file, code: code ?? "none" };
}

async function planWrites(scratch: Scratch): Promise<string> {
  assumeThat(scratch.bubblewrap, "Without bubblewrap a write is detected, not prevented: see plan-write-detected");
  const { file } = await planted(scratch, "auto");
  expectHeld(!existsSync(file), "An engine in the sandbox wrote the workspace while planning.");
  return "In the sandbox the workspace cannot be written while planning.";
}

async function planWriteDetected(scratch: Scratch): Promise<string> {
  const { place, code } = await planted(scratch, "off");
  expectHeld(
    code === "flight_plan_mutated_workspace",
    `An engine wrote the workspace while planning; the run ended with ${code}.`,
  );
  expectHeld(effects(place) === 0, "The plan of an engine that wrote the workspace took off.");
  return "Without a sandbox an engine wrote the workspace while planning: found out, its plan refused.";
}

async function planWritesOutside(scratch: Scratch): Promise<string> {
  assumeThat(scratch.bubblewrap, "Without bubblewrap an engine can write what its user can");
  const place = scratch.place("plan-writes-outside");
  const names = ["outside", path.join("config", "planted"), path.join("governance", "planted")];
  const plant = names.map((name) => path.join(place.root, name));
  const { reported, code } = await endingOf(plan(place, { ...(await scratch.harmless()), plant }));
  assumeThat(reported, `No run was opened (${code})`);
  const written = plant.filter((file) => existsSync(file) && readFileSync(file, "utf8") !== "");
  expectHeld(written.length === 0, `An engine in the sandbox wrote ${written.length} files outside of the workspace.`);
  return `${plant.length} writes outside of the workspace, to configuration and governance too: none arrived.`;
}

export const BEFORE_TAKE_OFF: readonly Attack[] = [
  {
    id: "planning-has-no-effect",
    guarantee: "A planned command changes nothing before take-off",
    remedy: REMEDY,
    run: commandWrites,
  },
  {
    id: "plan-write-prevented",
    guarantee: "An engine cannot write the workspace while it plans",
    remedy: REMEDY,
    run: planWrites,
  },
  {
    id: "plan-write-detected",
    guarantee: "Without a sandbox, a write while planning is found and the plan refused",
    remedy: REMEDY,
    run: planWriteDetected,
  },
  {
    id: "outside-is-read-only",
    guarantee: "An engine cannot write outside of the workspace while it plans",
    remedy: REMEDY,
    run: planWritesOutside,
  },
];
