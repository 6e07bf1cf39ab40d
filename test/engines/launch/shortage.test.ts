/** A machine short of descriptors: whatever the launch lacks one for, the reason is the same, and says nothing about the engine. */
import { readdirSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { launchEngine } from "../../../engines/index.ts";
import { toCabincrewError } from "../../../schema/index.ts";
import { exhaust, LIMIT, limitDescriptors } from "./exhaust.ts";
import { launchOf } from "./scene.ts";

it.runIf(process.platform === "linux" && limitDescriptors())(
  "a launch that lacks a descriptor at any of its steps is short of resources, never broken, and succeeds with enough",
  async () => {
    expect((await launchEngine(await launchOf("noop"))).exitCode).toBe(0);
    const seen: string[] = [];
    for (let spare = 0; seen.at(-1) !== "launched"; spare += 1) {
      const launch = await launchOf("noop");
      const release = exhaust(spare);
      onTestFinished(release);
      const outcome = await launchEngine(launch).then(
        () => "launched",
        (error: unknown) => {
          const { code, detail } = toCabincrewError(error, "internal", "Launching");
          return `${code}${detail["started"] === false ? ", not started" : ""}`;
        },
      );
      release();
      seen.push(outcome);
      expect(seen.length).toBeLessThan(60);
    }
    expect(new Set(seen)).toEqual(new Set(["resources_exhausted, not started", "launched"]));
    expect(readdirSync("/proc/self/fd").length).toBeLessThan(LIMIT / 2);
  },
);
