/** Resident memory of a process and its descendants, which is where bubblewrap puts the one that matters. Linux only. */
import { readFileSync } from "node:fs";

const EVERY_MS = 50;

/** Bytes; 0 where the system does not tell. */
export function residentBytes(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
    return children.reduce((sum, child) => sum + residentBytes(Number(child)), Number(kib) * 1024);
  } catch {
    return 0;
  }
}

/** Calls `exceeded` once memory passes `limit` bytes; returns how to stop watching. */
export function watchMemory(pid: number, limit: number, exceeded: () => void): () => void {
  const timer = setInterval(() => {
    if (residentBytes(pid) <= limit) return;
    clearInterval(timer);
    exceeded();
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
