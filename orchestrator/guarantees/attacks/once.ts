/** Exactly one take-off: two processes at once, and a process that is killed in the middle. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { readyToTakeOff } from "../approve.ts";
import type { Attack } from "../attack.ts";
import { startDriver, untilHolding } from "../driver.ts";
import { expectHeld } from "../outcome.ts";
import { effects, takeOff } from "../place.ts";
import type { Scratch } from "../scratch.ts";

const REMEDY = "Let one process at a time work on this state directory, on a local file system; report it.";

async function twoProcesses(scratch: Scratch): Promise<string> {
  const place = scratch.place("two-processes");
  const { runId } = await readyToTakeOff(scratch, place, { ...(await scratch.harmless()), hold: true });
  await place.close();
  const first = startDriver(place, runId);
  await untilHolding(place, first);
  const second = await startDriver(place, runId).ended;
  writeFileSync(path.join(place.workspace, "release"), "");
  const { code } = await first.ended;
  expectHeld(effects(place) === 1, `Two processes took one plan off ${effects(place)} times.`);
  expectHeld(second.code === 8, `The second process ended with ${second.code} instead of being told to wait.`);
  expectHeld(code === 0, `The first process ended with ${code}.`);
  return "A second process resumed a plan in the middle of its take-off: told that it is busy (exit 8), one effect.";
}

async function killed(scratch: Scratch): Promise<string> {
  const place = scratch.place("killed");
  const { runId } = await readyToTakeOff(scratch, place, { ...(await scratch.harmless()), hold: true });
  await place.close();
  const driver = startDriver(place, runId);
  await untilHolding(place, driver);
  driver.kill();
  const { code } = await driver.ended;
  expectHeld(code === "SIGKILL", `The process was not killed but ended with ${code}.`);
  for (const attempt of ["first", "second"]) {
    const { exitCode } = await takeOff(place, runId);
    expectHeld(effects(place) === 1, `The ${attempt} resume after a kill repeated the take-off.`);
    expectHeld(exitCode === 9, `The ${attempt} resume after a kill ended with exit code ${exitCode} instead of 9.`);
  }
  return "kill -9 in the middle of a take-off that may not be repeated, then resumed twice: outcome unknown (exit 9), one effect.";
}

export const ONCE: readonly Attack[] = [
  { id: "one-take-off", guarantee: "Two processes take one plan off once", remedy: REMEDY, run: twoProcesses },
  {
    id: "killed-not-repeated",
    guarantee: "A take-off that was killed is neither taken for done nor repeated",
    remedy: REMEDY,
    run: killed,
  },
];
