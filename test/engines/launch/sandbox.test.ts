/** DESIGN section 7, A15: what an engine may see and write in each mode. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type EngineLaunch, findBubblewrap, launchEngine } from "../../../engines/index.ts";
import { fixtureEngine, launchOf, scratch } from "./scene.ts";

const bubblewrap = await findBubblewrap();
const diagnostics = async (launch: EngineLaunch) => (await launchEngine(launch)).receipt.diagnostics;

it("runs plainly when the sandbox is off, and says so", async () => {
  expect(await launchEngine(await launchOf("noop"))).toMatchObject({ sandbox: "none" });
});

it.skipIf(bubblewrap)("refuses to run without a sandbox when one is required", async () => {
  await expect(launchEngine(await launchOf("noop", { sandbox: "required" }))).rejects.toMatchObject({
    code: "sandbox_unavailable",
  });
});

describe.skipIf(!bubblewrap)("in the sandbox (needs bubblewrap)", () => {
  // workspace, artifacts, output, temp, home, granted for reading, granted for writing
  it.each([
    ["flight-plan", [false, true, true, true, true, false, false]],
    ["take-off", [true, false, true, true, true, false, true]],
    ["reconcile", [false, false, false, true, true, false, false]],
  ] as const)("%s writes only where it may", async (mode, expected) => {
    const [read, write] = [scratch(), scratch()];
    const permissions = { network: false, read: [read], write: [write] };
    const launch = await launchOf("writes", {
      mode,
      sandbox: "required",
      permissions,
      env: { WHERE: `${read} ${write}` },
    });
    expect(await diagnostics(launch)).toEqual(expected);
  });

  it("keeps the workspace read-only in take-off for an engine that declares it does not write it", async () => {
    const engine = await fixtureEngine("writes", { workspace_writes: false });
    const launch = await launchOf(engine, { mode: "take-off", sandbox: "auto" });
    expect(await diagnostics(launch)).toEqual([false, false, true, true, true]);
  });

  it("shows neither state, home nor anything below /tmp that was not granted, but what was granted", async () => {
    const [granted, other] = [scratch(), scratch()];
    for (const directory of [granted, other]) writeFileSync(path.join(directory, "file"), "content");
    const launch = await launchOf("reads", { sandbox: "auto" });
    const where = [`${granted}/file`, `${other}/file`, `${launch.stateDir}/cabincrew.db`, `${homedir()}/.bashrc`];
    const permissions = { network: false, read: [granted], write: [] };
    expect(await diagnostics({ ...launch, permissions, env: { WHERE: where.join(" ") } })).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("never grants what lies in the state directory, not even through a link", async () => {
    const launch = await launchOf("reads", { sandbox: "auto" });
    const link = path.join(scratch(), "link");
    symlinkSync(launch.stateDir, link);
    const inner = path.join(launch.stateDir, "keys");
    mkdirSync(inner);
    writeFileSync(path.join(inner, "key"), "private");
    const permissions = { network: false, read: [link, inner, launch.stateDir], write: [] };
    const where = `${inner}/key ${link}/cabincrew.db ${launch.stateDir}/cabincrew.db`;
    expect(await diagnostics({ ...launch, permissions, env: { WHERE: where } })).toEqual([false, false, false]);
  });

  it("opens the network only when the run grants it and the manifest asks for it in this mode", async () => {
    const count = async (network: boolean, declared: "none" | "take-off" | "both") => {
      const engine = await fixtureEngine("interfaces", { network: declared });
      return diagnostics(await launchOf(engine, { sandbox: "auto", permissions: { network, read: [], write: [] } }));
    };
    const outside = await diagnostics(await launchOf("interfaces"));
    expect([await count(true, "both"), await count(true, "take-off"), await count(false, "both")]).toEqual([
      outside,
      1,
      1,
    ]);
  });

  it("lets an engine that makes its own sandbox run unwrapped, told what is asked of it", async () => {
    const engine = { ...(await fixtureEngine("echo-input")), sandboxesItself: true };
    const outcome = await launchEngine(await launchOf(engine, { sandbox: "required" }));
    expect(outcome.sandbox).toBe("none");
    expect(JSON.stringify(outcome.receipt.diagnostics)).toContain("CABINCREW_BUBBLEWRAP");
  });
});
