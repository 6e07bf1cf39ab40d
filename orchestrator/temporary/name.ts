/**
 * A temporary file's name says whose it is, so that another process can tell what a killed one left from what a living one is
 * just writing. Process numbers mean something only within one boot of one machine and one PID namespace; those are named too.
 */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import os from "node:os";

const ENDING = /\.([0-9a-f]{12})-(\d+)-[0-9a-f]{12}(?:-\d+)?\.tmp$/;

let count = 0;
let own: string | undefined;

/** `base` with an ending of its own: never given twice, by no process. */
export function temporaryName(base: string): string {
  own ??= `${numbering()}-${process.pid}-${randomBytes(6).toString("hex")}`;
  return `${base}.${own}-${count++}.tmp`;
}

/** "living" and "dead" where its writer is or was numbered as we are, else "unknown". */
export function writerOf(name: string): "living" | "dead" | "unknown" {
  const [, place, pid] = ENDING.exec(name) ?? [];
  if (place === undefined || place !== numbering()) return "unknown";
  return isLiving(Number(pid)) ? "living" : "dead";
}

let place: string | undefined;

/** 12 hex digits of what process numbers are relative to. Where the system does not tell, no two processes agree on it. */
function numbering(): string {
  place ??= createHash("sha256").update(numberingText()).digest("hex").slice(0, 12);
  return place;
}

function numberingText(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    return [os.hostname(), boot, readlinkSync("/proc/self/ns/pid")].join("\n");
  } catch {
    return randomBytes(16).toString("hex");
  }
}

function isLiving(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
