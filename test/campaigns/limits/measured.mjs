// A process, with the most memory it and its children ever held at once and the time it took.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";

const EVERY_MS = 50;
/** More output than this is counted, not kept. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** Resolves to { code, stdout, stderr, seconds, mebibytes }; memory is sampled, so a shorter peak is missed. */
export async function measured(command, options) {
  const began = performance.now();
  const child = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "pipe"], ...options });
  const kept = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"])
    child[name].setEncoding("utf8").on("data", (chunk) => {
      if (kept[name].length < KEPT_BYTES) kept[name] += chunk;
    });
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, residentKib(child.pid));
  }, EVERY_MS);
  const [code] = await once(child, "close");
  clearInterval(timer);
  return { code, ...kept, seconds: (performance.now() - began) / 1000, mebibytes: peak / 1024 };
}

/** Of Node processes only: what engines start (cp, git) is theirs. */
function residentKib(pid) {
  const parents = new Map();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    const status = read(`/proc/${name}/status`);
    const parent = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
    const kib = /^Name:\s*node/m.test(status) ? Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0) : 0;
    parents.set(Number(name), { parent, kib });
  }
  let largest = 0;
  for (const [each, { kib }] of parents) if (descends(each, pid, parents)) largest = Math.max(largest, kib);
  return largest;
}

function descends(pid, ancestor, parents) {
  for (let at = pid; at > 1; at = parents.get(at)?.parent ?? 0) if (at === ancestor) return true;
  return false;
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
