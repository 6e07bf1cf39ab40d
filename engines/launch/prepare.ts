import type { SandboxPolicy } from "../port.ts";
import { findBubblewrap } from "../sandbox/index.ts";
import { pipeNames } from "./pipe-names.ts";

/** Begins what the next launch will wait for: the probe of bubblewrap, the named pipes. Returns at once, never fails. */
export function prepareLaunch(options: { sandbox: SandboxPolicy; sandboxesItself: boolean }): void {
  if (options.sandbox !== "off" && !options.sandboxesItself) void findBubblewrap();
  void pipeNames().prepare();
}

/** Makes sure that nothing prepared for launches lies in `workspace` (real path): to be awaited before it is measured. */
export function keepPipesOutOf(workspace: string): Promise<void> {
  return pipeNames().keepOutOf(workspace);
}
