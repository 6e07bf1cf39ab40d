/** A15: when a launch settles, nothing it started is alive; limits and interruptions end the whole group. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { endSurvivors, findBubblewrap, launchEngine } from "../../../engines/index.ts";
import { processStat } from "../../../engines/launch/processes.ts";
import { beginProcessFile } from "../../../engines/launch/survivors.ts";
import { alive, launchOf, scratch } from "./scene.ts";

const bubblewrap = await findBubblewrap();
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});
const pidIn = (file: string): number => Number(readFileSync(file, "utf8"));
const marked = (marker: string) => ({ ...process.env, CABINCREW_RUN: marker });

describe.each(bubblewrap ? (["off", "auto"] as const) : (["off"] as const))("with the sandbox %s", (sandbox) => {
  it("does not hang on a background child that holds stdout, and ends it and a daemon that left the group", async () => {
    const launch = await launchOf("background-child", { sandbox });
    await expect(launchEngine(launch)).resolves.toMatchObject({ exitCode: 0 });
    if (sandbox === "off")
      for (const name of ["child", "daemon"]) expect(alive(pidIn(path.join(launch.tempDir, name)))).toBe(false);
  });

  it("waits for an engine that closed stdout, until the time-out ends it", async () => {
    const launch = await launchOf("closes-stdout", { sandbox });
    await expect(launchEngine({ ...launch, limits: { ...launch.limits, timeoutMs: 300 } })).rejects.toMatchObject({
      code: "engine_timeout",
      exitCode: 7,
    });
  });

  it("lets an interrupted engine clean up", async () => {
    const controller = new AbortController();
    const onLogLine = (): void => controller.abort();
    const launch = await launchOf("waits", { sandbox, signal: controller.signal, onLogLine });
    await expect(launchEngine(launch)).rejects.toMatchObject({ code: "interrupted" });
    expect(existsSync(path.join(launch.tempDir, "cleaned"))).toBe(true);
  });

  it("kills an engine that ignores SIGTERM", async () => {
    const controller = new AbortController();
    let pid = 0;
    const launch = await launchOf("ignores-sigterm", { sandbox, signal: controller.signal });
    const onLogLine = (): void => {
      pid = JSON.parse(readFileSync(launch.processFile, "utf8")).pid;
      controller.abort();
    };
    await expect(launchEngine({ ...launch, onLogLine })).rejects.toMatchObject({ code: "interrupted" });
    expect(pid).toBeGreaterThan(1);
    expect(alive(pid)).toBe(false);
  });

  it("ends an engine whose processes use more memory than they may", async () => {
    const launch = await launchOf("memory-hog", { sandbox });
    const limits = { ...launch.limits, memoryBytes: 200 * 1024 * 1024 };
    await expect(launchEngine({ ...launch, limits })).rejects.toMatchObject({ code: "engine_limit" });
  });
});

it("does not start an engine once it was interrupted", async () => {
  const launch = await launchOf("noop", { signal: AbortSignal.abort() });
  await expect(launchEngine(launch)).rejects.toMatchObject({ code: "interrupted" });
  expect(existsSync(launch.logFile)).toBe(false);
});

describe("survivors of a killed driver", () => {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

  it("are ended by the process file, with the whole group", async () => {
    const child = spawn("/bin/sh", ["-c", "sleep 300 & echo $!; wait"], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    started.push(child);
    const inner = await new Promise<number>((resolve) => child.stdout?.once("data", (data) => resolve(Number(data))));
    const file = path.join(scratch(), "process");
    const pid = child.pid ?? 0;
    writeFileSync(file, JSON.stringify({ marker: "none-such", boot, pid, start: processStat(pid)?.start }));
    expect(await endSurvivors(file)).toBe(true);
    expect([alive(pid), alive(inner), existsSync(file)]).toEqual([false, false, false]);
    expect(await endSurvivors(file)).toBe(false);
  });

  it("are found by their marker when the driver died before it knew their number", async () => {
    const child = spawn("/bin/sleep", ["300"], { env: marked("m-only"), detached: true, stdio: "ignore" });
    started.push(child);
    const file = path.join(scratch(), "process");
    writeFileSync(file, JSON.stringify({ marker: "m-only", boot }));
    expect(await endSurvivors(file)).toBe(true);
    expect(alive(child.pid ?? 0)).toBe(false);
  });

  it("are found by what they hold when the driver died before it made the engine of its double", async () => {
    const file = path.join(scratch(), "process");
    writeFileSync(file, JSON.stringify({ marker: "m-double", boot }));
    const double = spawn("/bin/sh", ["-c", 'exec sleep 300 3>> "$0"', file], { detached: true, stdio: "ignore" });
    const reader = spawn("/bin/sh", ["-c", 'exec sleep 300 3< "$0"', file], { detached: true, stdio: "ignore" });
    started.push(double, reader);
    for (const { pid } of [double, reader])
      await expect.poll(() => readFileSync(`/proc/${pid}/comm`, "utf8")).toBe("sleep\n");
    expect(await endSurvivors(file)).toBe(true);
    expect([alive(double.pid ?? 0), alive(reader.pid ?? 0)]).toEqual([false, true]);
  });

  it("are never confused with a process that has the number now, or with another boot", async () => {
    const child = spawn("/bin/sleep", ["300"], { detached: true, stdio: "ignore" });
    started.push(child);
    const pid = child.pid ?? 0;
    const file = path.join(scratch(), "process");
    writeFileSync(file, JSON.stringify({ marker: "none-such", boot, pid, start: "1" }));
    expect(await endSurvivors(file)).toBe(false);
    writeFileSync(file, JSON.stringify({ marker: "none-such", boot: "other", pid, start: processStat(pid)?.start }));
    expect(await endSurvivors(file)).toBe(false);
    expect(alive(pid)).toBe(true);
  });

  it("are never sought by half of what was written: that is the text before, or none", () => {
    const file = path.join(scratch(), "process");
    const launch = beginProcessFile(file, "none-such");
    const before = readFileSync(file, "utf8");
    launch.started(process.pid);
    launch.close();
    const after = readFileSync(file, "utf8");
    expect(JSON.parse(after)).toMatchObject({ ...JSON.parse(before), pid: process.pid });
    const halves = Array.from(after, (_, length) => after.slice(0, length) + before.slice(length));
    for (const half of halves.filter((text) => text !== before)) expect(() => JSON.parse(half)).toThrow();
  });

  it("refuses a process file that is not one", async () => {
    const file = path.join(scratch(), "process");
    writeFileSync(file, '{"pid":1}');
    await expect(endSurvivors(file)).rejects.toMatchObject({ code: "state_unusable" });
  });
});
