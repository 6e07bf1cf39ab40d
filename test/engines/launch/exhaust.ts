/** Descriptors of this process, made scarce for real. */
import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";

export const LIMIT = 512;

/** Lowers the soft limit of this process, which Node had raised; false where that cannot be done. */
export function limitDescriptors(): boolean {
  return spawnSync("prlimit", ["--pid", String(process.pid), `--nofile=${LIMIT}:`]).status === 0;
}

/** Takes every descriptor but `spare`; gives them back when called. */
export function exhaust(spare: number): () => void {
  const held: number[] = [];
  try {
    for (;;) held.push(openSync("/dev/null", "r"));
  } catch {
    for (const fd of spare === 0 ? [] : held.splice(-spare)) closeSync(fd);
  }
  return () => {
    for (const fd of held.splice(0)) closeSync(fd);
  };
}
