/** Namespaces and privileges of the sandbox, without any mount (DESIGN section 7). */
import { readFileSync } from "node:fs";

const CAP_SYS_ADMIN = 21n;
/**
 * What root keeps, where it has it: in CI the workspace often belongs to another user than the root that runs there, and
 * take-off must be able to write it. Mounts, not permissions, are what the sandbox relies on.
 */
const KEPT_BY_ROOT = [
  [0n, "CAP_CHOWN"],
  [1n, "CAP_DAC_OVERRIDE"],
  [3n, "CAP_FOWNER"],
] as const;

/**
 * bubblewrap's arguments for own PID, IPC, UTS, cgroup and (unless `network`) network namespaces, a session of its own
 * and death with the parent.
 */
export function namespaceArguments(network: boolean): string[] {
  return [
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    ...(network ? [] : ["--unshare-net"]),
    "--die-with-parent",
    "--new-session",
    ...rootArguments(),
  ];
}

/** Root in a container may lack the right to mount: a user namespace gives it back, which bubblewrap adds by itself only for others. */
function rootArguments(): string[] {
  if (process.getuid?.() !== 0) return [];
  const held = effectiveCapabilities();
  if (!has(held, CAP_SYS_ADMIN)) return ["--unshare-user"];
  return KEPT_BY_ROOT.filter(([bit]) => has(held, bit)).flatMap(([, name]) => ["--cap-add", name]);
}

function has(capabilities: bigint, bit: bigint): boolean {
  return ((capabilities >> bit) & 1n) === 1n;
}

function effectiveCapabilities(): bigint {
  try {
    const line = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "latin1"));
    return line?.[1] ? BigInt(`0x${line[1]}`) : 0n;
  } catch {
    return 0n;
  }
}
