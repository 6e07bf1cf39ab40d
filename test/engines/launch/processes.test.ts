import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { isGone } from "../../../engines/launch/processes.ts";

it("a process is gone when nobody has its number, not while it runs", async () => {
  const child = spawn("sleep", ["1000"]);
  await once(child, "spawn");
  expect([process.pid, process.ppid, child.pid ?? 0].map(isGone)).toEqual([false, false, false]);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isGone(child.pid ?? 0)).toBe(true);
  expect(isGone(spawnSync("true").pid)).toBe(true);
  expect([Number.NaN, 0, -1].map(isGone)).toEqual([true, true, true]);
});
