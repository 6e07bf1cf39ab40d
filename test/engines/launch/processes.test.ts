import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { isBetweenPrograms, isGone } from "../../../engines/launch/processes.ts";

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

it("a process that has no environment yet is between two programs, one that was given none is not", async () => {
  const bare = spawn("sleep", ["1000"], { env: {} });
  await once(bare, "spawn");
  const stats = [process.pid, bare.pid].map((pid) => readFileSync(`/proc/${pid}/stat`, "latin1"));
  bare.kill("SIGKILL");
  expect(stats.map(isBetweenPrograms)).toEqual([false, false]);
  const [own = ""] = stats;
  const name = own.lastIndexOf(")") + 2;
  const fields = own.slice(name).split(" ");
  const changed = (changes: Readonly<Record<number, string>>) =>
    own.slice(0, name) + fields.map((field, index) => changes[index] ?? field).join(" ");
  // proc(5): 50 and 51 are where the environment begins and ends, 23 is the memory, 3 the state.
  expect(isBetweenPrograms(changed({ 47: "0", 48: "0" }))).toBe(true);
  expect(isBetweenPrograms(changed({ 47: "0", 48: "0", 20: "0" }))).toBe(false);
  expect(isBetweenPrograms(changed({ 47: "0", 48: "0", 0: "Z" }))).toBe(false);
  expect(isBetweenPrograms("")).toBe(false);
});
