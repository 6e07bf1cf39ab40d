/** Chooses how the private copy is made: overlay on disk, overlay in memory, plain copy; each with bubblewrap where there is one. */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { CabincrewError } from "../../../schema/index.ts";
import { findBubblewrap } from "../../sandbox/index.ts";
import type { SandboxChoice } from "../config.ts";
import { runInCopy } from "./copy.ts";
import { runInOverlay } from "./overlay.ts";
import type { CommandRequest, FinishedCommand } from "./request.ts";

/**
 * Path of bubblewrap as the run wants it; throws `sandbox_unavailable` when it is required and not usable. `told` is what the
 * orchestrator found out (CABINCREW_BUBBLEWRAP): a path, or `none`; whoever starts the engine by hand says nothing.
 */
export async function chooseBubblewrap(choice: SandboxChoice, told: string | undefined): Promise<string | undefined> {
  if (choice === "off") return undefined;
  const bubblewrap = told === undefined ? await findBubblewrap() : told === "none" ? undefined : told;
  if (!bubblewrap && choice === "required")
    throw new CabincrewError(
      "sandbox_unavailable",
      "A sandbox is required, but bubblewrap does not work on this machine.",
    );
  return bubblewrap;
}

/**
 * Runs the command where nothing it does reaches the workspace. The caller closes the result. That a machine makes no overlay is told
 * where one was asked for; else the receipt says which way was taken, and `cabincrew doctor` that it costs more.
 */
export async function runInPrivateCopy(request: CommandRequest): Promise<FinishedCommand> {
  const { way, workspace } = request;
  if (way === "copy") return runInCopy(request);
  let why = obstacleTo(workspace);
  if (why === undefined && (way === "overlay" || !hasForeignOwners(workspace))) {
    for (const layers of ["disk", "memory"] as const) {
      const finished = await runInOverlay(request, layers);
      if (!("why" in finished)) return finished;
      why = finished.why;
    }
  }
  if (way === "overlay")
    throw new CabincrewError("sandbox_unavailable", `This machine cannot make an overlay over the workspace: ${why}.`, {
      next: "Use `private_copy: auto` or `copy`.",
    });
  return runInCopy(request);
}

function obstacleTo(workspace: string): string | undefined {
  if (process.platform !== "linux") return "only Linux has overlays";
  return hasMountsBelow(workspace) ? "another file system is mounted inside the workspace" : undefined;
}

/**
 * In an ordinary user's namespace only its own user and group exist, so that the upper layer cannot take over a directory of
 * another one (EOVERFLOW inside the command), as in trees shared by a group. Looks at the first two levels only.
 */
function hasForeignOwners(workspace: string): boolean {
  const uid = process.getuid?.();
  if (uid === 0) return false;
  const gid = process.getgid?.();
  const isForeign = (place: string): boolean => {
    const status = lstatSync(place);
    return status.uid !== uid || status.gid !== gid;
  };
  try {
    const below = readdirSync(workspace, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return isForeign(workspace) || below.some((entry) => isForeign(path.join(workspace, entry.name)));
  } catch {
    return false; // names that are no text, or gone meanwhile: the overlay is tried
  }
}

/** An overlay shows only one file system: what is mounted inside the workspace would seem empty. */
function hasMountsBelow(workspace: string): boolean {
  try {
    const below = `${workspace.replace(/[\\\s]/g, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`)}/`;
    return readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .some((line) => line.split(" ")[4]?.startsWith(below) ?? false);
  } catch {
    return true;
  }
}
