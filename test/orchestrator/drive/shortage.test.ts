import { expect, it, onTestFinished } from "vitest";
import { resumeRun, retryRun, startRun } from "../../../orchestrator/index.ts";
import { exhaust, limitDescriptors } from "../../engines/launch/exhaust.ts";
import { crewOf, effects, failedWith, govern, newPlace, refusal, request, watch } from "./crew-fixture.ts";

/** Observes states, and takes every descriptor of this process when the run comes to `state`. */
function shortFrom(state: string) {
  const seen = watch();
  let release = () => {};
  onTestFinished(() => release());
  const observe: typeof seen.observe = (observation) => {
    seen.observe(observation);
    if (observation.kind === "state" && observation.state === state) release = exhaust(0);
  };
  return { observe, end: () => release() };
}

it.runIf(process.platform === "linux" && limitDescriptors())(
  "a launch for which no descriptor is left: a plan goes on later, a take-off ends as not begun and can be tried anew",
  async () => {
    const place = newPlace();
    const governanceDir = govern(place, "allowed");
    const asked = request(place, "engine", { counter: place.counter });
    const planning = shortFrom("PLAN_RUNNING");
    const crew = await crewOf(place, { governanceDir });
    const short = await refusal("resources_exhausted", startRun(crew, asked, planning));
    planning.end();
    expect(short.next).toContain("cabincrew resume");
    const [run = ""] = await crew.store.open();

    const takingOff = shortFrom("TAKEOFF_RUNNING");
    const later = await crewOf(place, { governanceDir });
    const ended = failedWith("resources_exhausted", await resumeRun(later, run, takingOff));
    takingOff.end();
    expect([ended.message, ended.next]).toEqual([
      expect.stringContaining("not started, so nothing took effect"),
      expect.stringContaining(`cabincrew retry ${run}`),
    ]);
    expect(effects(place)).toBe(0);
    expect(await retryRun(await crewOf(place, { governanceDir }), run)).toMatchObject({ state: "COMPLETED" });
    expect(effects(place)).toBe(1);
  },
);
