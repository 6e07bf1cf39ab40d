/** DESIGN section 7: an engine gets nothing that was not granted, open descriptors included. */
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { expect, it } from "vitest";
import { findBubblewrap } from "../../../engines/index.ts";
import { withoutInherited } from "../../../schema/index.ts";
import { fixturePack } from "../../models/input.ts";
import { scratch } from "./scene.ts";

const PROGRAM = path.join(import.meta.dirname, "..", "..", "..", "bin", "cabincrew.cjs");
const bubblewrap = await findBubblewrap();

it.each(bubblewrap ? ["off", "required"] : ["off"])(
  "what the caller left open for its children is closed to an engine (sandbox %s)",
  (sandbox) => {
    const base = scratch();
    mkdirSync(path.join(base, "workspace"));
    // As `exec 200>lock` of a shell script; low ones Node closes itself.
    const open = openSync(path.join(base, "left-open"), "a");
    const script = "echo reached > /proc/self/fd/200; readlink /proc/self/fd/200 > seen";
    const argv = ["run", "workspace", "--sandbox", sandbox, "--state-dir", "state", "--", "sh", "-c", script];
    const done = spawnSync(process.execPath, [PROGRAM, ...argv], {
      cwd: base,
      env: { PATH: process.env["PATH"], HOME: base },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe", ...Array(197).fill("ignore"), open],
    });
    closeSync(open);
    expect(done.status, done.stderr).toBe(0);
    expect(readFileSync(path.join(base, "left-open"), "utf8")).toBe("");
    expect(readFileSync(path.join(base, "workspace/seen"), "utf8")).toBe("/dev/null\n");
  },
);

it.runIf(process.platform === "linux")(
  "what a native addon opens between two launches is closed to the second",
  async () => {
    const asked = () => withoutInherited(["pipe"], (stdio) => stdio);
    asked();
    const profileFilePrefix = path.join(scratch(), "profile");
    const options = { enableProfiling: true, profileFilePrefix };
    const session = await InferenceSession.create(path.join(fixturePack("loudest"), "model.onnx"), options);
    const opened = readdirSync("/proc/self/fd").find((fd) => isOpenedAs(fd, profileFilePrefix));
    expect(asked()[Number(opened)]).toEqual(expect.any(Number));
    await session.release();
  },
);

function isOpenedAs(fd: string, prefix: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).startsWith(prefix);
  } catch {
    return false; // the one that listed the directory
  }
}
