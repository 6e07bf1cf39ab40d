/** Chooses how the private copy is made: overlay on disk, overlay in memory, plain copy; each with bubblewrap where there is one. */
import { readFileSync } from "node:fs";
import { CabincrewError } from "../../../schema/index.ts";
import { findBubblewrap } from "../../sandbox/index.ts";
import type { SandboxChoice } from "../config.ts";
import { runInCopy } from "./copy.ts";
import { runInOverlay } from "./overlay.ts";
import type { CommandRequest, FinishedCommand } from "./request.ts";

/** Path of bubblewrap as the run wants it; throws `sandbox_unavailable` when it is required and not usable. */
export async function chooseBubblewrap(choice: SandboxChoice): Promise<string | undefined> {
  if (choice === "off") return undefined;
  const bubblewrap = await findBubblewrap();
  if (!bubblewrap && choice === "required")
    throw new CabincrewError(
      "sandbox_unavailable",
      "A sandbox is required, but bubblewrap does not work on this machine.",
    );
  return bubblewrap;
}

/** Runs the command where nothing it does reaches the workspace. The caller closes the result. */
export async function runInPrivateCopy(request: CommandRequest): Promise<FinishedCommand> {
  if (request.way !== "copy" && process.platform === "linux" && !hasMountsBelow(request.workspace)) {
    for (const layers of ["disk", "memory"] as const) {
      const finished = await runInOverlay(request, layers);
      if (finished) return finished;
    }
  }
  if (request.way === "overlay")
    throw new CabincrewError("sandbox_unavailable", "This machine cannot make an overlay over the workspace.", {
      next: "Use `private_copy: auto` or `copy`.",
    });
  return runInCopy(request);
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
