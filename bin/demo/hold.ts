/**
 * Stops a take-off at a chosen instant, so that a kill or a second process meets it half done every time. The program below
 * is preloaded into the engine and waits at the engine's second rename; everything else is the engine as it always runs.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { errnoOf } from "../../schema/index.ts";

/** Beside the workspace: `hold` asks for a stop, `holding` says that the engine stands; once that is removed it goes on. */
const PROGRAM = `"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { CABINCREW_MODE: mode, CABINCREW_WORKSPACE: workspace } = process.env;
const place = workspace && path.dirname(workspace);
if (mode === "take-off" && fs.existsSync(path.join(place, "hold"))) {
  const rename = fs.renameSync;
  let renames = 0;
  fs.renameSync = (...paths) => {
    renames += 1;
    if (renames === 2) {
      fs.writeFileSync(path.join(place, "hold"), String(process.pid));
      rename(path.join(place, "hold"), path.join(place, "holding"));
      const word = new Int32Array(new SharedArrayBuffer(4));
      while (fs.existsSync(path.join(place, "holding"))) Atomics.wait(word, 0, 0, 2);
    }
    return rename(...paths);
  };
}
`;
const STEP_MS = 4;

/** Writes the program into `scratch`; returns the value of NODE_OPTIONS that loads it. */
export function installHold(scratch: string): string {
  const file = path.join(scratch, "hold.cjs");
  writeFileSync(file, PROGRAM);
  return `--require ${JSON.stringify(file)}`;
}

/** The next take-off beside `place` stops after its first file. */
export function askToHold(place: string): void {
  writeFileSync(path.join(place, "hold"), "");
}

/** Resolves once the take-off stands; rejects when `gone` does first, or settles without that. */
export async function untilHeld(place: string, gone: Promise<unknown>): Promise<void> {
  let ended = false;
  const end = () => {
    ended = true;
  };
  gone.then(end, end);
  while (!existsSync(path.join(place, "holding"))) {
    if (ended) throw new Error("The take-off ended before it could be interrupted.");
    await pause(STEP_MS);
  }
}

/** kill -9 for the engine that stands, if one does. */
export function killHeld(place: string): void {
  try {
    process.kill(Number(readFileSync(path.join(place, "holding"), "utf8")), "SIGKILL");
  } catch (error) {
    // It went on already, or its process is gone.
    if (errnoOf(error) !== "ENOENT" && errnoOf(error) !== "ESRCH") throw error;
  }
}

export function letGo(place: string): void {
  rmSync(path.join(place, "holding"), { force: true });
}
